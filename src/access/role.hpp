#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "access/api_key.hpp"

namespace wayleave::access {

/// What a member may do: a set of scopes with a name.
enum class Role { Viewer, Developer, Admin, SuperAdmin };

inline constexpr std::array kRoles{Role::Viewer, Role::Developer, Role::Admin, Role::SuperAdmin};

/// Viewer: read. Developer: also connect and proxy. Admin: also manage. Super admin: also
/// tokens:reveal.
[[nodiscard]] Scopes scopes_of(Role role);
/// `viewer`, `developer`, `admin`, `super_admin`.
[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] Result<Role> parse_role(std::string_view name);
/// Nobody gives, takes or touches more than they have themselves.
[[nodiscard]] bool within(const Scopes& wanted, const Scopes& own);

}  // namespace wayleave::access
