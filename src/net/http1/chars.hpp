#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "net/http1/word.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/// The first byte of [at, end) that no field value may hold, or `end`. Sixteen bytes at a time
/// where the machine can, then eight: the lowest marked byte of each sum is exact, those above may
/// be false.
[[nodiscard]] inline const char* find_forbidden(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i blank = _mm_set1_epi8(0x20);
  const __m128i del16 = _mm_set1_epi8(0x7f);
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i lawful = _mm_cmpeq_epi8(_mm_max_epu8(bytes, blank), bytes);
    const __m128i fine = _mm_andnot_si128(_mm_cmpeq_epi8(bytes, del16), lawful);
    const auto marks16 = static_cast<unsigned>(_mm_movemask_epi8(fine)) ^ 0xffffU;
    if (marks16 == 0) {
      at += 16;
      continue;
    }
    at += std::countr_zero(marks16);
    if (*at != '\t') return at;
    ++at;
  }
#endif
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

/// The first byte of [at, end) that is not of that kind, or `end`.
[[nodiscard]] inline const char* find_other(std::uint8_t kind, const char* at, const char* end) {
  const auto of = [](const char* c) { return kCharClasses[static_cast<std::uint8_t>(*c)]; };
  while (end - at >= 4 && (of(at) & of(at + 1) & of(at + 2) & of(at + 3) & kind) != 0) at += 4;
  while (at != end && is(kind, *at)) ++at;
  return at;
}

/// The first byte of [at, end) that ends a token, or `end`. Names are letters and dashes mostly,
/// which go sixteen at a time.
[[nodiscard]] inline const char* find_token_end(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i to_lowest = _mm_set1_epi8(static_cast<char>(0x80 - 'a'));
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const __m128i letters =
        _mm_cmplt_epi8(_mm_add_epi8(lower, to_lowest), _mm_set1_epi8(-128 + 26));
    const __m128i dashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-'));
    const auto others =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(letters, dashes))) ^ 0xffffU;
    if (others != 0) {
      at += std::countr_zero(others);
      if (*at == ':') return at;
      break;
    }
    at += 16;
  }
#endif
  return find_other(kTokenChar, at, end);
}

/// The first byte of [at, end) that no request target holds, or `end`.
[[nodiscard]] inline const char* find_target_end(const char* at, const char* end) {
#ifdef __SSE2__
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i visible = _mm_cmpgt_epi8(bytes, _mm_set1_epi8(0x20));  // and DEL
    const __m128i unfit = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('#')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
    const auto others =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(unfit, visible))) ^ 0xffffU;
    if (others != 0) return at + std::countr_zero(others);
    at += 16;
  }
#endif
  return find_other(kTargetChar, at, end);
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
