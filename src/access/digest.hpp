#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "crypto/digest.hpp"

namespace wayleave::access {

/// How a random token is stored and looked up: its SHA-256 in hex. For this room only, and only for
/// tokens that nobody can guess.
[[nodiscard]] inline std::string hex_digest(const SecretString& token) {
  return token.expose([](std::string_view text) { return to_hex(as_text(crypto::sha256(text))); });
}

}  // namespace wayleave::access
