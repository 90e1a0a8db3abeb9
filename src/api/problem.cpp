#include "api/problem.hpp"

#include <algorithm>
#include <array>

#include "api/json_writer.hpp"

namespace wayleave::api {
namespace {

struct CodeRule {
  std::string_view code;
  int status;
};

constexpr std::array kCodes{
    CodeRule{"invalid_request", 400},
    CodeRule{"unauthenticated", 401},
    CodeRule{"code_required", 401},
    CodeRule{"forbidden", 403},
    CodeRule{"csrf", 403},
    CodeRule{"confirmation_required", 403},
    CodeRule{"totp_enrolment_required", 403},
    CodeRule{"host_not_allowed", 403},
    CodeRule{"not_found", 404},
    CodeRule{"app_not_found", 404},
    CodeRule{"connection_not_found", 404},
    CodeRule{"method_not_allowed", 405},
    CodeRule{"conflict", 409},
    CodeRule{"reauthorization_required", 409},
    CodeRule{"refresh_unknown", 409},
    CodeRule{"account_mismatch", 409},
    CodeRule{"app_misconfigured", 409},
    CodeRule{"gone", 410},
    CodeRule{"request_too_large", 413},
    CodeRule{"idempotency_mismatch", 422},
    CodeRule{"rate_limited", 429},
    CodeRule{"internal", 500},
    CodeRule{"upstream_unreachable", 502},
    CodeRule{"upstream_invalid", 502},
    CodeRule{"unavailable", 503},
    CodeRule{"upstream_timeout", 504},
};

constexpr int status_of_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Retry:
      return 503;
    case ErrorKind::Reauthorize:
    case ErrorKind::Conflict:
      return 409;
    case ErrorKind::Reject:
      return 400;
    case ErrorKind::Denied:
      return 403;
    case ErrorKind::NotFound:
      return 404;
    case ErrorKind::Limit:
      return 429;
    case ErrorKind::Internal:
      return 500;
  }
  return 500;
}

/// The code as callers see it: how our store or our seals failed is no business of theirs.
std::string_view public_code(const Error& error) {
  if (error.code == "database_unavailable" || error.code == "database_full") return "unavailable";
  const bool known =
      std::ranges::any_of(kCodes, [&](const CodeRule& rule) { return rule.code == error.code; });
  if (known) return error.code;
  if (error.kind == ErrorKind::Internal || error.code.empty()) return "internal";
  return error.code;
}

}  // namespace

int status_of(const Error& error) {
  const std::string_view code = public_code(error);
  const auto rule = std::ranges::find(kCodes, code, &CodeRule::code);
  return rule != kCodes.end() ? rule->status : status_of_kind(error.kind);
}

net::Response problem(const Error& error, const ProblemContext& context) {
  const int status = context.status != 0 ? context.status : status_of(error);
  const std::string_view code = public_code(error);
  const bool hide = code == "internal";
  JsonWriter body;
  body.text("type", "about:blank")
      .text("title", net::reason_phrase(status))
      .number("status", status)
      .text("code", code)
      .text("detail", hide ? std::string_view("internal error") : std::string_view(error.detail));
  if (!hide && !error.field.empty()) body.text("field", error.field);
  body.text("requestId", context.request_id);
  if (!context.install_url.empty()) body.text("installUrl", context.install_url);

  net::Response response;
  response.status = status;
  response.body = body.str();
  response.fields.add("Content-Type", "application/problem+json");
  response.fields.add("Wayleave-Error", std::string(code));
  response.fields.add("Cache-Control", "no-store");
  if (status == 401) response.fields.add("WWW-Authenticate", "Bearer realm=\"wayleave\"");
  if (status == 429 || status == 503) {
    const auto wait = context.retry_after.value_or(std::chrono::seconds(1));
    response.fields.add("Retry-After", std::to_string(std::max<long>(1, wait.count())));
  }
  return response;
}

net::Response problem(const Error& error, std::string_view request_id) {
  ProblemContext context;
  context.request_id = request_id;
  return problem(error, context);
}

}  // namespace wayleave::api
