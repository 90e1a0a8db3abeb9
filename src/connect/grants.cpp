#include "connect/grants.hpp"

#include <algorithm>

namespace wayleave::connect {
namespace {

std::string describe(const provider::Provider& provider, const std::string& scope) {
  const auto known = std::ranges::find(provider.scopes, scope, &provider::Scope::name);
  if (known == provider.scopes.end()) return scope;
  if (!known->grants.empty()) return known->grants;
  return known->title.empty() ? scope : known->title;
}

}  // namespace

std::vector<std::string> describe_scopes(const provider::Provider& provider,
                                         const std::vector<std::string>& scopes) {
  std::vector<std::string> lines;
  for (const std::string& scope : scopes) {
    std::string line = describe(provider, scope);
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace wayleave::connect
