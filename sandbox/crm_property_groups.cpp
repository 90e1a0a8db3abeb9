#include <boost/json.hpp>

#include "sandbox/crm.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kGroupsMax = 200;

json::object show_group(const PropertyGroup& group) {
  return {{"name", group.name},
          {"label", group.label},
          {"displayOrder", group.display_order},
          {"archived", group.archived}};
}

Outcome<PropertyTable*> open_table(Call& call, Access access) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), access));
  return &call.crm().table(type->kind);
}

Outcome<PropertyGroup*> find_group(PropertyTable& table, std::string_view name) {
  const auto at = table.groups.find(name);
  if (at == table.groups.end() || at->second.archived) {
    return not_found("Property group \"" + std::string(name) + "\" does not exist");
  }
  return &at->second;
}

Outcome<PropertyGroup> read_group(const json::object& body, PropertyGroup group) {
  JsonReader reader(body);
  const auto name = reader.text("name");
  if (group.name.empty()) group.name = name.value_or("");
  if (auto label = reader.text("label")) group.label = std::move(*label);
  if (const auto order = reader.integer("displayOrder", -1, 1'000'000)) {
    group.display_order = static_cast<int>(*order);
  }
  WL_CHECK(reader.finish());
  if (group.name.empty() || group.label.empty()) return invalid("name and label are required");
  return group;
}

}  // namespace

Outcome<net::Response> list_groups(Call& call) {
  WL_TRY(const PropertyTable* table, open_table(call, Access::SchemaRead));
  json::array results;
  for (const auto& [name, group] : table->groups) {
    if (!group.archived) results.push_back(show_group(group));
  }
  return reply(200, {{"results", std::move(results)}});
}

Outcome<net::Response> get_group(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaRead));
  WL_TRY(const PropertyGroup* group, find_group(*table, call.param(1)));
  return reply(200, show_group(*group));
}

Outcome<net::Response> create_group(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(PropertyGroup group, read_group(body, {}));
  if (find_group(*table, group.name)) {
    Problem problem;
    problem.status = 409;
    problem.category = "OBJECT_ALREADY_EXISTS";
    problem.message = "A group named '" + group.name + "' already exists.";
    return std::unexpected(std::move(problem));
  }
  if (table->groups.size() >= kGroupsMax) return invalid("There are too many property groups");
  const std::string name = group.name;
  return reply(201,
               show_group(table->groups.insert_or_assign(name, std::move(group)).first->second));
}

Outcome<net::Response> update_group(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(PropertyGroup * held, find_group(*table, call.param(1)));
  WL_TRY(*held, read_group(body, *held));
  return reply(200, show_group(*held));
}

Outcome<net::Response> archive_group(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_TRY(PropertyGroup * held, find_group(*table, call.param(1)));
  for (const auto& [name, property] : table->properties) {
    if (!property.archived && property.group == held->name) {
      return invalid("The property group \"" + held->name + "\" is not empty");
    }
  }
  held->archived = true;
  return no_content();
}

}  // namespace wayleave::sandbox
