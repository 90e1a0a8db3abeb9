#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace wayleave::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256. The algorithm is fetched once per thread: the implicit fetch costs two to three times
/// as much. Any thread may call.
[[nodiscard]] Sha256 sha256(std::string_view bytes);
[[nodiscard]] Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
/// IEEE CRC-32 (the checksum of API keys; no security).
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);
/// Compares without telling where they differ; lengths may differ and are not secret.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

/// SHA-256 over bytes that come in pieces. Belongs to one thread.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  void update(std::string_view bytes);
  [[nodiscard]] Sha256 finish();

 private:
  void* context_;
};

}  // namespace wayleave::crypto
