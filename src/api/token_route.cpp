#include "api/json_writer.hpp"
#include "api/problem.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "base/bytes.hpp"

namespace wayleave::api {
namespace {

constexpr std::chrono::seconds kTokenLife{3600};
constexpr std::size_t kBodyMax = 8 * 1024;

/// A key's id and the key, as Basic credentials: whatever way they came, one reader judges them.
std::string basic(std::string_view id, std::string_view key) {
  return "Basic " + to_base64(std::string(id) + ":" + std::string(key));
}

struct TokenCall {
  std::string authorization;
  std::string grant_type;
};

Result<TokenCall> read_form(const net::Request& request) {
  const auto form = parse_form(request.body);
  if (!form) return reject("body", "the form is not well encoded");
  TokenCall call;
  WL_TRY(call.grant_type, form_text(*form, "grant_type"));
  call.authorization = authorization_of(request);
  if (call.authorization.empty()) {
    WL_TRY(const auto id, form_text(*form, "client_id"));
    WL_TRY(const auto key, form_text(*form, "client_secret"));
    call.authorization = basic(id, key);
  }
  return call;
}

Result<TokenCall> read_object(const net::Request& request) {
  WL_TRY(auto in, read_json(request));
  TokenCall call;
  call.grant_type = in.required_text("grant_type");
  call.authorization = authorization_of(request);
  if (call.authorization.empty()) {
    const std::string id = in.required_text("client_id");
    const std::string key = in.required_text("client_secret");
    call.authorization = basic(id, key);
  }
  WL_CHECK(in.finish());
  return call;
}

/// RFC 6749 section 4.4: a key is exchanged for a token that acts as it and dies with it.
Task<Result<net::Response>> issue(const Parts& parts, net::Request request) {
  const bool is_form = media_type(request) == "application/x-www-form-urlencoded";
  WL_CO_TRY(const auto asked, is_form ? read_form(request) : read_object(request));
  if (asked.grant_type != "client_credentials") {
    co_return reject("grant_type", "grant_type: must be client_credentials");
  }
  WL_CO_TRY(const auto key,
            co_await find_live_key(
                parts.database, parts.clock, asked.authorization, request.peer, parts.key_watch));
  if (!key.parent.empty()) co_return std::unexpected(unauthenticated());
  access::AuditRecord record;
  record.at = parts.clock.now();
  record.workspace = key.workspace;
  record.actor = {"key", key.id.str(), request.peer, key.name};
  record.action = "token.issued";
  record.target = key.id.str();
  auto work = [&parts, key, record](db::Transaction& tx) -> Result<std::string> {
    WL_TRY(const auto token,
           access::ApiKeys::issue_token(tx, key, kTokenLife, parts.random, parts.clock.now()));
    WL_CHECK(access::append_audit(tx, record));
    JsonWriter body;
    token.secret.expose([&](std::string_view secret) { body.text("access_token", secret); });
    body.number("expires_in", kTokenLife.count()).text("token_type", "Bearer");
    return body.str();
  };
  WL_CO_TRY(auto body, co_await parts.database.write(std::move(work)));
  auto response = net::json_response(200, std::move(body));
  response.fields.set("Cache-Control", "no-store");
  co_return response;
}

Task<net::Response> serve(const Parts& parts, net::Request request) {
  const std::string request_id = request.request_id;
  auto answer = co_await issue(parts, std::move(request));
  if (answer) co_return std::move(*answer);
  if (answer.error().kind == ErrorKind::Internal) {
    parts.log.error("api.failed",
                    {{"request", request_id}, {"detail", answer.error().operator_detail}});
  }
  co_return problem(answer.error(), request_id);
}

}  // namespace

void add_token_route(net::Router& router, const Parts& parts) {
  const auto handler = [&parts](net::Request request) { return serve(parts, std::move(request)); };
  router.add({"POST", "/api/oauth/token", handler, kBodyMax});
}

}  // namespace wayleave::api
