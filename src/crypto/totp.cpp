#include "crypto/totp.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

#include "base/bytes.hpp"
#include "crypto/digest.hpp"
#include "crypto/place.hpp"

namespace wayleave::crypto {
namespace {

constexpr std::int64_t kStepMs = 30'000;

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view bytes) {
  std::array<std::uint8_t, 20> out{};
  unsigned size = 0;
  const auto* done = HMAC(EVP_sha1(),
                          key.data(),
                          static_cast<int>(key.size()),
                          as_bytes(bytes).data(),
                          bytes.size(),
                          out.data(),
                          &size);
  // Fails only when OpenSSL is broken, and a code that is none must not be compared with.
  if (done == nullptr || size != out.size()) std::abort();
  return out;
}

}  // namespace

std::int64_t totp_step(Instant at) { return to_millis(at) / kStepMs; }

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::string counter;
  append_u64(counter, static_cast<std::uint64_t>(step));
  const auto mac = hmac_sha1(secret, counter);
  const std::size_t offset = mac.back() & 0x0FU;
  const std::uint32_t value = read_u32(as_text(mac).substr(offset, 4)) & 0x7FFFFFFFU;
  return fmt::format("{:06}", value % 1'000'000);
}

std::optional<std::int64_t> matching_totp_step(std::string_view secret,
                                               std::string_view code,
                                               Instant now) {
  const std::int64_t current = totp_step(now);
  for (const std::int64_t step : {current, current - 1, current + 1}) {
    if (equal_constant_time(totp_code(secret, step), code)) return step;
  }
  return std::nullopt;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : as_bytes(bytes)) {
    held = (held << 8U) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += alphabet[(held >> bits) & 31U];
    }
  }
  if (bits > 0) out += alphabet[(held << (5 - bits)) & 31U];
  return out;
}

}  // namespace wayleave::crypto
