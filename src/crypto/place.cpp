#include "crypto/place.hpp"

namespace wayleave::crypto {
namespace {

void append_field(std::string& out, std::string_view field) {
  append_u64(out, field.size());
  out += field;
}

}  // namespace

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xffU);
}

void append_u64(std::string& out, std::uint64_t value) {
  append_u32(out, static_cast<std::uint32_t>(value >> 32));
  append_u32(out, static_cast<std::uint32_t>(value));
}

std::uint32_t read_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) {
    value = (value << 8) | static_cast<std::uint8_t>(byte);
  }
  return value;
}

std::string associated_data(std::string_view header, const Place& place) {
  std::string out;
  append_field(out, header);
  append_field(out, place.workspace);
  append_field(out, place.table);
  append_field(out, place.row);
  append_field(out, place.column);
  append_u64(out, static_cast<std::uint64_t>(place.version));
  return out;
}

}  // namespace wayleave::crypto
