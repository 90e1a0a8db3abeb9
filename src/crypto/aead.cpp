#include "crypto/aead.hpp"

#include <sodium.h>

#include <cstdlib>
#include <vector>

#include "base/bytes.hpp"

namespace wayleave::crypto {

static_assert(aead_key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(aead_nonce_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(aead_tag_bytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

namespace {

// A wrong length here is a bug of this room, and reading past a key is worse than stopping.
void require_lengths(std::string_view key, std::string_view nonce) {
  if (key.size() != aead_key_bytes || nonce.size() != aead_nonce_bytes) std::abort();
}

}  // namespace

void require_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

std::string aead_seal(std::string_view key,
                      std::string_view nonce,
                      std::string_view associated,
                      std::string_view plain) {
  require_lengths(key, nonce);
  std::string sealed(plain.size() + aead_tag_bytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(reinterpret_cast<unsigned char*>(sealed.data()),
                                             nullptr,
                                             as_bytes(plain).data(),
                                             plain.size(),
                                             as_bytes(associated).data(),
                                             associated.size(),
                                             nullptr,
                                             as_bytes(nonce).data(),
                                             as_bytes(key).data());
  return sealed;
}

std::optional<SecretString> aead_open(std::string_view key,
                                      std::string_view nonce,
                                      std::string_view associated,
                                      std::string_view sealed) {
  require_lengths(key, nonce);
  if (sealed.size() < aead_tag_bytes) return std::nullopt;
  std::vector<std::uint8_t> plain(sealed.size() - aead_tag_bytes);
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(),
                                                                nullptr,
                                                                nullptr,
                                                                as_bytes(sealed).data(),
                                                                sealed.size(),
                                                                as_bytes(associated).data(),
                                                                associated.size(),
                                                                as_bytes(nonce).data(),
                                                                as_bytes(key).data());
  if (failed != 0) return std::nullopt;
  SecretString opened(as_text(plain));
  wipe(plain.data(), plain.size());
  return opened;
}

}  // namespace wayleave::crypto
