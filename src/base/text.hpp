#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wayleave {

/// ASCII only; other bytes are left alone.
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] inline bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}
/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// Parts between separators; empty parts are kept.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// True when a byte below 0x20 or 0x7f occurs (CR, LF and NUL among them).
[[nodiscard]] bool has_control(std::string_view text);
/// True for well-formed UTF-8 (no overlong forms, no surrogates).
[[nodiscard]] bool is_utf8(std::string_view text);

/// The least text that comes after all that begin with `prefix`, byte by byte; `prefix` is UTF-8
/// and so is the answer. nullopt: there is none.
[[nodiscard]] std::optional<std::string> after_prefix(std::string_view prefix);

/// The whole of `text` as a decimal number; nullopt when it is none or does not fit.
template <class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

/// Everything but unreserved characters as %XX, space as %20 (RFC 3986 section 2.3).
[[nodiscard]] std::string percent_encode(std::string_view text);
/// nullopt on a broken escape. '+' stays '+'.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
/// The same into `out`, whose memory is used again. False on a broken escape.
[[nodiscard]] bool percent_decode(std::string_view text, std::string& out);

/// Decodes a name or value of a form where it stands ('+' is a space); nullopt on a broken escape.
[[nodiscard]] std::optional<std::string_view> decode_form_piece(std::span<char> piece);

using FormFields = std::vector<std::pair<std::string, std::string>>;
/// `application/x-www-form-urlencoded` in order; nullopt on a broken escape ('+' is a space).
[[nodiscard]] std::optional<FormFields> parse_form(std::string_view text);
[[nodiscard]] std::string encode_form(const FormFields& fields);

/// Text made safe inside HTML elements and quoted attributes.
[[nodiscard]] std::string html_escape(std::string_view text);

}  // namespace wayleave
