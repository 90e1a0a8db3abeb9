#include "api/attempts.hpp"
#include "api/json_writer.hpp"
#include "api/people.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/second_factor.hpp"
#include "api/session_cookie.hpp"
#include "api/single_sign_on.hpp"
#include "crypto/password.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kBodyMax = 8 * 1024;

/// One answer for an unknown address, a wrong password and a member who may not sign in.
Error wrong_sign_in() {
  return {ErrorKind::Denied, "unauthenticated", "e-mail address or password is wrong"};
}

struct Credentials {
  std::string email;
  SecretString password;
  std::optional<std::string> code;
};

Result<Credentials> read_credentials(const net::Request& request) {
  WL_TRY(auto in, read_json(request));
  Credentials given;
  given.email = in.required_text("email");
  auto password = in.secret("password");
  given.code = in.text("code");
  WL_CHECK(in.finish());
  if (!password || password->size() > access::kPasswordMax) {
    return reject("password", "password: give one of at most 1024 bytes");
  }
  WL_CHECK(access::check_email(given.email));
  given.password = *std::move(password);
  return given;
}

/// What is known under an address before the password is looked at.
struct Claimed {
  std::optional<access::Member> member;
  std::string hash;
};

Task<Result<Claimed>> look_up(const Parts& parts, std::string email) {
  auto work = [email = std::move(email)](db::Transaction& tx) -> Result<Claimed> {
    Claimed claimed;
    WL_TRY(claimed.member, access::Members::find_by_email(tx, WorkspaceId("default"), email));
    if (claimed.member) {
      WL_TRY(claimed.hash, access::Members::password(tx, claimed.member->id));
    }
    return claimed;
  };
  co_return co_await parts.database.read(std::move(work));
}

/// The address is only named when it is a member's: people type passwords into the wrong field.
Task<Result<>> note_refusal(const Parts& parts, Claimed claimed, std::string address) {
  access::AuditRecord record;
  record.at = parts.clock.now();
  record.workspace = WorkspaceId("default");
  record.actor = {"browser", "", std::move(address)};
  record.action = "session.refused";
  if (claimed.member) record.target = claimed.member->id.str();
  auto work = [record](db::Transaction& tx) { return access::append_audit(tx, record); };
  co_return co_await parts.database.write(std::move(work));
}

/// A session that the browser still has ends with the new one.
Result<> end_presented(db::Transaction& tx, const SecretString& token, Instant now) {
  if (token.empty()) return {};
  WL_TRY(const auto found, access::Sessions::find(tx, token, now));
  if (!found) return {};
  WL_CHECK(access::Sessions::end(tx, found->member.id, found->session.id, now));
  return {};
}

struct Checked {
  SignIn sign_in;
  std::optional<std::string> code;
  std::optional<std::string> new_hash;  ///< when the cost has changed since
  std::shared_ptr<const SecretString> presented;
};

/// The password was right: the second factor, then the session.
Result<SignedIn> enter(db::Transaction& tx, const Parts& parts, const Checked& checked) {
  const access::Member& member = checked.sign_in.member;
  if (member.totp) {
    WL_TRY(const bool right,
           spend_code(tx, parts, member, checked.sign_in.place.address, checked.code.value_or("")));
    if (!right) return std::unexpected(code_required(true));
  }
  if (checked.new_hash) {
    WL_CHECK(access::Members::set_password(tx, member.id, *checked.new_hash));
  }
  WL_CHECK(end_presented(tx, *checked.presented, parts.clock.now()));
  return open_session(tx, parts, checked.sign_in);
}

Task<Result<net::Response>> sign_in(OpenCall call) {
  const Parts& parts = call.parts;
  WL_CO_TRY(auto given, read_credentials(call.request));
  auto refused = too_many_attempts(parts, call.request, given.email);
  if (refused) co_return *std::move(refused);
  WL_CO_TRY(auto claimed, co_await look_up(parts, given.email));
  WL_CO_TRY(const bool right,
            co_await parts.passwords.verify(given.password.clone(), claimed.hash));
  const bool active = claimed.member && claimed.member->state() == access::Member::State::Active;
  if (!right || !active) {
    WL_CO_CHECK(co_await note_refusal(parts, std::move(claimed), call.request.peer));
    co_return std::unexpected(wrong_sign_in());
  }
  if (claimed.member->totp && !given.code) co_return std::unexpected(code_required(false));
  Checked checked;
  checked.sign_in = {*claimed.member, access::SignInMethod::Password, place_of(call.request)};
  checked.code = given.code;
  checked.presented =
      std::make_shared<const SecretString>(presented_session(call.request, parts.public_url));
  if (crypto::password_needs_rehash(claimed.hash)) {
    WL_CO_TRY(checked.new_hash, co_await parts.passwords.hash(std::move(given.password)));
  }
  auto work = [&parts, checked = std::move(checked)](db::Transaction& tx) {
    return enter(tx, parts, checked);
  };
  auto done = co_await parts.database.write(std::move(work));
  if (!done && done.error().code == "code_required") {
    WL_CO_CHECK(co_await note_refusal(parts, std::move(claimed), call.request.peer));
  }
  if (!done) co_return std::unexpected(std::move(done).error());
  attempt_succeeded(parts, call.request, given.email);
  co_return signed_in_response(*std::move(done));
}

Task<Result<net::Response>> sign_out(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  auto work = [person,
               now = call.parts.clock.now(),
               record = audit_record(call, "session.ended", person.session.id.str())](
                  db::Transaction& tx) -> Result<> {
    WL_CHECK(access::Sessions::end(tx, person.member.id, person.session.id, now));
    return access::append_audit(tx, record);
  };
  WL_CO_CHECK(co_await call.parts.database.write(std::move(work)));
  net::Response response;
  response.status = 204;
  response.fields.add("Set-Cookie", ended_session_cookie(call.parts.public_url));
  co_return response;
}

Task<Result<net::Response>> show_sign_in(OpenCall call) {
  auto work = [](db::Transaction& tx) { return access::Members::any(tx, WorkspaceId("default")); };
  WL_CO_TRY(const bool members, co_await call.parts.database.read(std::move(work)));
  JsonWriter body;
  const SingleSignOn* sso = call.parts.sso;
  const std::string button =
      sso == nullptr ? "null" : JsonWriter().text("name", sso->options().name).str();
  body.boolean("membersExist", members).raw("sso", button);
  co_return net::json_response(200, body.str());
}

}  // namespace

void add_session_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/sign-in", open_to_all(parts, show_sign_in)});
  router.add({"POST", "/v1/session", open_to_all(parts, sign_in), kBodyMax});
  router.add({"DELETE", "/v1/session", guarded(parts, std::nullopt, sign_out)});
}

}  // namespace wayleave::api
