#include "sandbox/property_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "sandbox/json_reader.hpp"
#include "sandbox/limits.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kOptionsMax = 5'000;
constexpr std::array kTypes{"bool", "date", "datetime", "enumeration", "number", "string"};
constexpr std::array kFieldTypes{"booleancheckbox",
                                 "calculation_equation",
                                 "checkbox",
                                 "date",
                                 "file",
                                 "html",
                                 "number",
                                 "phonenumber",
                                 "radio",
                                 "select",
                                 "text",
                                 "textarea"};

json::array show_options(const Property& property) {
  json::array options;
  for (std::size_t i = 0; i < property.options.size(); ++i) {
    const Option& option = property.options[i];
    options.push_back({{"label", option.label},
                       {"value", option.value},
                       {"description", option.description},
                       {"displayOrder", i},
                       {"hidden", option.hidden}});
  }
  return options;
}

Outcome<std::vector<Option>> read_options(const json::value& input) {
  if (!input.is_array() || input.get_array().size() > kOptionsMax) {
    return invalid("options must be a list of at most " + std::to_string(kOptionsMax));
  }
  std::vector<Option> options;
  for (const json::value& entry : input.get_array()) {
    if (!entry.is_object()) return invalid("every option must be an object");
    JsonReader reader(entry.get_object());
    Option option;
    option.value = reader.text("value").value_or("");
    option.label = reader.text("label").value_or("");
    option.description = reader.text("description").value_or("");
    option.hidden = reader.boolean("hidden").value_or(false);
    (void)reader.any("displayOrder");
    WL_CHECK(reader.finish());
    if (option.value.empty() || option.label.empty()) {
      return invalid("every option needs a label and a value");
    }
    if (std::ranges::find(options, option.value, &Option::value) != options.end()) {
      return invalid("Property options must have unique values: " + option.value);
    }
    options.push_back(std::move(option));
  }
  return options;
}

bool is_property_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && name[0] >= 'a' && name[0] <= 'z' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

Outcome<void> check_property(const Property& property, const PropertyTable& table) {
  if (!is_property_name(property.name)) {
    return invalid(
        "Property name must start with a letter and hold lower-case letters, digits "
        "and underscores only");
  }
  if (property.label.empty()) return invalid("label is required");
  if (std::ranges::find(kTypes, property.type) == kTypes.end()) {
    return invalid("type must be one of bool, date, datetime, enumeration, number, string");
  }
  if (std::ranges::find(kFieldTypes, property.field_type) == kFieldTypes.end()) {
    return invalid("fieldType is not known");
  }
  if (!table.groups.contains(property.group)) {
    return invalid("Property group \"" + property.group + "\" does not exist");
  }
  if (property.type == "enumeration" && property.options.empty() && !property.external_options) {
    return invalid("Enumeration properties need options");
  }
  return {};
}

}  // namespace

json::object show_property(const Property& property) {
  json::object out{{"name", property.name},
                   {"label", property.label},
                   {"type", property.type},
                   {"fieldType", property.field_type},
                   {"description", property.description},
                   {"groupName", property.group},
                   {"options", show_options(property)},
                   {"displayOrder", property.display_order},
                   {"calculated", false},
                   {"externalOptions", property.external_options},
                   {"hasUniqueValue", property.has_unique_value},
                   {"hidden", property.hidden},
                   {"hubspotDefined", property.hubspot_defined},
                   {"formField", property.form_field},
                   {"archived", property.archived},
                   {"createdAt", to_rfc3339(property.created)},
                   {"updatedAt", to_rfc3339(property.updated)}};
  out["modificationMetadata"] = {{"archivable", !property.hubspot_defined},
                                 {"readOnlyDefinition", property.hubspot_defined},
                                 {"readOnlyValue", property.read_only}};
  return out;
}

Outcome<Property> read_property(const json::object& input,
                                const PropertyTable& table,
                                const Property* base) {
  Property property = base != nullptr ? *base : Property{};
  property.hubspot_defined = false;
  JsonReader reader(input);
  const auto name = reader.text("name");
  if (base == nullptr) property.name = name.value_or("");
  if (auto label = reader.text("label")) property.label = std::move(*label);
  if (auto type = reader.text("type")) property.type = std::move(*type);
  if (auto field_type = reader.text("fieldType")) property.field_type = std::move(*field_type);
  if (auto group = reader.text("groupName")) property.group = std::move(*group);
  if (auto text = reader.text("description")) property.description = std::move(*text);
  if (const auto order = reader.integer("displayOrder", -1, 1'000'000)) {
    property.display_order = static_cast<int>(*order);
  }
  property.has_unique_value = reader.boolean("hasUniqueValue").value_or(property.has_unique_value);
  property.hidden = reader.boolean("hidden").value_or(property.hidden);
  property.form_field = reader.boolean("formField").value_or(property.form_field);
  property.external_options = reader.boolean("externalOptions").value_or(property.external_options);
  for (const char* ignored : {"calculationFormula",
                              "referencedObjectType",
                              "dataSensitivity",
                              "currencyPropertyName",
                              "numberDisplayHint",
                              "textDisplayHint",
                              "showCurrencySymbol"}) {
    (void)reader.any(ignored);
  }
  if (const json::value* options = reader.any("options")) {
    WL_TRY(property.options, read_options(*options));
  }
  WL_CHECK(reader.finish());
  WL_CHECK(check_property(property, table));
  return property;
}

Outcome<const Property*> add_property(PropertyTable& table, Property property, Instant now) {
  if (table.find(property.name) != nullptr) {
    Problem problem;
    problem.status = 409;
    problem.category = "OBJECT_ALREADY_EXISTS";
    problem.message = "A property named '" + property.name + "' already exists.";
    return std::unexpected(std::move(problem));
  }
  if (table.properties.size() >= kPropertiesMax) {
    return invalid("An object type can have at most " + std::to_string(kPropertiesMax) +
                   " properties");
  }
  property.created = now;
  property.updated = now;
  const std::string name = property.name;
  return &table.properties.insert_or_assign(name, std::move(property)).first->second;
}

Outcome<void> remove_property(PropertyTable& table, std::string_view name, Instant now) {
  const auto at = table.properties.find(name);
  if (at == table.properties.end()) return not_found();
  if (at->second.hubspot_defined) {
    return invalid("HubSpot-defined property " + at->second.name + " cannot be archived");
  }
  at->second.archived = true;
  at->second.updated = now;
  return {};
}

}  // namespace wayleave::sandbox
