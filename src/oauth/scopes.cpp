#include "oauth/scopes.hpp"

#include <algorithm>

namespace wayleave::oauth {
namespace {

constexpr std::string_view kSeparators = " ,\t\r\n";

void add_once(std::vector<std::string>& scopes, std::string_view scope) {
  if (std::ranges::find(scopes, scope) == scopes.end()) scopes.emplace_back(scope);
}

}  // namespace

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (true) {
    const auto first = text.find_first_not_of(kSeparators);
    if (first == std::string_view::npos || scopes.size() == kScopesMax) return scopes;
    text.remove_prefix(first);
    const auto end = std::min(text.find_first_of(kSeparators), text.size());
    add_once(scopes, text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::vector<std::string> granted_scopes(const std::vector<std::string>& requested,
                                        const std::optional<std::vector<std::string>>& answered) {
  std::vector<std::string> granted;
  for (const auto& scope : answered ? *answered : requested) add_once(granted, scope);
  return granted;
}

std::vector<std::string> missing_scopes(const std::vector<std::string>& requested,
                                        const std::vector<std::string>& granted) {
  std::vector<std::string> missing;
  for (const auto& scope : requested) {
    if (std::ranges::find(granted, scope) == granted.end()) add_once(missing, scope);
  }
  return missing;
}

}  // namespace wayleave::oauth
