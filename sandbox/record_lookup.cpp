#include "sandbox/record_lookup.hpp"

#include "sandbox/call.hpp"

namespace wayleave::sandbox {

Outcome<const Property*> id_property(const Crm& crm, Kind kind, std::string_view name) {
  if (name.empty() || name == "hs_object_id") return nullptr;
  const Property* property = crm.table(kind).find(name);
  if (property == nullptr || !property->has_unique_value) {
    return invalid("Property " + std::string(name) + " is not a unique identifier property");
  }
  return property;
}

Record* find_record(Crm& crm, Kind kind, const Property* by, std::string_view id) {
  if (by != nullptr) return crm.of(kind).holder(by->name, id);
  const auto number = parse_id(id);
  return number ? crm.of(kind).find(*number) : nullptr;
}

Record* find_live(Crm& crm, Kind kind, const Property* by, std::string_view id) {
  Record* record = find_record(crm, kind, by, id);
  return record == nullptr || record->archived ? nullptr : record;
}

Problem unknown_ids(std::vector<std::string> ids) {
  Problem problem = not_found(
                        "Could not get some objects, they may be deleted or not exist. Check that "
                        "ids are valid.")
                        .error();
  problem.context["ids"] = std::move(ids);
  return problem;
}

}  // namespace wayleave::sandbox
