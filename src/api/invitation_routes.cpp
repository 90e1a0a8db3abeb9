#include "api/attempts.hpp"
#include "api/json_writer.hpp"
#include "api/people.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/second_factor.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kBodyMax = 8 * 1024;

// Shared, because what a transaction is given must be copyable.
using SharedSecret = std::shared_ptr<const SecretString>;

Result<SharedSecret> token_of(std::optional<SecretString> given) {
  if (!given || given->empty()) return reject("token", "token: is missing");
  return std::make_shared<const SecretString>(*std::move(given));
}

struct Invited {
  access::Invitation invitation;
  std::optional<access::Member> member;  ///< none: the first is yet to come
};

Result<Invited> find_invited(db::Transaction& tx, const SecretString& token, Instant now) {
  Invited found;
  WL_TRY(found.invitation, access::Invitations::find(tx, token, now));
  if (!found.invitation.member.empty()) {
    WL_TRY(found.member,
           access::Members::get(tx, found.invitation.workspace, found.invitation.member));
  }
  return found;
}

Task<Result<Invited>> look_up(const Parts& parts, SharedSecret token) {
  auto work = [token = std::move(token), now = parts.clock.now()](db::Transaction& tx) {
    return find_invited(tx, *token, now);
  };
  co_return co_await parts.database.read(std::move(work));
}

Task<Result<net::Response>> view(OpenCall call) {
  WL_CO_TRY(auto in, read_json(call.request));
  auto given = in.secret("token");
  WL_CO_CHECK(in.finish());
  WL_CO_TRY(const auto token, token_of(std::move(given)));
  WL_CO_TRY(const auto found, co_await look_up(call.parts, token));
  JsonWriter body;
  body.text("role", access::to_string(found.invitation.role))
      .text_or_null("email", found.member ? found.member->email : "")
      .text_or_null("name", found.member ? found.member->name : "")
      .boolean("first", !found.member);
  co_return net::json_response(200, body.str());
}

struct Acceptance {
  SharedSecret token;
  std::string name;
  std::string email;  ///< of the first member; the others have theirs
  SecretString password;
  std::string code;  ///< of a member with a second factor, who sets the password anew
};

Result<Acceptance> read_acceptance(const net::Request& request) {
  WL_TRY(auto in, read_json(request));
  auto token = in.secret("token");
  Acceptance given;
  given.name = in.required_text("name");
  given.email = in.text("email").value_or("");
  auto password = in.secret("password");
  given.code = in.text("code").value_or("");
  WL_CHECK(in.finish());
  WL_TRY(given.token, token_of(std::move(token)));
  if (!password) return reject("password", "password: is missing");
  given.password = *std::move(password);
  WL_CHECK(access::check_member_name(given.name));
  return given;
}

/// What is kept of an acceptance once the password is a hash.
struct Joining {
  SharedSecret token;
  std::string name;
  std::string email;
  std::string hash;
  std::string code;
  access::SignInPlace place;
};

Result<access::Member> take_in(db::Transaction& tx, const Parts& parts, const Joining& joining) {
  const Instant now = parts.clock.now();
  WL_TRY(auto found, find_invited(tx, *joining.token, now));
  if (!found.member) {
    WL_TRY(found.member,
           access::Members::create(tx,
                                   found.invitation.workspace,
                                   joining.email,
                                   joining.name,
                                   found.invitation.role,
                                   parts.random,
                                   now));
  }
  const access::Member& member = *found.member;
  if (member.totp) {
    WL_TRY(const bool right, spend_code(tx, parts, member, joining.place.address, joining.code));
    if (!right) return std::unexpected(code_required(!joining.code.empty()));
  }
  WL_CHECK(access::Invitations::spend(tx, found.invitation, *joining.token));
  WL_CHECK(access::Members::set_password(tx, member.id, joining.hash));
  WL_CHECK(access::Members::join(tx, member.id, joining.name, now));
  WL_CHECK(access::Sessions::end_all(tx, member.id, {}, now));
  auto record = member_record(
      parts, member, joining.place.address, member.joined_at ? "password.reset" : "member.joined");
  record.detail =
      JsonWriter().text("email", member.email).text("role", access::to_string(member.role)).str();
  WL_CHECK(access::append_audit(tx, record));
  return access::Members::get(tx, member.workspace, member.id);
}

Task<Result<net::Response>> accept(OpenCall call) {
  const Parts& parts = call.parts;
  WL_CO_TRY(auto given, read_acceptance(call.request));
  WL_CO_TRY(const auto found, co_await look_up(parts, given.token));
  const std::string email = found.member ? found.member->email : given.email;
  if (!found.member) WL_CO_CHECK(access::check_email(email));
  WL_CO_CHECK(access::check_new_password(given.password, email));
  auto refused = too_many_attempts(parts, call.request, email);
  if (refused) co_return *std::move(refused);
  WL_CO_TRY(auto hash, co_await parts.passwords.hash(std::move(given.password)));
  Joining joining{std::move(given.token),
                  given.name,
                  email,
                  std::move(hash),
                  given.code,
                  place_of(call.request)};
  auto work = [&parts, joining = std::move(joining)](db::Transaction& tx) -> Result<SignedIn> {
    SignIn sign_in;
    WL_TRY(sign_in.member, take_in(tx, parts, joining));
    sign_in.place = joining.place;
    return open_session(tx, parts, sign_in);
  };
  WL_CO_TRY(auto done, co_await parts.database.write(std::move(work)));
  attempt_succeeded(parts, call.request, email);
  co_return signed_in_response(std::move(done));
}

}  // namespace

void add_invitation_routes(net::Router& router, const Parts& parts) {
  router.add({"POST", "/v1/invitations/view", open_to_all(parts, view), kBodyMax});
  router.add({"POST", "/v1/invitations/accept", open_to_all(parts, accept), kBodyMax});
}

}  // namespace wayleave::api
