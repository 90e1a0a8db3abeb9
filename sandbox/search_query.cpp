#include <array>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "sandbox/call.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/search.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::string_view kAssociationPrefix = "associations.";

// In the order of the enumeration.
constexpr std::array kOperatorNames{"EQ",
                                    "NEQ",
                                    "LT",
                                    "LTE",
                                    "GT",
                                    "GTE",
                                    "BETWEEN",
                                    "IN",
                                    "NOT_IN",
                                    "HAS_PROPERTY",
                                    "NOT_HAS_PROPERTY",
                                    "CONTAINS_TOKEN",
                                    "NOT_CONTAINS_TOKEN"};

std::optional<Operator> find_operator(std::string_view name) {
  for (std::size_t i = 0; i < kOperatorNames.size(); ++i) {
    if (name == kOperatorNames[i]) return static_cast<Operator>(i);
  }
  return std::nullopt;
}

/// Operands may be sent as numbers and booleans too.
std::optional<std::string> scalar(const json::value* value) {
  if (value == nullptr || value->is_null() || value->is_structured()) return std::nullopt;
  if (value->is_string())
    return std::string(value->get_string().data(), value->get_string().size());
  return json::serialize(*value);
}

Outcome<std::vector<std::string>> read_operands(const json::object& input, Operator op) {
  std::vector<std::string> out;
  if (op == Operator::HasProperty || op == Operator::NotHasProperty) return out;
  if (op == Operator::In || op == Operator::NotIn) {
    const json::value* values = input.if_contains("values");
    if (values != nullptr && values->is_array()) {
      for (const json::value& value : values->get_array()) {
        auto text = scalar(&value);
        if (!text) return invalid("the values of an IN filter must be scalars");
        out.push_back(*std::move(text));
      }
    }
    if (out.empty()) return invalid("operator IN and NOT_IN require values");
    return out;
  }
  auto value = scalar(input.if_contains("value"));
  if (!value) return invalid("the filter's operator requires a value");
  out.push_back(*std::move(value));
  if (op == Operator::Between) {
    auto high = scalar(input.if_contains("highValue"));
    if (!high) return invalid("operator BETWEEN requires value and highValue");
    out.push_back(*std::move(high));
  }
  return out;
}

Outcome<Filter> read_filter(const PropertyTable& table, const json::value& input) {
  const json::object* object = input.if_object();
  if (object == nullptr) return invalid("Invalid input JSON: a filter must be an object");
  Filter filter;
  filter.property = scalar(object->if_contains("propertyName")).value_or("");
  const auto op = find_operator(scalar(object->if_contains("operator")).value_or(""));
  if (!op) return invalid("Invalid input JSON: unknown or missing filter operator");
  filter.op = *op;
  if (filter.property.starts_with(kAssociationPrefix)) {
    const std::string name = filter.property.substr(kAssociationPrefix.size());
    const ObjectType* type = find_object_type(name);
    if (type == nullptr) return invalid("Unable to infer object type from: " + name);
    filter.association = type->kind;
  } else if (table.find(filter.property) == nullptr) {
    return invalid("There was a problem with the request: the property " + filter.property +
                   " does not exist");
  }
  WL_TRY(filter.operands, read_operands(*object, filter.op));
  return filter;
}

Outcome<FilterGroup> read_group(const PropertyTable& table, const json::value& input) {
  const json::object* object = input.if_object();
  const json::value* filters = object == nullptr ? nullptr : object->if_contains("filters");
  if (filters == nullptr || !filters->is_array()) {
    return invalid("Invalid input JSON: Some required fields were not set: [filters]");
  }
  if (filters->get_array().size() > kFiltersPerGroupMax) {
    return invalid("A filter group may have at most " + std::to_string(kFiltersPerGroupMax) +
                   " filters");
  }
  FilterGroup group;
  for (const json::value& entry : filters->get_array()) {
    WL_TRY(Filter filter, read_filter(table, entry));
    group.push_back(std::move(filter));
  }
  return group;
}

Outcome<std::vector<FilterGroup>> read_groups(const PropertyTable& table,
                                              const json::value& input) {
  if (!input.is_array()) return invalid("Invalid input JSON: filterGroups must be a list");
  if (input.get_array().size() > kFilterGroupsMax) {
    return invalid("A search may have at most " + std::to_string(kFilterGroupsMax) +
                   " filter groups");
  }
  std::vector<FilterGroup> groups;
  std::size_t filters = 0;
  for (const json::value& entry : input.get_array()) {
    WL_TRY(FilterGroup group, read_group(table, entry));
    filters += group.size();
    groups.push_back(std::move(group));
  }
  if (filters > kFiltersMax) {
    return invalid("A search may have at most " + std::to_string(kFiltersMax) + " filters");
  }
  return groups;
}

/// One rule: `{propertyName, direction}`, or the property's name, descending after a '-'.
Outcome<void> read_sorts(const PropertyTable& table, const json::value& input, SearchQuery& query) {
  if (!input.is_array() || input.get_array().size() > 1) {
    return invalid("sorts takes a list of at most one rule");
  }
  if (input.get_array().empty()) return {};
  const json::value& rule = input.get_array().front();
  if (const json::object* object = rule.if_object()) {
    query.sort_by = scalar(object->if_contains("propertyName")).value_or("");
    const auto direction = scalar(object->if_contains("direction")).value_or("ASCENDING");
    if (direction != "ASCENDING" && direction != "DESCENDING") {
      return invalid("the direction of a sort must be ASCENDING or DESCENDING");
    }
    query.descending = direction == "DESCENDING";
  } else {
    query.sort_by = scalar(&rule).value_or("");
    query.descending = query.sort_by.starts_with('-');
    if (query.descending) query.sort_by.erase(0, 1);
  }
  if (table.find(query.sort_by) == nullptr) {
    return invalid("There was a problem with the request: the property " + query.sort_by +
                   " does not exist");
  }
  return {};
}

Outcome<void> read_page(JsonReader& reader, SearchQuery& query) {
  if (const auto limit = reader.integer("limit", 0, static_cast<std::int64_t>(kSearchPageMax))) {
    query.limit = static_cast<std::size_t>(*limit);
  }
  const auto after = scalar(reader.any("after")).value_or("");
  const auto offset = after.empty() ? std::optional<std::uint64_t>(0) : parse_id(after);
  if (!offset) return invalid("after must be the offset that paging.next.after named");
  if (*offset + query.limit > kSearchReach) {
    return invalid("Searches can page through 10,000 results at most: after + limit was " +
                   std::to_string(*offset + query.limit));
  }
  query.after = static_cast<std::size_t>(*offset);
  return {};
}

}  // namespace

Outcome<SearchQuery> read_search(const Crm& crm, Kind kind, const json::object& body) {
  const PropertyTable& table = crm.table(kind);
  JsonReader reader(body);
  SearchQuery query;
  query.words = reader.text("query").value_or("");
  query.properties = reader.texts("properties").value_or(std::vector<std::string>{});
  if (const json::value* groups = reader.any("filterGroups")) {
    WL_TRY(query.groups, read_groups(table, *groups));
  }
  if (const json::value* filters = reader.any("filters")) {  // short for one group
    WL_TRY(FilterGroup group, read_group(table, json::object{{"filters", *filters}}));
    if (!group.empty()) query.groups.push_back(std::move(group));
  }
  if (const json::value* sorts = reader.any("sorts")) WL_CHECK(read_sorts(table, *sorts, query));
  WL_CHECK(read_page(reader, query));
  WL_CHECK(reader.finish());
  return query;
}

}  // namespace wayleave::sandbox
