#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/public_key.hpp"

namespace wayleave::oauth {

/// How far the provider's clock may be from ours.
inline constexpr std::chrono::seconds kIdTokenLeeway{60};
inline constexpr std::size_t kIdTokenBytesMax = 16 << 10;

/// The keys a provider signs with (RFC 7517). Keys of kinds that are not accepted here are left
/// out.
class KeySet {
 public:
  static constexpr std::size_t kKeysMax = 100;
  struct Entry {
    std::string id;         ///< empty: none given
    std::string algorithm;  ///< empty: any that fits the key
    crypto::PublicKey key;
  };

  [[nodiscard]] static Result<KeySet> parse(std::string_view json);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  explicit KeySet(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  std::vector<Entry> entries_;
};

/// What an ID token must say.
struct IdTokenRules {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  Instant now;
};

/// What it says about the person.
struct IdClaims {
  std::string subject;
  std::string email;  ///< empty: not told
  bool email_verified = false;
  std::string name;
};

/// OpenID Connect Core section 3.1.3.7: signed with one of the keys and an algorithm of the list,
/// from that issuer, for this client (and `azp` when others are named too), in time, with that
/// nonce. Error code `unknown_key` when the key it names is not there: then newer keys may have it;
/// else `id_token_invalid`. `operator_detail` says what is wrong, without the token.
[[nodiscard]] Result<IdClaims> verify_id_token(std::string_view token,
                                               const KeySet& keys,
                                               const IdTokenRules& rules);

/// The claims of a UserInfo answer about that subject (section 5.3.4: another one's are refused).
[[nodiscard]] Result<IdClaims> read_userinfo(std::string_view json, std::string_view subject);

/// What a provider says about itself (OpenID Connect Discovery section 4.3).
struct ProviderMetadata {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string userinfo_endpoint;  ///< empty: none
  std::string jwks_uri;
  bool secret_in_form = false;  ///< client_secret_post, where Basic is not offered
  bool sends_issuer = false;    ///< RFC 9207: the way back names it
};
/// Refuses metadata whose issuer is not exactly the one that was asked.
[[nodiscard]] Result<ProviderMetadata> read_metadata(std::string_view json,
                                                     std::string_view issuer);

}  // namespace wayleave::oauth
