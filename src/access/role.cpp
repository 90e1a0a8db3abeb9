#include "access/role.hpp"

#include <algorithm>

namespace wayleave::access {

Scopes scopes_of(Role role) {
  Scopes scopes;
  scopes.add(Scope::Read);
  if (role == Role::Viewer) return scopes;
  scopes.add(Scope::Connect);
  scopes.add(Scope::Proxy);
  if (role == Role::Developer) return scopes;
  scopes.add(Scope::Manage);
  if (role == Role::SuperAdmin) scopes.add(Scope::RevealTokens);
  return scopes;
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::Viewer:
      return "viewer";
    case Role::Developer:
      return "developer";
    case Role::Admin:
      return "admin";
    case Role::SuperAdmin:
      return "super_admin";
  }
  return "viewer";
}

Result<Role> parse_role(std::string_view name) {
  const auto found =
      std::ranges::find(kRoles, name, static_cast<std::string_view (*)(Role)>(to_string));
  if (found == kRoles.end()) {
    return reject("role", "role: must be viewer, developer, admin or super_admin");
  }
  return *found;
}

bool within(const Scopes& wanted, const Scopes& own) { return (wanted.bits() & ~own.bits()) == 0; }

}  // namespace wayleave::access
