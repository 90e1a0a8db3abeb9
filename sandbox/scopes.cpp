#include "sandbox/scopes.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace wayleave::sandbox {

std::string_view tier_name(Tier tier) {
  constexpr std::array kNames{"free", "starter", "professional", "enterprise"};
  return kNames[static_cast<std::size_t>(tier)];
}

const Scope* find_scope(std::string_view name) {
  const auto scopes = all_scopes();
  const auto at = std::ranges::lower_bound(scopes, name, {}, &Scope::name);
  return at != scopes.end() && at->name == name ? &*at : nullptr;
}

ScopeList split_scopes(std::string_view text) {
  ScopeList list;
  for (const auto part : split(text, ' ')) {
    if (!part.empty() && !contains(list, part)) list.emplace_back(part);
  }
  return list;
}

bool contains(const ScopeList& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

ScopeList missing(const ScopeList& wanted, const ScopeList& held) {
  ScopeList out;
  for (const auto& name : wanted) {
    if (!contains(held, name)) out.push_back(name);
  }
  return out;
}

ScopeList available(const ScopeList& list, Tier tier) {
  ScopeList out;
  for (const auto& name : list) {
    const Scope* scope = find_scope(name);
    if (scope != nullptr && scope->tier <= tier) out.push_back(name);
  }
  return out;
}

}  // namespace wayleave::sandbox
