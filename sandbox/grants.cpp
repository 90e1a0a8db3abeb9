#include "sandbox/grants.hpp"

#include <array>

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::sandbox {
namespace {

/// `na1-1a2b-3c4d-5e6f-7a8b-9c0d1e2f3a4b`, as HubSpot's codes and refresh tokens look: 112 bits.
std::string dashed_token(std::string_view region, Random& random) {
  std::array<std::uint8_t, 14> raw{};
  random.fill(raw);
  std::string text = to_hex(as_text(raw));
  for (const std::size_t at : {4U, 9U, 14U, 19U}) text.insert(at, 1, '-');
  return std::string(region) + "-" + text;
}

/// Opaque, base64url, starts with `C`; about as long as the real ones.
std::string access_text(Random& random) { return "C" + random_token(random, 180); }

}  // namespace

bool verifier_fits(std::string_view verifier, std::string_view challenge) {
  const std::string computed = to_base64url(as_text(crypto::sha256(verifier)));
  return crypto::equal_constant_time(computed, challenge);
}

std::string Grants::issue_code(CodeRequest request,
                               const TokenRules& rules,
                               Instant now,
                               Random& random) {
  auto grant = std::make_shared<Grant>();
  grant->client_id = std::move(request.client_id);
  grant->portal_id = request.portal_id;
  grant->user_id = request.user_id;
  grant->scopes = std::move(request.scopes);
  Code code;
  code.grant = std::move(grant);
  code.redirect_uri = std::move(request.redirect_uri);
  code.challenge = std::move(request.challenge);
  code.expires = now + rules.code_ttl;
  std::string text = dashed_token(request.region, random);
  codes_.put(text, std::move(code));
  return text;
}

std::expected<TokenPair, OauthProblem> Grants::exchange(const Exchange& request,
                                                        const TokenRules& rules,
                                                        Instant now,
                                                        Random& random) {
  Code* code = codes_.find(request.code);
  if (code == nullptr || code->spent || code->expires <= now ||
      code->grant->client_id != request.client_id) {
    return std::unexpected(OauthProblem::BadAuthCode);
  }
  if (code->redirect_uri != request.redirect_uri) {
    return std::unexpected(OauthProblem::BadRedirectUri);
  }
  code->spent = true;  // also after a wrong verifier: nobody may guess twice
  const bool proved = code->challenge.empty() ? request.verifier.empty()
                                              : verifier_fits(request.verifier, code->challenge);
  if (!proved) return std::unexpected(OauthProblem::BadCodeVerifier);

  TokenPair pair;
  pair.grant = code->grant;
  pair.grant->install_id = next_install_id_++;
  installed_.put(std::to_string(pair.grant->install_id), pair.grant);
  pair.access_token = issue_access(pair.grant, rules, now, random);
  pair.refresh_token = issue_refresh(pair.grant, request.region, random);
  pair.expires_in = rules.access_token_ttl;
  return pair;
}

bool Grants::may_reuse(RefreshToken& token, const TokenRules& rules, Instant now) {
  if (!token.spent) return true;
  ++reuses_;
  if (now < *token.spent + rules.rotation_grace) return true;
  if (rules.reuse_revokes_family) {
    token.grant->installed = false;
    token.grant->access_ended = true;
  }
  return false;
}

std::expected<TokenPair, OauthProblem> Grants::refresh(std::string_view client_id,
                                                       std::string_view token,
                                                       std::string_view region,
                                                       const TokenRules& rules,
                                                       Instant now,
                                                       Random& random) {
  RefreshToken* held = refresh_.find(token);
  if (held == nullptr || held->revoked || !held->grant->installed ||
      held->grant->client_id != client_id || !may_reuse(*held, rules, now)) {
    return std::unexpected(OauthProblem::BadRefreshToken);
  }
  ++refreshes_;
  TokenPair pair;
  pair.grant = held->grant;
  pair.expires_in = rules.access_token_ttl;
  pair.access_token = issue_access(pair.grant, rules, now, random);
  pair.refresh_token = std::string(token);
  if (rules.rotate) {
    if (!held->spent) held->spent = now;
    pair.refresh_token = issue_refresh(pair.grant, region, random);
  }
  return pair;
}

TokenPair Grants::app_token(
    std::string client_id, ScopeList scopes, const TokenRules& rules, Instant now, Random& random) {
  TokenPair pair;
  pair.grant = std::make_shared<Grant>();
  pair.grant->client_id = std::move(client_id);
  pair.grant->scopes = std::move(scopes);
  pair.access_token = issue_access(pair.grant, rules, now, random);
  pair.expires_in = rules.access_token_ttl;
  return pair;
}

std::string Grants::issue_access(std::shared_ptr<Grant> grant,
                                 const TokenRules& rules,
                                 Instant now,
                                 Random& random) {
  std::string text = access_text(random);
  access_.put(text, AccessToken{std::move(grant), now, now + rules.access_token_ttl});
  return text;
}

std::string Grants::issue_refresh(std::shared_ptr<Grant> grant,
                                  std::string_view region,
                                  Random& random) {
  std::string text = dashed_token(region, random);
  refresh_.put(text, RefreshToken{std::move(grant), false, std::nullopt});
  return text;
}

std::uint64_t Grants::portal_of_code(std::string_view code) {
  const Code* found = codes_.find(code);
  return found == nullptr ? 0 : found->grant->portal_id;
}

std::uint64_t Grants::portal_of_refresh(std::string_view token) {
  const RefreshToken* found = refresh_.find(token);
  return found == nullptr ? 0 : found->grant->portal_id;
}

const AccessToken* Grants::access(std::string_view token) { return access_.find(token); }

const RefreshToken* Grants::live_refresh(std::string_view token) {
  const RefreshToken* held = refresh_.find(token);
  const bool live = held != nullptr && !held->revoked && !held->spent && held->grant->installed;
  return live ? held : nullptr;
}

void Grants::revoke_refresh(std::string_view token) {
  if (RefreshToken* held = refresh_.find(token)) held->revoked = true;
}

void Grants::uninstall(std::string_view client_id,
                       std::uint64_t portal_id,
                       const TokenRules& rules) {
  installed_.each([&](std::weak_ptr<Grant>& weak) {
    const auto grant = weak.lock();
    if (!grant || grant->portal_id != portal_id) return;
    if (!client_id.empty() && grant->client_id != client_id) return;
    grant->installed = false;
    if (rules.uninstall_ends_access) grant->access_ended = true;
  });
}

}  // namespace wayleave::sandbox
