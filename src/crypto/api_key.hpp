#pragma once

#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/digest.hpp"

namespace wayleave::crypto {

/// API keys look like `wlk_` + 43 base62 characters (256 bits) + 6 base62 characters of CRC-32 over
/// all that stands before (AK-01). Only the digest is ever stored (AK-02).
[[nodiscard]] SecretString make_api_key(Random& random);
/// The layout and checksum are right; a mistyped key is refused without a look-up.
[[nodiscard]] bool is_api_key(std::string_view text);
/// What is stored and looked up.
[[nodiscard]] inline Sha256 api_key_digest(std::string_view key) { return sha256(key); }

}  // namespace wayleave::crypto
