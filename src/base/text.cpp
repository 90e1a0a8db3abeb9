#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"

namespace wayleave {
namespace {

using Word = std::uint64_t;  // eight bytes at a time
constexpr Word kOnes = 0x0101010101010101;
constexpr Word kTops = 0x8080808080808080;

Word front(std::string_view text) {
  Word word;
  std::memcpy(&word, text.data(), sizeof word);
  return word;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// Length of the UTF-8 sequence at the front of `text`, 0 when it is malformed.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto tail = [&](std::size_t n) {
    if (text.size() < n) return false;
    for (std::size_t i = 1; i < n; ++i) {
      if ((at(i) & 0xc0) != 0x80) return false;
    }
    return true;
  };
  const std::uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(2) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!tail(3)) return 0;
    if (first == 0xe0 && at(1) < 0xa0) return 0;
    if (first == 0xed && at(1) > 0x9f) return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!tail(4)) return 0;
    if (first == 0xf0 && at(1) < 0x90) return 0;
    if (first == 0xf4 && at(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

/// The character that makes up `text`, which is one well-formed UTF-8 sequence.
std::uint32_t character(std::string_view text) {
  constexpr std::uint32_t marks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};  // of the first byte, by length
  std::uint32_t value = static_cast<std::uint8_t>(text[0]) & marks[text.size()];
  for (const char c : text.substr(1)) value = (value << 6) | (static_cast<std::uint8_t>(c) & 0x3fU);
  return value;
}

void append_character(std::string& out, std::uint32_t value) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xc0 | (value >> 6));
  } else {
    if (value < 0x10000) {
      put(0xe0 | (value >> 12));
    } else {
      put(0xf0 | (value >> 18));
      put(0x80 | ((value >> 12) & 0x3f));
    }
    put(0x80 | ((value >> 6) & 0x3f));
  }
  put(0x80 | (value & 0x3f));
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += separator;
    out += parts[i];
  }
  return out;
}

bool has_control(std::string_view text) {
  while (text.size() >= sizeof(Word)) {
    // The lowest mark is exact and only whether there is one counts; bytes above 0x7f bear none.
    const Word word = front(text);
    const Word del = word ^ (kOnes * 0x7f);
    if (((((word - kOnes * 0x20) & ~word) | ((del - kOnes) & ~del)) & kTops) != 0) return true;
    text.remove_prefix(sizeof(Word));
  }
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f;
  });
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    while (text.size() >= sizeof(Word) && (front(text) & kTops) == 0) {
      text.remove_prefix(sizeof(Word));
    }
    if (text.empty()) break;
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<std::string> after_prefix(std::string_view prefix) {
  constexpr std::uint32_t kLast = 0x10ffff;
  // The order of UTF-8's bytes is that of its characters: the last that has a successor grows.
  while (!prefix.empty()) {
    std::size_t begin = prefix.size() - 1;
    while (begin > 0 && (static_cast<std::uint8_t>(prefix[begin]) & 0xc0) == 0x80) --begin;
    const std::uint32_t last = character(prefix.substr(begin));
    prefix = prefix.substr(0, begin);
    if (last == kLast) continue;
    std::string out(prefix);
    append_character(out, last == 0xd7ff ? 0xe000 : last + 1);  // surrogates are no characters
    return out;
  }
  return std::nullopt;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  if (!percent_decode(text, out)) return std::nullopt;
  return out;
}

bool percent_decode(std::string_view text, std::string& out) {
  out.clear();
  while (true) {
    const auto escape = text.find('%');
    out += text.substr(0, escape);
    if (escape == std::string_view::npos) return true;
    const auto byte = from_hex(text.substr(escape + 1, 2));
    if (!byte || byte->size() != 1) return false;
    out += *byte;
    text.remove_prefix(escape + 3);
  }
}

std::optional<std::string_view> decode_form_piece(std::span<char> piece) {
  std::replace(piece.begin(), piece.end(), '+', ' ');
  std::string_view rest(piece.data(), piece.size());
  char* to = piece.data();
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('%'), rest.size());
    std::memmove(to, rest.data(), plain);
    to += plain;
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    const auto byte = from_hex(rest.substr(1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    *to++ = byte->front();
    rest.remove_prefix(3);
  }
  return std::string_view(piece.data(), to);
}

std::optional<FormFields> parse_form(std::string_view text) {
  const auto decode = [](std::string_view piece) -> std::optional<std::string> {
    std::string held(piece);
    const auto decoded = decode_form_piece(held);
    if (!decoded) return std::nullopt;
    return std::string(*decoded);
  };
  FormFields fields;
  for (std::string_view part : split(text, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    auto name = decode(part.substr(0, equals));
    auto value = decode(equals == std::string_view::npos ? "" : part.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    fields.emplace_back(*std::move(name), *std::move(value));
  }
  return fields;
}

std::string encode_form(const FormFields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace wayleave
