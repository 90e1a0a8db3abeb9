#include "gateway/json_string.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wayleave::gateway {
namespace {

constexpr std::size_t kUnicodeEscapeSize = 6;  // `\u` and four digits

bool is_high_half(std::uint32_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool is_low_half(std::uint32_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

/// The UTF-16 unit that the escape at the front of `text` names; 0 when there is no such escape.
std::uint32_t unit_of(std::string_view text) {
  std::uint32_t unit = 0;
  if (text.size() < kUnicodeEscapeSize || !text.starts_with("\\u")) return 0;
  std::from_chars(text.data() + 2, text.data() + kUnicodeEscapeSize, unit, 16);
  return unit;
}

char* put_utf8(std::uint32_t c, char* to) {
  const auto put = [&](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
  const auto tail = [&](int shift) { put(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    put(0xf0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return to;
}

/// Takes a `\u` escape, or the two of a pair, off the front of `from`. Null: half a pair.
char* put_unicode(std::string_view& from, char* to) {
  std::uint32_t c = unit_of(from);
  from.remove_prefix(kUnicodeEscapeSize);
  if (is_low_half(c)) return nullptr;
  if (is_high_half(c)) {
    const std::uint32_t low = unit_of(from);
    if (!is_low_half(low)) return nullptr;
    from.remove_prefix(kUnicodeEscapeSize);
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
  }
  return put_utf8(c, to);
}

char meaning(char escaped) {
  switch (escaped) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:  // quote, backslash, slash
      return escaped;
  }
}

}  // namespace

std::optional<std::string_view> unescape(std::span<char> inside) {
  std::string_view from(inside.data(), inside.size());
  std::size_t plain = from.find('\\');
  if (plain == std::string_view::npos) return from;
  char* to = inside.data() + plain;
  from.remove_prefix(plain);
  while (!from.empty()) {
    if (from[1] == 'u') {
      to = put_unicode(from, to);
      if (to == nullptr) return std::nullopt;
    } else {
      *to++ = meaning(from[1]);
      from.remove_prefix(2);
    }
    plain = std::min(from.find('\\'), from.size());
    std::memmove(to, from.data(), plain);
    to += plain;
    from.remove_prefix(plain);
  }
  return std::string_view(inside.data(), to);
}

}  // namespace wayleave::gateway
