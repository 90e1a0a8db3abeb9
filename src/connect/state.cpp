#include "connect/state.hpp"

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::connect {
namespace {

constexpr std::size_t kSecretBytes = 32;

}  // namespace

std::string make_one_time(Random& random) { return random_token(random, kSecretBytes); }

bool is_one_time(std::string_view text) {
  constexpr std::size_t encoded_size = (kSecretBytes * 4 + 2) / 3;
  if (text.size() != encoded_size) return false;
  const auto bytes = from_base64url(text);
  return bytes && bytes->size() == kSecretBytes;
}

std::string one_time_digest(std::string_view text) {
  const crypto::Sha256 digest = crypto::sha256(text);
  return std::string(as_text(digest));
}

bool matches_digest(std::string_view text, std::string_view digest) {
  if (digest.empty()) return false;
  return crypto::equal_constant_time(one_time_digest(text), digest);
}

}  // namespace wayleave::connect
