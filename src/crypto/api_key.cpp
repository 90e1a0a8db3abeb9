#include "crypto/api_key.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace wayleave::crypto {
namespace {

constexpr std::string_view prefix = "wlk_";
constexpr std::size_t random_digits = 43;
constexpr std::size_t checksum_digits = 6;  // 62^6 > 2^32
constexpr std::size_t key_chars = prefix.size() + random_digits + checksum_digits;
constexpr std::string_view base62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string checksum(std::string_view body) {
  std::string digits(checksum_digits, '0');
  std::uint32_t rest = crc32(body);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = base62[rest % base62.size()];
    rest /= static_cast<std::uint32_t>(base62.size());
  }
  return digits;
}

}  // namespace

SecretString make_api_key(Random& random) {
  std::string digits = random_base62(random, random_digits);
  std::string key;
  key.reserve(key_chars);  // so that no half-built copy is left behind unwiped
  key += prefix;
  key += digits;
  key += checksum(key);
  SecretString out(key);
  wipe(digits.data(), digits.size());
  wipe(key.data(), key.size());
  return out;
}

bool is_api_key(std::string_view text) {
  if (text.size() != key_chars || !text.starts_with(prefix)) return false;
  const auto is_digit = [](char c) { return base62.find(c) != base62.npos; };
  if (!std::ranges::all_of(text.substr(prefix.size()), is_digit)) return false;
  const std::size_t body = key_chars - checksum_digits;
  return text.substr(body) == checksum(text.substr(0, body));
}

}  // namespace wayleave::crypto
