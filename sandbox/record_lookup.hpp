#pragma once

#include <string>
#include <string_view>

#include "sandbox/crm.hpp"
#include "sandbox/problem.hpp"

namespace wayleave::sandbox {

/// The unique property that `idProperty` names; null for record ids; 400 when it is not unique.
[[nodiscard]] Outcome<const Property*> id_property(const Crm& crm,
                                                   Kind kind,
                                                   std::string_view name);
/// The record of that id, or with that value of the unique property `by`; null when there is none.
/// Archived records are found by id only.
[[nodiscard]] Record* find_record(Crm& crm, Kind kind, const Property* by, std::string_view id);
/// The same, archived ones left out.
[[nodiscard]] Record* find_live(Crm& crm, Kind kind, const Property* by, std::string_view id);
/// What a batch says of ids it does not know.
[[nodiscard]] Problem unknown_ids(std::vector<std::string> ids);

}  // namespace wayleave::sandbox
