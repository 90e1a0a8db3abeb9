#include <fmt/core.h>

#include "api/idempotency.hpp"
#include "api/parts.hpp"
#include "api/problem.hpp"
#include "api/session_cookie.hpp"

namespace wayleave::api {
namespace {

net::Response refused(Log& log, const Error& error, const std::string& request_id) {
  if (status_of(error) >= 500) {
    log.error("api.failed",
              {{"request", request_id}, {"code", error.code}, {"detail", error.operator_detail}});
  }
  return problem(error, request_id);
}

Error missing_scope(access::Scope scope, const Caller& caller) {
  access::Scopes needed;
  needed.add(scope);
  return {ErrorKind::Denied,
          "forbidden",
          fmt::format("this call needs a {} with scope {}",
                      caller.person ? "role" : "key",
                      needed.names().front())};
}

/// Where a member may go who has to set up a second factor first.
bool open_before_enrolment(std::string_view path) {
  return path == "/v1/me" || path.starts_with("/v1/me/") || path == "/v1/session";
}

Result<> check_allowed(const Caller& caller,
                       std::optional<access::Scope> scope,
                       std::string_view path) {
  if (caller.enrolment_due && !open_before_enrolment(path)) {
    return fail(ErrorKind::Denied,
                "totp_enrolment_required",
                "set up a second factor first: this workspace demands one");
  }
  if (scope && !caller.scopes.has(*scope)) return std::unexpected(missing_scope(*scope, caller));
  return {};
}

Task<Result<net::Response>> run(const Parts& parts,
                                std::optional<access::Scope> scope,
                                Action action,
                                net::Request request) {
  Evidence evidence = evidence_of(request, parts.public_url);
  if (!evidence.session.empty()) WL_CO_CHECK(check_console(request, parts.public_url));
  WL_CO_TRY(auto caller, co_await parts.authenticator.authenticate(std::move(evidence)));
  WL_CO_CHECK(check_allowed(caller, scope, request.path));
  Call call{parts, std::move(caller), std::move(request)};
  if (call.request.method == "POST" && call.request.fields.count("Idempotency-Key") != 0) {
    co_return co_await once(action, std::move(call));
  }
  co_return co_await action(std::move(call));
}

Task<net::Response> finish(const Parts& parts,
                           bool changes,
                           std::string request_id,
                           Result<net::Response> answer) {
  if (!answer) co_return refused(parts.log, answer.error(), request_id);
  if (changes && parts.changed) co_await parts.changed();
  if (!answer->fields.get("Cache-Control")) answer->fields.add("Cache-Control", "no-store");
  answer->fields.set("X-Content-Type-Options", "nosniff");
  co_return std::move(*answer);
}

Task<net::Response> serve(const Parts& parts,
                          std::optional<access::Scope> scope,
                          Action action,
                          net::Request request) {
  std::string request_id = request.request_id;
  const bool changes = is_unsafe(request.method);
  auto answer = co_await run(parts, scope, action, std::move(request));
  co_return co_await finish(parts, changes, std::move(request_id), std::move(answer));
}

Task<Result<net::Response>> run_open(const Parts& parts, OpenAction action, net::Request request) {
  if (is_unsafe(request.method)) WL_CO_CHECK(check_same_origin(request, parts.public_url));
  OpenCall call{parts, std::move(request)};
  co_return co_await action(std::move(call));
}

Task<net::Response> serve_open(const Parts& parts, OpenAction action, net::Request request) {
  std::string request_id = request.request_id;
  const bool changes = is_unsafe(request.method);
  auto answer = co_await run_open(parts, action, std::move(request));
  co_return co_await finish(parts, changes, std::move(request_id), std::move(answer));
}

}  // namespace

net::Handler guarded(const Parts& parts, std::optional<access::Scope> scope, Action action) {
  return [&parts, scope, action](net::Request request) {
    return serve(parts, scope, action, std::move(request));
  };
}

net::Handler open_to_all(const Parts& parts, OpenAction action) {
  return [&parts, action](net::Request request) {
    return serve_open(parts, action, std::move(request));
  };
}

Result<> check_confirmed(const Call& call) {
  const auto& person = call.caller.person;
  if (!person || person->session.confirmed(call.parts.clock.now())) return {};
  return fail(ErrorKind::Denied,
              "confirmation_required",
              "enter your password again first: POST /v1/session/confirm");
}

access::AuditRecord audit_record(const Call& call,
                                 std::string action,
                                 std::string target,
                                 std::string detail) {
  access::AuditRecord record;
  record.at = call.parts.clock.now();
  record.workspace = call.caller.workspace;
  record.actor = call.caller.actor;
  record.action = std::move(action);
  record.target = std::move(target);
  record.detail = std::move(detail);
  return record;
}

}  // namespace wayleave::api
