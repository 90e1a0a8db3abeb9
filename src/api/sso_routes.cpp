#include "access/invitation.hpp"
#include "access/sso_flow.hpp"
#include "api/attempts.hpp"
#include "api/browser.hpp"
#include "api/json_writer.hpp"
#include "api/people.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "api/single_sign_on.hpp"
#include "crypto/digest.hpp"

namespace wayleave::api {
namespace {

constexpr std::string_view kCookie = "wayleave_sso";
constexpr std::size_t kSecretBytes = 32;

BrowserParts browser_of(const Parts& parts) {
  return {parts.installer, parts.log, parts.public_url};
}

/// Bound to the browser that set out, for the way back only.
std::string cookie(const Parts& parts, std::string_view value, std::chrono::seconds life) {
  std::string text = std::string(kCookie) + "=" + std::string(value) +
                     "; Path=/sso/; Max-Age=" + std::to_string(life.count()) +
                     "; HttpOnly; SameSite=Lax";
  if (parts.public_url.starts_with("https://")) text += "; Secure";
  return text;
}

net::Response notice(const Parts& parts, int status, std::string title, std::string line) {
  const connect::Notice said{
      connect::Notice::Tone::Bad,
      std::move(title),
      {std::move(line), "You can close this page, or go back to the console and try again."}};
  auto response = notice_response(browser_of(parts), status, said);
  response.fields.add("Set-Cookie", cookie(parts, "", std::chrono::seconds(0)));
  return response;
}

net::Response failed(const Parts& parts, const Error& error) {
  parts.log.warn("sso.failed", {{"code", error.code}, {"detail", error.operator_detail}});
  const bool ours = error.kind == ErrorKind::Internal || error.kind == ErrorKind::Limit;
  return notice(parts,
                ours ? status_of(error) : 502,
                "Signing in did not work",
                "The identity provider could not be asked, or its answer did not hold.");
}

/// A path of the console; anything else leads to its beginning, never to another site.
std::string safe_return(const net::Request& request) {
  const std::string wanted = request.query_param("returnTo").value_or("");
  const bool plain = std::ranges::all_of(
      wanted, [](char c) { return c > ' ' && c <= '~' && c != '\\' && c != '"' && c != '<'; });
  const bool inside =
      wanted == "/console" || wanted.starts_with("/console/") || wanted.starts_with("/console?");
  return plain && inside && wanted.size() <= 512 ? wanted : "/console/";
}

Task<net::Response> start(const Parts& parts, net::Request request) {
  if (parts.sso == nullptr) {
    co_return notice(parts, 404, "No single sign-on", "It is not set up on this server.");
  }
  if (auto refused = too_many_attempts(parts, request, "")) co_return *std::move(refused);
  const SecretString secret(random_token(parts.random, kSecretBytes));
  const SsoSecrets secrets = SsoSecrets::derive(secret);
  auto url = co_await parts.sso->authorize_url(secrets);
  if (!url) co_return failed(parts, url.error());
  auto keep = [state = secrets.state, to = safe_return(request), now = parts.clock.now()](
                  db::Transaction& tx) { return access::SsoFlows::begin(tx, state, to, now); };
  const auto kept = co_await parts.database.write(std::move(keep));
  if (!kept) co_return failed(parts, kept.error());
  auto response = see_other(browser_of(parts), *std::move(url));
  response.status = 302;
  secret.expose([&](std::string_view value) {
    response.fields.add("Set-Cookie", cookie(parts, value, access::kSsoFlowLife));
  });
  co_return response;
}

/// Who this is to us. A person who was here before is known by the provider's name for them; the
/// first time by an address that the provider has verified.
Result<access::Member> find_member(db::Transaction& tx,
                                   const Parts& parts,
                                   const oauth::IdClaims& claims,
                                   const std::string& address) {
  const WorkspaceId workspace("default");
  const access::Identity identity{parts.sso->options().issuer, claims.subject};
  WL_TRY(auto known, access::Members::find_by_identity(tx, workspace, identity));
  if (known) return *std::move(known);
  const auto refused = [&](const char* why) { return fail(ErrorKind::Denied, "not_invited", why); };
  if (claims.email.empty() || !claims.email_verified || !access::check_email(claims.email)) {
    return refused("Your identity provider does not vouch for your e-mail address.");
  }
  WL_TRY(auto member, access::Members::find_by_email(tx, workspace, claims.email));
  if (member && member->sso) return refused("Your address belongs to another identity.");
  if (member && member->disabled_at) return refused("Ask an administrator to let you in.");
  const bool invited = member.has_value();
  const Instant now = parts.clock.now();
  if (!member) {
    const auto role = parts.sso->options().default_role;
    if (!role) return refused("You are not a member yet. Ask an administrator to invite you.");
    WL_TRY(member,
           access::Members::create(tx, workspace, claims.email, "", *role, parts.random, now));
  }
  const std::string name = access::check_member_name(claims.name) ? claims.name : claims.email;
  WL_CHECK(access::Members::link(tx, member->id, identity));
  WL_CHECK(access::Members::join(
      tx, member->id, member->name.empty() ? name.substr(0, 100) : member->name, now));
  auto record = member_record(parts, *member, address, invited ? "member.linked" : "member.joined");
  record.detail = JsonWriter()
                      .text("issuer", identity.issuer)
                      .text("role", access::to_string(member->role))
                      .str();
  WL_CHECK(access::append_audit(tx, record));
  return access::Members::get(tx, workspace, member->id);
}

Result<SignedIn> enter(db::Transaction& tx,
                       const Parts& parts,
                       const oauth::IdClaims& claims,
                       const access::SignInPlace& place) {
  WL_TRY(auto member, find_member(tx, parts, claims, place.address));
  if (member.state() != access::Member::State::Active) {
    return fail(ErrorKind::Denied, "not_invited", "Ask an administrator to let you in.");
  }
  const SignIn wanted{std::move(member), access::SignInMethod::Sso, place};
  return open_session(tx, parts, wanted);
}

/// The flow this browser began and nobody has finished; spent with the asking.
Task<Result<std::string>> spend_flow(const Parts& parts, std::string state) {
  auto work = [state = std::move(state), now = parts.clock.now()](db::Transaction& tx) {
    return access::SsoFlows::spend(tx, state, now);
  };
  co_return co_await parts.database.write(std::move(work));
}

Task<net::Response> callback(const Parts& parts, net::Request request) {
  if (parts.sso == nullptr) {
    co_return notice(parts, 404, "No single sign-on", "It is not set up on this server.");
  }
  const SecretString secret(cookie_value(request.fields, kCookie));
  const SsoSecrets secrets = SsoSecrets::derive(secret);
  const std::string state = request.query_param("state").value_or("");
  if (secret.empty() || !crypto::equal_constant_time(state, secrets.state)) {
    co_return notice(parts, 400, "Start again", "This browser did not begin this sign-in.");
  }
  const auto return_to = co_await spend_flow(parts, state);
  if (!return_to && return_to.error().kind != ErrorKind::NotFound) {
    co_return failed(parts, return_to.error());
  }
  if (!return_to)
    co_return notice(parts, 400, "Start again", "It took too long, or was done twice.");
  std::string code = request.query_param("code").value_or("");
  if (code.empty() || request.query_count("error") > 0) {
    co_return notice(parts, 403, "Not signed in", "The identity provider did not let you in.");
  }
  auto claims = co_await parts.sso->redeem(secrets, std::move(code), request.query_param("iss"));
  if (!claims) co_return failed(parts, claims.error());
  auto work = [&parts, claims = *std::move(claims), place = place_of(request)](
                  db::Transaction& tx) { return enter(tx, parts, claims, place); };
  auto done = co_await parts.database.write(std::move(work));
  if (!done && done.error().code == "not_invited") {
    co_return notice(parts, 403, "No way in", done.error().detail);
  }
  if (!done) co_return failed(parts, done.error());
  auto response = see_other(browser_of(parts), parts.public_url + *return_to);
  response.fields.add("Set-Cookie", std::move(done->cookie));
  response.fields.add("Set-Cookie", cookie(parts, "", std::chrono::seconds(0)));
  co_return response;
}

}  // namespace

void add_sso_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/sso/start", [&parts](net::Request request) {
                return start(parts, std::move(request));
              }});
  router.add({"GET", "/sso/callback", [&parts](net::Request request) {
                return callback(parts, std::move(request));
              }});
}

}  // namespace wayleave::api
