#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The letters and numbers of a backup file; for its writer and its reader only.
namespace wayleave::app {

inline constexpr std::string_view kFirstLine = "wayleave-backup 1";
inline constexpr std::string_view kPurpose = "backup";
inline constexpr char kTableBegins = 'T';
inline constexpr char kRow = 'R';
inline constexpr char kTableEnds = 'E';
inline constexpr char kBackupEnds = 'Z';
inline constexpr char kNull = '-';
inline constexpr char kInteger = 'i';
inline constexpr char kText = 't';
inline constexpr char kBlob = 'b';

[[nodiscard]] inline std::string big_endian(std::uint64_t value, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = bytes; i > 0; --i, value >>= 8) out[i - 1] = static_cast<char>(value & 0xff);
  return out;
}

[[nodiscard]] inline std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace wayleave::app
