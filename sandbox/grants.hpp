#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "sandbox/bounded_map.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/oauth_problem.hpp"
#include "sandbox/scopes.hpp"

namespace wayleave::sandbox {

/// One consent: an app may act in an account. Codes and tokens share it, so that ending it ends
/// every refresh token made from it.
struct Grant {
  std::string client_id;
  std::uint64_t portal_id = 0;  ///< 0: an app's own token (client credentials)
  std::uint64_t user_id = 0;
  std::uint64_t install_id = 0;
  ScopeList scopes;
  bool installed = true;      ///< false once the app was uninstalled
  bool access_ended = false;  ///< its access tokens are dead as well
};

struct Code {
  std::shared_ptr<Grant> grant;
  std::string redirect_uri;
  std::string challenge;  ///< PKCE S256; empty when the authorize call had none
  Instant expires;
  bool spent = false;
};

struct AccessToken {
  std::shared_ptr<Grant> grant;
  Instant issued;
  Instant expires;
};

struct RefreshToken {
  std::shared_ptr<Grant> grant;
  bool revoked = false;
  std::optional<Instant> spent;  ///< when a rotation replaced it
};

/// What a successful token call answers.
struct TokenPair {
  std::string access_token;
  std::string refresh_token;  ///< empty for client credentials
  std::chrono::seconds expires_in{0};
  std::shared_ptr<Grant> grant;
};

/// The rules of token life that can be turned, taken from the current settings.
struct TokenRules {
  std::chrono::seconds access_token_ttl{1800};
  std::chrono::seconds code_ttl{600};
  std::chrono::seconds rotation_grace{0};
  bool rotate = false;
  bool reuse_revokes_family = false;
  bool uninstall_ends_access = false;
};

/// Issues, exchanges and ends codes and tokens. A state machine without I/O: `now` is passed in.
class Grants {
 public:
  struct CodeRequest {
    std::string client_id;
    std::string redirect_uri;
    std::string challenge;
    std::uint64_t portal_id = 0;
    std::uint64_t user_id = 0;
    std::string region;
    ScopeList scopes;
  };
  [[nodiscard]] std::string issue_code(CodeRequest request,
                                       const TokenRules& rules,
                                       Instant now,
                                       Random& random);

  struct Exchange {
    std::string_view client_id;
    std::string_view code;
    std::string_view redirect_uri;
    std::string_view verifier;
    std::string_view region;
  };
  /// Spends the code. A code works once, until it expires, for its client, redirect URI and
  /// verifier.
  [[nodiscard]] std::expected<TokenPair, OauthProblem> exchange(const Exchange& request,
                                                                const TokenRules& rules,
                                                                Instant now,
                                                                Random& random);
  [[nodiscard]] std::expected<TokenPair, OauthProblem> refresh(std::string_view client_id,
                                                               std::string_view token,
                                                               std::string_view region,
                                                               const TokenRules& rules,
                                                               Instant now,
                                                               Random& random);
  /// A token of the app itself, for no account.
  [[nodiscard]] TokenPair app_token(std::string client_id,
                                    ScopeList scopes,
                                    const TokenRules& rules,
                                    Instant now,
                                    Random& random);

  /// The account a code or refresh token leads to, looked at before it is used; 0 when unknown.
  [[nodiscard]] std::uint64_t portal_of_code(std::string_view code);
  [[nodiscard]] std::uint64_t portal_of_refresh(std::string_view token);

  /// Null when unknown (never issued, or forgotten). May be expired or ended.
  [[nodiscard]] const AccessToken* access(std::string_view token);
  /// Null unless it would still work.
  [[nodiscard]] const RefreshToken* live_refresh(std::string_view token);
  /// A no-op for unknown tokens (RFC 7009 section 2.2). Access tokens live on until they expire.
  void revoke_refresh(std::string_view token);
  /// Ends every grant of that app (of every app when empty) in that account.
  void uninstall(std::string_view client_id, std::uint64_t portal_id, const TokenRules& rules);

  [[nodiscard]] std::uint64_t refreshes() const { return refreshes_; }
  [[nodiscard]] std::uint64_t reuses() const { return reuses_; }

 private:
  std::string issue_access(std::shared_ptr<Grant> grant,
                           const TokenRules& rules,
                           Instant now,
                           Random& random);
  std::string issue_refresh(std::shared_ptr<Grant> grant, std::string_view region, Random& random);
  /// False when a spent token is used too late; counts every use of a spent one.
  bool may_reuse(RefreshToken& token, const TokenRules& rules, Instant now);

  BoundedMap<Code> codes_{kCodesMax};
  BoundedMap<AccessToken> access_{kAccessTokensMax};
  BoundedMap<RefreshToken> refresh_{kRefreshTokensMax};
  std::uint64_t next_install_id_ = 500'001;
  std::uint64_t refreshes_ = 0;
  std::uint64_t reuses_ = 0;
  // Every grant ever installed, so that an uninstall finds them; as bounded as refresh tokens.
  BoundedMap<std::weak_ptr<Grant>> installed_{kRefreshTokensMax};
};

/// PKCE S256: base64url(SHA-256(verifier)) equals the challenge (RFC 7636 section 4.6).
[[nodiscard]] bool verifier_fits(std::string_view verifier, std::string_view challenge);

}  // namespace wayleave::sandbox
