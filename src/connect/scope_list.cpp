#include "connect/scope_list.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "connect/limits.hpp"

namespace wayleave::connect {
namespace {

/// RFC 6749 section 3.3: %x21 / %x23-5B / %x5D-7E.
bool is_scope_token(std::string_view text) {
  return !text.empty() && text.size() <= kScopeBytesMax && std::ranges::all_of(text, [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
}

}  // namespace

Result<> check_scopes(const std::vector<std::string>& scopes) {
  if (scopes.empty()) return reject("scopes", "scopes is empty; leave it out to ask for the app's");
  if (scopes.size() > kScopesMax) {
    return reject("scopes", "scopes holds more than " + std::to_string(kScopesMax) + " entries");
  }
  std::set<std::string_view> seen;
  for (const std::string& scope : scopes) {
    if (!is_scope_token(scope)) {
      return reject(
          "scopes",
          "scopes holds an entry that is no scope: visible ASCII without quote, backslash "
          "or space, at most " +
              std::to_string(kScopeBytesMax) + " bytes");
    }
    if (!seen.insert(scope).second) return reject("scopes", "scopes names " + scope + " twice");
  }
  return {};
}

std::string store_scopes(const std::vector<std::string>& scopes) { return join(scopes, " "); }

std::vector<std::string> load_scopes(std::string_view stored) {
  std::vector<std::string> scopes;
  for (const std::string_view scope : split(stored, ' ')) {
    if (!scope.empty()) scopes.emplace_back(scope);
  }
  return scopes;
}

}  // namespace wayleave::connect
