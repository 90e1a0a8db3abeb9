#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::sandbox {

/// What an account subscribes to, lowest first; the real service has this per product.
enum class Tier { Free, Starter, Professional, Enterprise };
[[nodiscard]] std::string_view tier_name(Tier tier);

struct Scope {
  std::string_view name;
  std::string_view grants;  ///< what the consent page says
  Tier tier;                ///< the lowest tier whose accounts have it
};

using ScopeList = std::vector<std::string>;

/// Sorted by name.
[[nodiscard]] std::span<const Scope> all_scopes();
/// Null when HubSpot has no such scope.
[[nodiscard]] const Scope* find_scope(std::string_view name);
/// Space-separated names, without empty parts and repetitions, in order.
[[nodiscard]] ScopeList split_scopes(std::string_view text);
[[nodiscard]] bool contains(const ScopeList& list, std::string_view name);
/// The members of `wanted` that are not in `held`.
[[nodiscard]] ScopeList missing(const ScopeList& wanted, const ScopeList& held);
/// The members of `list` that an account of that tier can grant.
[[nodiscard]] ScopeList available(const ScopeList& list, Tier tier);

}  // namespace wayleave::sandbox
