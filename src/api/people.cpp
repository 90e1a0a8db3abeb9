#include "api/people.hpp"

#include "access/second_factor.hpp"
#include "access/workspace_settings.hpp"
#include "api/json_writer.hpp"
#include "api/session_cookie.hpp"

namespace wayleave::api {
namespace {

JsonWriter& add_member(JsonWriter& out, const access::Member& member) {
  return out.text("id", member.id.str())
      .text("email", member.email)
      .text("name", member.name)
      .text("role", access::to_string(member.role))
      .text("state", access::to_string(member.state()))
      .boolean("totp", member.totp)
      .boolean("sso", member.sso)
      .time("lastSignInAt", member.last_sign_in_at)
      .time("createdAt", member.created_at);
}

}  // namespace

std::string member_json(const access::Member& member) {
  JsonWriter out;
  return add_member(out, member).str();
}

std::string member_state_json(const access::Member& member) {
  return JsonWriter()
      .text("email", member.email)
      .text("name", member.name)
      .text("role", access::to_string(member.role))
      .text("state", access::to_string(member.state()))
      .str();
}

std::string invited_json(const access::Member& member,
                         const access::NewInvitation& made,
                         std::string_view public_url) {
  JsonWriter out;
  return add_member(out, member)
      .text("invitationUrl", invitation_url(public_url, made.token))
      .time("invitationExpiresAt", made.invitation.expires_at)
      .str();
}

std::string session_json(const access::Session& session, const SessionId& current) {
  JsonWriter out;
  return out.text("id", session.id.str())
      .time("createdAt", session.created_at)
      .time("lastSeenAt", session.last_seen_at)
      .text("address", session.address)
      .text("userAgent", session.user_agent)
      .boolean("current", session.id == current)
      .str();
}

Result<std::string> me_json(db::Transaction& tx, const Caller& caller, Instant now) {
  JsonWriter out;
  out.text("workspace", caller.workspace.str())
      .text("kind", caller.actor.kind)
      .text_or_null("id", caller.actor.id)
      .texts("scopes", caller.scopes.names());
  if (!caller.person) return out.str();
  const access::Member& member = caller.person->member;
  const access::Session& session = caller.person->session;
  WL_TRY(const auto settings, access::load_settings(tx, caller.workspace));
  WL_TRY(const auto codes_left, access::SecondFactor::recovery_codes_left(tx, member.id));
  const auto confirmed = session.confirmed(now) ? session.confirmed_until : std::nullopt;
  return out.text("name", member.name)
      .text("email", member.email)
      .text("role", access::to_string(member.role))
      .boolean("totp", member.totp)
      .boolean("totpRequired", settings.require_totp)
      .boolean("hasPassword", member.has_password)
      .number("recoveryCodesLeft", codes_left)
      .time("confirmedUntil", confirmed)
      .str();
}

std::string invitation_url(std::string_view public_url, const SecretString& token) {
  return token.expose([&](std::string_view text) {
    return std::string(public_url) + "/console/welcome#" + std::string(text);
  });
}

Result<SignedIn> open_session(db::Transaction& tx, const Parts& parts, const SignIn& sign_in) {
  const Instant now = parts.clock.now();
  WL_TRY(
      auto made,
      access::Sessions::open(tx, sign_in.member, sign_in.method, sign_in.place, parts.random, now));
  WL_CHECK(access::Members::note_sign_in(tx, sign_in.member.id, now));
  // Whoever has no password here can confirm only by signing in again.
  if (sign_in.method == access::SignInMethod::Sso) {
    WL_TRY(made.session.confirmed_until, access::Sessions::confirm(tx, made.session.id, now));
  }
  auto record = member_record(parts, sign_in.member, sign_in.place.address, "session.created");
  record.target = made.session.id.str();
  const bool sso = sign_in.method == access::SignInMethod::Sso;
  record.detail = JsonWriter().text("method", sso ? "sso" : "password").str();
  WL_CHECK(access::append_audit(tx, record));
  WL_TRY(const auto settings, access::load_settings(tx, sign_in.member.workspace));
  SignedIn done;
  done.cookie = made.token.expose(
      [&](std::string_view token) { return session_cookie(parts.public_url, token); });
  const Caller caller = caller_of(
      {std::move(made.session), sign_in.member}, settings.require_totp, sign_in.place.address);
  WL_TRY(done.body, me_json(tx, caller, now));
  return done;
}

net::Response signed_in_response(SignedIn done) {
  auto response = net::json_response(200, std::move(done.body));
  response.fields.add("Set-Cookie", std::move(done.cookie));
  return response;
}

access::SignInPlace place_of(const net::Request& request) {
  return {request.peer, std::string(request.fields.get("User-Agent").value_or(""))};
}

net::Response no_content() {
  net::Response response;
  response.status = 204;
  return response;
}

Result<access::Sessions::Found> person_of(const Call& call) {
  if (call.caller.person) return *call.caller.person;
  return fail(ErrorKind::Denied, "forbidden", "this call is for members who are signed in");
}

access::AuditRecord member_record(const Parts& parts,
                                  const access::Member& member,
                                  const std::string& address,
                                  std::string action) {
  access::AuditRecord record;
  record.at = parts.clock.now();
  record.workspace = member.workspace;
  record.actor = {"member", member.id.str(), address, member.email};
  record.action = std::move(action);
  record.target = member.id.str();
  return record;
}

}  // namespace wayleave::api
