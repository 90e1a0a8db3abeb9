#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Character classes of HTTP/1.1; private to this folder.
namespace wayleave::net::http1 {

inline constexpr std::uint8_t kTokenChar = 1;   ///< RFC 9110 section 5.6.2
inline constexpr std::uint8_t kTargetChar = 2;  ///< visible ASCII but '#', which no target holds
inline constexpr std::uint8_t kHostChar = 4;    ///< names and IPv4 literals as they are in use

consteval std::array<std::uint8_t, 256> char_classes() {
  std::array<std::uint8_t, 256> classes{};
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  for (std::size_t c = 0x21; c < 0x7f; ++c) {
    const char symbol = static_cast<char>(c);
    const bool alnum = (symbol >= '0' && symbol <= '9') || (symbol >= 'a' && symbol <= 'z') ||
                       (symbol >= 'A' && symbol <= 'Z');
    if (alnum || symbols.find(symbol) != std::string_view::npos) classes[c] |= kTokenChar;
    if (symbol != '#') classes[c] |= kTargetChar;
    if (alnum || symbol == '-' || symbol == '.' || symbol == '_') classes[c] |= kHostChar;
  }
  return classes;
}
inline constexpr std::array<std::uint8_t, 256> kCharClasses = char_classes();

[[nodiscard]] inline bool is(std::uint8_t kind, char c) {
  return (kCharClasses[static_cast<std::uint8_t>(c)] & kind) != 0;
}
[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
/// A byte that no field value holds: controls but tab.
[[nodiscard]] inline bool is_forbidden(char c) {
  return (static_cast<std::uint8_t>(c) < 0x20 && c != '\t') || c == 0x7f;
}

/// The first byte of [at, end) that no field value may hold, or `end`. Eight bytes at a time: the
/// lowest marked byte of each sum is exact, the ones above it may be false.
[[nodiscard]] inline const char* find_forbidden(const char* at, const char* end) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      const std::uint64_t low = (word - ones * 0x20) & ~word;
      const std::uint64_t del = word ^ (ones * 0x7f);
      const std::uint64_t marks = (low | ((del - ones) & ~del)) & tops;
      if (marks == 0) {
        at += 8;
        continue;
      }
      at += std::countr_zero(marks) / 8;
      if (*at != '\t') return at;
      ++at;
    }
  }
  while (at != end && !is_forbidden(*at)) ++at;
  return at;
}

/// Compares with a lower-case literal without regard to case. Exact for every byte but controls,
/// which neither names nor values that came this far hold.
[[nodiscard]] inline bool same_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i];
    if (c != lower[i] && (static_cast<char>(c | 0x20) != lower[i] || c < 'A' || c > 'Z')) {
      return false;
    }
  }
  return true;
}

/// Takes the next member off a comma-separated list; empty members are skipped. False at its end.
[[nodiscard]] inline bool next_member(std::string_view& list, std::string_view& member) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    member = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    while (!member.empty() && is_blank(member.front())) member.remove_prefix(1);
    while (!member.empty() && is_blank(member.back())) member.remove_suffix(1);
    if (!member.empty()) return true;
  }
  return false;
}

}  // namespace wayleave::net::http1
