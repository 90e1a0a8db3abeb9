#include "crypto/password.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <array>

#include "crypto/aead.hpp"

namespace wayleave::crypto {

Result<std::string> hash_password(const SecretString& password) {
  require_sodium();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const int failed = password.expose([&](std::string_view plain) {
    return crypto_pwhash_str_alg(out.data(),
                                 plain.data(),
                                 plain.size(),
                                 password_passes,
                                 password_memory_bytes,
                                 crypto_pwhash_ALG_ARGON2ID13);
  });
  if (failed != 0) return internal("no memory to hash a password with");
  return std::string(out.data());
}

bool verify_password(const std::string& stored, const SecretString& password) {
  require_sodium();
  if (stored.size() >= crypto_pwhash_STRBYTES) return false;
  return password.expose([&](std::string_view plain) {
    return crypto_pwhash_str_verify(stored.c_str(), plain.data(), plain.size()) == 0;
  });
}

bool password_needs_rehash(const std::string& stored) {
  require_sodium();
  if (stored.size() >= crypto_pwhash_STRBYTES) return true;
  return crypto_pwhash_str_needs_rehash(stored.c_str(), password_passes, password_memory_bytes) !=
         0;
}

std::string password_decoy() {
  // 16 bytes of salt and 32 of hash, all zero.
  return fmt::format("$argon2id$v=19$m={},t={},p=1${:A>22}${:A>43}",
                     password_memory_bytes / 1024,
                     password_passes,
                     "",
                     "");
}

}  // namespace wayleave::crypto
