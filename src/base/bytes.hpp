#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wayleave {

class Random;

/// The same bytes seen as text.
[[nodiscard]] inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// nullopt unless the text is an even number of hex digits.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

/// RFC 4648 section 4, padded.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Strict: nullopt on a foreign character, wrong length or wrong padding.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
/// RFC 4648 section 5, unpadded.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// `digits` uniformly random characters of [0-9A-Za-z] (5.95 bits each).
[[nodiscard]] std::string random_base62(Random& random, std::size_t digits);

}  // namespace wayleave
