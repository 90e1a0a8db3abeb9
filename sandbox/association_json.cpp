#include "sandbox/association_json.hpp"

#include <boost/json.hpp>

#include "sandbox/batch.hpp"
#include "sandbox/call.hpp"
#include "sandbox/limits.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

std::unexpected<Problem> too_many_links() {
  return invalid("A record can have at most " + std::to_string(kAssociationsMax) +
                 " associations to one object type");
}

json::object id_object(std::uint64_t id) { return {{"id", std::to_string(id)}}; }

json::value label_or_null(const AssociationType& type) {
  if (type.label.empty()) return nullptr;
  return json::value(type.label);
}

}  // namespace

Outcome<TypeList> read_types(const Associations& associations,
                             Kind from,
                             Kind to,
                             const json::value& input) {
  if (!input.is_array() || input.get_array().empty()) {
    return invalid("Invalid input JSON: a list of association types is required");
  }
  TypeList types;
  for (const json::value& entry : input.get_array()) {
    if (!entry.is_object()) return invalid("Invalid input JSON: an association type is an object");
    const std::string category = text_member(entry.get_object(), "associationCategory");
    const std::string id = text_member(entry.get_object(), "associationTypeId");
    const auto number = parse_id(id);
    const AssociationType* type =
        number && *number < 1'000'000
            ? associations.find(from, to, category, static_cast<int>(*number))
            : nullptr;
    if (type == nullptr) {
      return invalid("invalid association type: " + category + " " + id + " between " +
                     std::string(object_type(from).type_id) + " and " +
                     std::string(object_type(to).type_id));
    }
    types.push_back(type);
  }
  return types;
}

json::object show_link(const Associations& associations,
                       Kind from,
                       std::uint64_t to,
                       const std::set<int>& type_ids) {
  json::array types;
  for (const int id : type_ids) {
    const AssociationType* type = associations.find_from(from, id);
    if (type == nullptr) continue;
    types.push_back(
        {{"category", type->category}, {"typeId", type->id}, {"label", label_or_null(*type)}});
  }
  return {{"toObjectId", to}, {"associationTypes", std::move(types)}};
}

json::object show_default_pair(const Associations& associations, const Node& from, const Node& to) {
  const AssociationType& type = associations.plain(from.kind, to.kind);
  return {{"from", id_object(from.id)},
          {"to", id_object(to.id)},
          {"associationSpec",
           {{"associationCategory", type.category}, {"associationTypeId", type.id}}}};
}

Outcome<void> link_default(Crm& crm, const Node& from, const Node& to) {
  Associations& associations = crm.associations;
  const bool to_company = to.kind == Kind::Company && from.kind != Kind::Company;
  const bool first = to_company && associations.links(from, Kind::Company).empty();
  if (!associations.link(from, to, associations.plain(from.kind, to.kind))) {
    return too_many_links();
  }
  if (!first) return {};
  for (const AssociationType* type : associations.between(from.kind, to.kind)) {
    if (type->primary && !associations.link(from, to, *type)) return too_many_links();
  }
  return {};
}

Outcome<json::object> link_labeled(Crm& crm,
                                   const Node& from,
                                   const Node& to,
                                   const TypeList& types) {
  json::array labels;
  for (const AssociationType* type : types) {
    if (!crm.associations.link(from, to, *type)) return too_many_links();
    if (!type->label.empty()) labels.push_back(json::value(type->label));
  }
  return json::object{{"fromObjectTypeId", json::string_view(object_type(from.kind).type_id)},
                      {"fromObjectId", from.id},
                      {"toObjectTypeId", json::string_view(object_type(to.kind).type_id)},
                      {"toObjectId", to.id},
                      {"labels", std::move(labels)}};
}

}  // namespace wayleave::sandbox
