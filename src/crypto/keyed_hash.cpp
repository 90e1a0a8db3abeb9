#include "crypto/keyed_hash.hpp"

#include <sodium/crypto_shorthash.h>

#include "base/secret.hpp"

namespace wayleave::crypto {

static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16);
static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(KeyedHash::Value));

KeyedHash::KeyedHash(Random& random) { random.fill(secret_); }

KeyedHash::~KeyedHash() { wipe(secret_.data(), secret_.size()); }

KeyedHash::Value KeyedHash::operator()(std::string_view text) const {
  Value value;
  crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(value.data()),
                              reinterpret_cast<const unsigned char*>(text.data()),
                              text.size(),
                              secret_.data());
  return value;
}

}  // namespace wayleave::crypto
