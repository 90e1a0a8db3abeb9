#include "connect/words.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wayleave::connect {

std::string_view Words::find(std::string_view key) const {
  if (const auto own = overrides_.find(language_.tag); own != overrides_.end()) {
    if (const auto text = own->second.find(std::string(key)); text != own->second.end()) {
      return text->second;
    }
  }
  if (const auto text = language_.texts.find(key); text != language_.texts.end()) {
    return text->second;
  }
  const auto& english = languages().front().texts;
  const auto text = english.find(key);
  return text == english.end() ? key : std::string_view(text->second);
}

/// @param write  (std::string& out, std::string_view piece, bool is_value)
template <class Write>
std::string Words::fill(std::string_view text, Write write) const {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    write(out, text.substr(0, open), false);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    const auto value = close == std::string_view::npos
                           ? values_.end()
                           : values_.find(text.substr(open + 1, close - open - 1));
    if (value == values_.end()) {
      write(out, text.substr(open, 1), false);
      text.remove_prefix(open + 1);
      continue;
    }
    write(out, value->second, true);
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string Words::plain(std::string_view key) const {
  return fill(find(key), [](std::string& out, std::string_view piece, bool) { out += piece; });
}

std::string Words::html(std::string_view key) const {
  return fill(find(key), [this](std::string& out, std::string_view piece, bool is_value) {
    out += is_value ? isolated(piece, language_) : html_escape(piece);
  });
}

std::string isolated(std::string_view value, const Language& language) {
  const bool ascii = std::ranges::all_of(value, [](char c) { return (c & 0x80) == 0; });
  if (ascii && !language.right_to_left) return html_escape(value);
  return "<bdi>" + html_escape(value) + "</bdi>";
}

}  // namespace wayleave::connect
