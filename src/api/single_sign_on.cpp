#include "api/single_sign_on.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "crypto/digest.hpp"
#include "oauth/authorize_url.hpp"
#include "oauth/flat_json.hpp"
#include "oauth/pkce.hpp"
#include "oauth/token_request.hpp"

namespace wayleave::api {
namespace {

constexpr std::chrono::minutes kKept{10};
constexpr std::chrono::minutes kKeysAgain{1};
constexpr Millis kTimeout{10'000};
constexpr std::size_t kAnswerMax = 256 * 1024;

std::unexpected<Error> failed(std::string why) {
  return fail(
      ErrorKind::Retry, "sso_failed", "the identity provider could not be asked", std::move(why));
}

std::string derived(std::string_view secret, std::string_view purpose) {
  return to_base64url(as_text(crypto::hmac_sha256(secret, purpose)));
}

}  // namespace

SsoSecrets SsoSecrets::derive(const SecretString& secret) {
  return secret.expose([](std::string_view bytes) {
    SsoSecrets out;
    out.state = derived(bytes, "state");
    out.nonce = derived(bytes, "nonce");
    out.verifier = SecretString(derived(bytes, "verifier"));
    return out;
  });
}

SingleSignOn::SingleSignOn(SsoOptions options, net::Client& client, const Clock& clock)
    : options_(std::move(options)), client_(client), clock_(clock) {}

Task<Result<std::string>> SingleSignOn::fetch(net::Outgoing outgoing) {
  const std::string url = outgoing.url;
  outgoing.timeout = kTimeout;
  outgoing.answer_bytes_max = kAnswerMax;
  auto answer = co_await client_.call(std::move(outgoing));
  if (!answer) co_return failed(url + ": " + answer.error().error.code);
  if (answer->status != 200) co_return failed(url + ": status " + std::to_string(answer->status));
  co_return std::move(answer->body);
}

Task<Result<std::string>> SingleSignOn::get(std::string url) {
  net::Outgoing outgoing;
  outgoing.url = std::move(url);
  outgoing.fields.add("Accept", "application/json");
  co_return co_await fetch(std::move(outgoing));
}

Task<Result<SingleSignOn::Metadata>> SingleSignOn::metadata() {
  const Tick now = clock_.tick();
  {
    const std::lock_guard lock(mutex_);
    if (metadata_.value && now - metadata_.at < kKept) co_return metadata_.value;
  }
  std::string base = options_.issuer;
  if (base.ends_with('/')) base.pop_back();
  WL_CO_TRY(const auto body, co_await get(base + "/.well-known/openid-configuration"));
  WL_CO_TRY(auto read, oauth::read_metadata(body, options_.issuer));
  auto fresh = std::make_shared<const oauth::ProviderMetadata>(std::move(read));
  const std::lock_guard lock(mutex_);
  metadata_ = {fresh, now};
  co_return fresh;
}

Task<Result<SingleSignOn::Keys>> SingleSignOn::keys(Metadata metadata, bool newer) {
  const Tick now = clock_.tick();
  {
    const std::lock_guard lock(mutex_);
    const std::chrono::minutes kept = newer ? kKeysAgain : kKept;
    if (keys_.value && now - keys_.at < kept) co_return keys_.value;
  }
  WL_CO_TRY(const auto body, co_await get(metadata->jwks_uri));
  WL_CO_TRY(auto read, oauth::KeySet::parse(body));
  auto fresh = std::make_shared<const oauth::KeySet>(std::move(read));
  const std::lock_guard lock(mutex_);
  keys_ = {fresh, now};
  co_return fresh;
}

Task<Result<std::string>> SingleSignOn::authorize_url(const SsoSecrets& secrets) {
  oauth::AuthorizeRequest request;
  request.client_id = options_.client_id;
  request.redirect_uri = options_.redirect_uri;
  request.scopes = {"openid", "email", "profile"};
  request.state = secrets.state;
  request.code_challenge = secrets.verifier.expose(oauth::pkce_challenge);
  request.extra = {{"nonce", secrets.nonce}};
  WL_CO_TRY(const auto known, co_await metadata());
  request.endpoint = known->authorization_endpoint;
  co_return oauth::authorize_url(request);
}

Task<Result<oauth::IdClaims>> SingleSignOn::verified(Metadata metadata,
                                                     std::string token,
                                                     std::string nonce) {
  const oauth::IdTokenRules rules{
      options_.issuer, options_.client_id, std::move(nonce), clock_.now()};
  WL_CO_TRY(const auto held, co_await keys(metadata, false));
  auto claims = oauth::verify_id_token(token, *held, rules);
  if (claims || claims.error().code != "unknown_key") co_return claims;
  WL_CO_TRY(const auto newer, co_await keys(metadata, true));
  co_return oauth::verify_id_token(token, *newer, rules);
}

Task<Result<oauth::IdClaims>> SingleSignOn::redeem(const SsoSecrets& secrets,
                                                   std::string code,
                                                   std::optional<std::string> issuer) {
  WL_CO_TRY(const auto known, co_await metadata());
  // Another provider's answer must not be taken for this one's (RFC 9207).
  if (issuer ? *issuer != options_.issuer : known->sends_issuer) {
    co_return failed("the way back names another issuer");
  }
  const oauth::ClientCredentials client{
      options_.client_id,
      options_.client_secret,
      known->secret_in_form ? oauth::ClientAuth::Post : oauth::ClientAuth::Basic};
  auto request = oauth::exchange_request(client, code, options_.redirect_uri, &secrets.verifier);
  net::Outgoing outgoing;
  outgoing.method = "POST";
  outgoing.url = known->token_endpoint;
  for (auto& [name, value] : request.headers) outgoing.fields.add(name, value);
  outgoing.body = request.body.expose([](std::string_view body) { return std::string(body); });
  WL_CO_TRY(const auto body, co_await fetch(std::move(outgoing)));
  const auto answer = oauth::FlatObject::parse(body);
  const auto token = answer ? answer->string("id_token") : std::nullopt;
  if (!token) co_return failed("the token endpoint gave no id_token");
  WL_CO_TRY(auto claims, co_await verified(known, *token, secrets.nonce));
  const auto access = answer->string("access_token");
  if (!claims.email.empty() || known->userinfo_endpoint.empty() || !access) co_return claims;

  net::Outgoing question;
  question.url = known->userinfo_endpoint;
  question.fields.add("Accept", "application/json");
  question.fields.add("Authorization", "Bearer " + *access);
  WL_CO_TRY(const auto told, co_await fetch(std::move(question)));
  co_return oauth::read_userinfo(told, claims.subject);
}

}  // namespace wayleave::api
