#pragma once

#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/secret.hpp"

namespace wayleave::oauth {

/// Proof key for code exchange with S256; `plain` does not exist here (RFC 7636, OA-05, OA-06).
struct Pkce {
  SecretString verifier;  ///< 43 base64url characters; sealed at rest, never sent to a browser
  std::string challenge;  ///< BASE64URL(SHA256(verifier))
};
[[nodiscard]] Pkce make_pkce(Random& random);
[[nodiscard]] std::string pkce_challenge(std::string_view verifier);

}  // namespace wayleave::oauth
