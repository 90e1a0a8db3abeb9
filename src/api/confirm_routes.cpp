#include "api/attempts.hpp"
#include "api/json_writer.hpp"
#include "api/people.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/second_factor.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kBodyMax = 8 * 1024;
constexpr std::chrono::seconds kCallTokenLife{300};

/// Spends the code when there is one, and notes that the member has shown again who they are.
Task<Result<Instant>> store_confirmation(const Call& call,
                                         access::Sessions::Found person,
                                         std::optional<std::string> code) {
  auto work = [&parts = call.parts,
               person = std::move(person),
               code = std::move(code),
               address = call.request.peer,
               record = audit_record(call, "session.confirmed", call.caller.actor.id)](
                  db::Transaction& tx) -> Result<Instant> {
    if (code) {
      WL_TRY(const bool right, spend_code(tx, parts, person.member, address, *code));
      if (!right) return reject("code", "code: is wrong or was used before");
    }
    WL_CHECK(access::append_audit(tx, record));
    return access::Sessions::confirm(tx, person.session.id, parts.clock.now());
  };
  co_return co_await call.parts.database.write(std::move(work));
}

/// The password, or a code of the second factor; both when both are given.
Task<Result<net::Response>> confirm(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  WL_CO_TRY(auto in, read_json(call.request));
  auto password = in.secret("password");
  const auto code = in.text("code");
  WL_CO_CHECK(in.finish());
  if (!password && !code) co_return reject("password", "password: give it, or a code");
  if (password) {
    SecretString given = *std::move(password);
    WL_CO_TRY(auto refused,
              co_await refuse_password(call, person.member, std::move(given), "password"));
    if (refused) co_return *std::move(refused);
  }
  if (code) {
    auto refused = too_many_attempts(call.parts, call.request, person.member.email);
    if (refused) co_return *std::move(refused);
  }
  WL_CO_TRY(const Instant until, co_await store_confirmation(call, person, code));
  if (code) attempt_succeeded(call.parts, call.request, person.member.email);
  JsonWriter body;
  co_return net::json_response(200, body.time("confirmedUntil", until).str());
}

/// A token with which the console's page calls `/proxy/…` the way a backend does. It may do that
/// and nothing else, and dies with the session.
Task<Result<net::Response>> issue_call_token(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  access::TokenOwner owner;
  owner.id = person.session.id.str();
  owner.workspace = call.caller.workspace;
  owner.name = person.member.email;
  owner.scopes.add(access::Scope::Proxy);
  owner.expires_at = person.session.expires_at;
  auto work = [&parts = call.parts, owner, record = audit_record(call, "token.issued", owner.id)](
                  db::Transaction& tx) -> Result<std::string> {
    WL_TRY(const auto made,
           access::ApiKeys::issue_token_for(
               tx, owner, kCallTokenLife, parts.random, parts.clock.now()));
    WL_CHECK(access::append_audit(tx, record));
    JsonWriter body;
    made.secret.expose([&](std::string_view token) { body.text("token", token); });
    return body.time("expiresAt", made.key.expires_at).str();
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, std::move(body));
}

}  // namespace

void add_confirm_routes(net::Router& router, const Parts& parts) {
  router.add({"POST", "/v1/session/confirm", guarded(parts, std::nullopt, confirm), kBodyMax});
  router.add({"POST",
              "/v1/session/call-token",
              guarded(parts, access::Scope::Proxy, issue_call_token),
              kBodyMax});
}

}  // namespace wayleave::api
