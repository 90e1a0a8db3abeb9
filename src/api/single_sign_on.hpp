#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "access/role.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "net/client.hpp"
#include "oauth/id_token.hpp"

namespace wayleave::api {

/// The OpenID provider members may sign in at.
struct SsoOptions {
  std::string issuer;  ///< exactly as the provider writes it
  std::string client_id;
  SecretString client_secret;
  std::string name;  ///< on the button
  /// What somebody gets who is no member yet; nullopt: nobody is let in uninvited.
  std::optional<access::Role> default_role;
  std::string redirect_uri;
};

/// What one sign-in keeps between the way out and the way back, all derived from one random secret
/// that only the browser has: so the database holds nothing but the digest of `state`.
struct SsoSecrets {
  std::string state;
  std::string nonce;
  SecretString verifier;  ///< PKCE (RFC 7636)
  [[nodiscard]] static SsoSecrets derive(const SecretString& secret);
};

/// Talks to the provider: authorization code flow with PKCE S256 (OpenID Connect Core section 3.1).
/// Its metadata and keys are kept for ten minutes; keys are asked for again, at most once a minute,
/// when a token names one that is not there. Calls go through the client's egress guard. Any
/// coroutine may call.
class SingleSignOn {
 public:
  /// The references must outlive this.
  SingleSignOn(SsoOptions options, net::Client& client, const Clock& clock);

  [[nodiscard]] const SsoOptions& options() const { return options_; }
  /// Where the browser goes.
  [[nodiscard]] Task<Result<std::string>> authorize_url(const SsoSecrets& secrets);
  /// Exchanges the code and gives what the verified ID token says, with the e-mail address from
  /// UserInfo when the token has none. `issuer` is what the way back named (RFC 9207), if anything.
  [[nodiscard]] Task<Result<oauth::IdClaims>> redeem(const SsoSecrets& secrets,
                                                     std::string code,
                                                     std::optional<std::string> issuer);

 private:
  using Metadata = std::shared_ptr<const oauth::ProviderMetadata>;
  using Keys = std::shared_ptr<const oauth::KeySet>;
  template <class T>
  struct Kept {
    T value;
    Tick at{};
  };

  [[nodiscard]] Task<Result<std::string>> fetch(net::Outgoing outgoing);
  [[nodiscard]] Task<Result<std::string>> get(std::string url);
  [[nodiscard]] Task<Result<Metadata>> metadata();
  [[nodiscard]] Task<Result<Keys>> keys(Metadata metadata, bool newer);
  [[nodiscard]] Task<Result<oauth::IdClaims>> verified(Metadata metadata,
                                                       std::string token,
                                                       std::string nonce);

  const SsoOptions options_;
  net::Client& client_;
  const Clock& clock_;
  std::mutex mutex_;
  Kept<Metadata> metadata_;
  Kept<Keys> keys_;
};

}  // namespace wayleave::api
