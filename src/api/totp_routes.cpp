#include "api/attempts.hpp"
#include "api/json_writer.hpp"
#include "api/people.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/second_factor.hpp"
#include "crypto/totp.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kBodyMax = 8 * 1024;

std::string codes_json(const std::vector<std::string>& codes) {
  return JsonWriter().texts("recoveryCodes", codes).str();
}

Task<Result<net::Response>> begin(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  auto work = [&parts = call.parts,
               member = person.member](db::Transaction& tx) -> Result<std::string> {
    WL_TRY(const auto secret, begin_totp(tx, parts, member));
    const std::string shown = secret.expose(crypto::to_base32);
    return JsonWriter().text("secret", shown).text("uri", totp_uri(member.email, shown)).str();
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, std::move(body));
}

/// Wrong codes count as wrong sign-ins, so that nobody tries them all.
Task<Result<net::Response>> confirm(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  WL_CO_TRY(auto in, read_json(call.request));
  const std::string code = in.required_text("code");
  WL_CO_CHECK(in.finish());
  const std::string& email = person.member.email;
  if (auto refused = too_many_attempts(call.parts, call.request, email)) {
    co_return *std::move(refused);
  }
  auto work = [&parts = call.parts,
               member = person.member,
               code,
               record = audit_record(call, "totp.enrolled", person.member.id.str())](
                  db::Transaction& tx) -> Result<std::string> {
    WL_TRY(const bool right, confirm_totp(tx, parts, member, code));
    if (!right) return reject("code", "code: is wrong; is the clock of your device right?");
    WL_CHECK(access::append_audit(tx, record));
    WL_TRY(
        const auto codes,
        access::SecondFactor::make_recovery_codes(tx, member.id, parts.random, parts.clock.now()));
    return codes_json(codes);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  attempt_succeeded(call.parts, call.request, email);
  co_return net::json_response(200, std::move(body));
}

Task<Result<net::Response>> remove(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  WL_CO_CHECK(check_confirmed(call));
  auto work = [id = person.member.id,
               record = audit_record(call, "totp.removed", person.member.id.str())](
                  db::Transaction& tx) -> Result<> {
    WL_CHECK(access::SecondFactor::remove(tx, id));
    return access::append_audit(tx, record);
  };
  WL_CO_CHECK(co_await call.parts.database.write(std::move(work)));
  co_return no_content();
}

Task<Result<net::Response>> renew_codes(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  WL_CO_CHECK(check_confirmed(call));
  auto work = [&parts = call.parts,
               member = person.member,
               record = audit_record(call, "recovery_code.renewed", person.member.id.str())](
                  db::Transaction& tx) -> Result<std::string> {
    if (!member.totp) {
      return fail(ErrorKind::Conflict, "conflict", "set up a second factor first");
    }
    WL_CHECK(access::append_audit(tx, record));
    WL_TRY(
        const auto codes,
        access::SecondFactor::make_recovery_codes(tx, member.id, parts.random, parts.clock.now()));
    return codes_json(codes);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, std::move(body));
}

}  // namespace

void add_totp_routes(net::Router& router, const Parts& parts) {
  router.add({"POST", "/v1/me/totp", guarded(parts, std::nullopt, begin), kBodyMax});
  router.add({"POST", "/v1/me/totp/confirm", guarded(parts, std::nullopt, confirm), kBodyMax});
  router.add({"DELETE", "/v1/me/totp", guarded(parts, std::nullopt, remove)});
  router.add(
      {"POST", "/v1/me/recovery-codes", guarded(parts, std::nullopt, renew_codes), kBodyMax});
}

}  // namespace wayleave::api
