#include <boost/json.hpp>

#include "sandbox/batch.hpp"
#include "sandbox/crm.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/property_json.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

/// The definitions of the type that the path names first.
Outcome<PropertyTable*> open_table(Call& call, Access access) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), access));
  return &call.crm().table(type->kind);
}

Problem no_such_property(const std::string& name) {
  return not_found("Property \"" + name + "\" does not exist").error();
}

}  // namespace

Outcome<net::Response> list_properties(Call& call) {
  WL_TRY(const PropertyTable* table, open_table(call, Access::SchemaRead));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  json::array results;
  for (const auto& [name, property] : table->properties) {
    if (property.archived == archived) results.push_back(show_property(property));
  }
  return reply(200, {{"results", std::move(results)}});
}

Outcome<net::Response> get_property(Call& call) {
  WL_TRY(const PropertyTable* table, open_table(call, Access::SchemaRead));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  const auto at = table->properties.find(call.param(1));
  if (at == table->properties.end() || at->second.archived != archived) {
    return std::unexpected(no_such_property(call.param(1)));
  }
  return reply(200, show_property(at->second));
}

Outcome<net::Response> create_property(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(Property property, read_property(body, *table, nullptr));
  WL_TRY(const Property* stored, add_property(*table, std::move(property), call.now));
  return reply(201, show_property(*stored));
}

Outcome<net::Response> update_property(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_TRY(const json::object body, json_body(call));
  const Property* held = table->find(call.param(1));
  if (held == nullptr) return std::unexpected(no_such_property(call.param(1)));
  WL_TRY(Property property, read_property(body, *table, held));
  property.hubspot_defined = held->hubspot_defined;
  property.updated = call.now;
  return reply(200, show_property(table->properties[call.param(1)] = std::move(property)));
}

Outcome<net::Response> archive_property(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_CHECK(remove_property(*table, call.param(1), call.now));
  return no_content();
}

Outcome<net::Response> batch_read_properties(Call& call) {
  WL_TRY(const PropertyTable* table, open_table(call, Access::SchemaRead));
  WL_TRY(const json::array inputs, batch_inputs(call, kBatchMax));
  json::array results;
  std::vector<Problem> errors;
  for (const json::value& input : inputs) {
    const std::string name = text_member(input.get_object(), "name");
    if (const Property* property = table->find(name)) {
      results.push_back(show_property(*property));
    } else {
      errors.push_back(no_such_property(name));
    }
  }
  return batch_answer(200, call.now, std::move(results), errors);
}

Outcome<net::Response> batch_create_properties(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_TRY(const json::array inputs, batch_inputs(call, kBatchMax));
  json::array results;
  std::vector<Problem> errors;
  for (const json::value& input : inputs) {
    auto property = read_property(input.get_object(), *table, nullptr);
    auto stored = property ? add_property(*table, *std::move(property), call.now)
                           : std::unexpected(std::move(property.error()));
    if (stored) {
      results.push_back(show_property(**stored));
    } else {
      errors.push_back(std::move(stored.error()));
    }
  }
  return batch_answer(201, call.now, std::move(results), errors);
}

Outcome<net::Response> batch_archive_properties(Call& call) {
  WL_TRY(PropertyTable * table, open_table(call, Access::SchemaWrite));
  WL_TRY(const json::array inputs, batch_inputs(call, kBatchMax));
  for (const json::value& input : inputs) {
    WL_CHECK(remove_property(*table, text_member(input.get_object(), "name"), call.now));
  }
  return no_content();
}

}  // namespace wayleave::sandbox
