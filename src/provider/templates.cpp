#include "provider/templates.hpp"

#include <algorithm>

namespace wayleave::provider {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::optional<std::vector<std::string>> placeholders(std::string_view text) {
  std::vector<std::string> names;
  while (true) {
    const auto brace = text.find_first_of("{}");
    if (brace == std::string_view::npos) return names;
    const auto end = text.find('}', brace);
    if (text[brace] == '}' || end == std::string_view::npos) return std::nullopt;
    const auto name = text.substr(brace + 1, end - brace - 1);
    if (!is_name(name)) return std::nullopt;
    names.emplace_back(name);
    text.remove_prefix(end + 1);
  }
}

std::string fill(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  while (true) {
    const auto open = text.find('{');
    const auto close = text.find('}', open == std::string_view::npos ? text.size() : open);
    if (open == std::string_view::npos || close == std::string_view::npos) return out.append(text);
    const auto value = values.find(std::string(text.substr(open + 1, close - open - 1)));
    out += text.substr(0, open);
    out += value == values.end() ? text.substr(open, close + 1 - open)
                                 : std::string_view(value->second);
    text.remove_prefix(close + 1);
  }
}

}  // namespace wayleave::provider
