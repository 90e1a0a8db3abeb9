#include "oauth/pkce.hpp"

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::oauth {
namespace {

constexpr std::size_t kVerifierBytes = 32;  // 43 characters, the least RFC 7636 section 4.1 allows

}  // namespace

Pkce make_pkce(Random& random) {
  std::string verifier = random_token(random, kVerifierBytes);
  Pkce pkce{.verifier = SecretString(verifier), .challenge = pkce_challenge(verifier)};
  wipe(verifier.data(), verifier.size());
  return pkce;
}

std::string pkce_challenge(std::string_view verifier) {
  return to_base64url(as_text(crypto::sha256(verifier)));
}

}  // namespace wayleave::oauth
