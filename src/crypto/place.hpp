#pragma once

#include <string>
#include <string_view>

#include "crypto/key_ring.hpp"

namespace wayleave::crypto {

/// The associated data of a sealed value: its header and its place. Every field is preceded by its
/// length, so that no two places share an encoding. For this room only.
[[nodiscard]] std::string associated_data(std::string_view header, const Place& place);

/// Big-endian, for headers that are compared and stored as bytes.
void append_u32(std::string& out, std::uint32_t value);
void append_u64(std::string& out, std::uint64_t value);
/// `bytes` has at least four bytes.
[[nodiscard]] std::uint32_t read_u32(std::string_view bytes);

}  // namespace wayleave::crypto
