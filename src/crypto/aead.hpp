#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace wayleave::crypto {

// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03). Its nonce is long enough to be drawn at random
// for every value without a counter to keep (VT-01). For this room only; others use the KeyRing.

inline constexpr std::size_t aead_key_bytes = 32;
inline constexpr std::size_t aead_nonce_bytes = 24;
inline constexpr std::size_t aead_tag_bytes = 16;

/// Makes libsodium ready; once per process, any thread. Aborts when it cannot (no randomness).
void require_sodium();

/// Ciphertext and tag. `key` has aead_key_bytes, `nonce` aead_nonce_bytes.
[[nodiscard]] std::string aead_seal(std::string_view key,
                                    std::string_view nonce,
                                    std::string_view associated,
                                    std::string_view plain);
/// nullopt when key, nonce, associated data or any bit of `sealed` is not what it was.
[[nodiscard]] std::optional<SecretString> aead_open(std::string_view key,
                                                    std::string_view nonce,
                                                    std::string_view associated,
                                                    std::string_view sealed);

}  // namespace wayleave::crypto
