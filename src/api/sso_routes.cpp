#include "access/sso_flow.hpp"
#include "api/attempts.hpp"
#include "api/browser.hpp"
#include "api/json_writer.hpp"
#include "api/people.hpp"
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

/// To the sign-in page of the console, which has words for each code.
net::Response turned_down(const Parts& parts, std::string_view code) {
  auto response = see_other(browser_of(parts),
                            parts.public_url + "/console/sign-in?error=" + std::string(code));
  response.fields.add("Set-Cookie", cookie(parts, "", std::chrono::seconds(0)));
  return response;
}

net::Response failed(const Parts& parts, const Error& error) {
  parts.log.warn("sso.failed", {{"code", error.code}, {"detail", error.operator_detail}});
  return turned_down(parts, "failed");
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
  if (parts.sso == nullptr) co_return turned_down(parts, "not_set_up");
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
  const auto refused = [](const char* code) { return fail(ErrorKind::Denied, code, code); };
  if (claims.email.empty() || !claims.email_verified || !access::check_email(claims.email)) {
    return refused("unverified");
  }
  WL_TRY(auto member, access::Members::find_by_email(tx, workspace, claims.email));
  if (member && member->sso) return refused("taken");
  if (member && member->disabled_at) return refused("disabled");
  const bool invited = member.has_value();
  const Instant now = parts.clock.now();
  if (!member) {
    const auto role = parts.sso->options().default_role;
    if (!role) return refused("not_member");
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
    return fail(ErrorKind::Denied, "disabled", "disabled");
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

/// Somebody whom the provider knows and who may not come in here (LG-02).
Task<Result<>> note_refusal(const Parts& parts, std::string address, std::string reason) {
  access::AuditRecord record;
  record.at = parts.clock.now();
  record.workspace = WorkspaceId("default");
  record.actor = {"browser", {}, std::move(address)};
  record.action = "session.refused";
  record.detail = JsonWriter().text("method", "sso").text("reason", reason).str();
  auto work = [record](db::Transaction& tx) { return access::append_audit(tx, record); };
  co_return co_await parts.database.write(std::move(work));
}

Task<net::Response> callback(const Parts& parts, net::Request request) {
  if (parts.sso == nullptr) co_return turned_down(parts, "not_set_up");
  const SecretString secret(cookie_value(request.fields, kCookie));
  const SsoSecrets secrets = SsoSecrets::derive(secret);
  const std::string state = request.query_param("state").value_or("");
  if (secret.empty() || !crypto::equal_constant_time(state, secrets.state)) {
    co_return turned_down(parts, "expired");
  }
  const auto return_to = co_await spend_flow(parts, state);
  if (!return_to && return_to.error().kind == ErrorKind::NotFound) {
    co_return turned_down(parts, "expired");
  }
  if (!return_to) co_return failed(parts, return_to.error());
  std::string code = request.query_param("code").value_or("");
  if (code.empty() || request.query_count("error") > 0) co_return turned_down(parts, "denied");
  const std::string address = request.peer;
  auto claims = co_await parts.sso->redeem(secrets, std::move(code), request.query_param("iss"));
  if (!claims) co_return failed(parts, claims.error());
  auto work = [&parts, claims = *std::move(claims), place = place_of(request)](
                  db::Transaction& tx) { return enter(tx, parts, claims, place); };
  auto done = co_await parts.database.write(std::move(work));
  if (!done && done.error().kind == ErrorKind::Denied) {
    const std::string reason = done.error().code;
    const auto noted = co_await note_refusal(parts, address, reason);
    co_return noted ? turned_down(parts, reason) : failed(parts, noted.error());
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
