#include <algorithm>
#include <array>
#include <utility>

#include "access/api_key.hpp"
#include "base/text.hpp"

namespace wayleave::access {
namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 5> kNames{{
    {Scope::Proxy, "proxy"},
    {Scope::Connect, "connect"},
    {Scope::Read, "read"},
    {Scope::Manage, "manage"},
    {Scope::RevealTokens, "tokens:reveal"},
}};

std::string known_names() {
  std::vector<std::string> names;
  for (const auto& [scope, name] : kNames) names.emplace_back(name);
  return join(names, ", ");
}

}  // namespace

std::vector<std::string> Scopes::names() const {
  std::vector<std::string> names;
  for (const auto& [scope, name] : kNames) {
    if (has(scope)) names.emplace_back(name);
  }
  return names;
}

Result<Scopes> Scopes::parse(const std::vector<std::string>& names) {
  Scopes scopes;
  for (const std::string& name : names) {
    const auto found =
        std::ranges::find(kNames, std::string_view(name), [](const auto& e) { return e.second; });
    // What was sent is not repeated: it may be a key pasted into the wrong place.
    if (found == kNames.end()) return reject("scopes", "unknown scope; known are " + known_names());
    scopes.add(found->first);
  }
  if (scopes.empty()) return reject("scopes", "name at least one of " + known_names());
  return scopes;
}

Scopes Scopes::from_bits(std::int64_t bits) {
  Scopes scopes;
  for (const auto& [scope, name] : kNames) {
    if ((bits & static_cast<std::int64_t>(scope)) != 0) scopes.add(scope);
  }
  return scopes;
}

}  // namespace wayleave::access
