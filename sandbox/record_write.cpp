#include "sandbox/record_write.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "sandbox/limits.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

/// JSON scalars as property values; null clears.
std::optional<std::string> to_text(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return std::string();
    case json::kind::string:
      return std::string(value.get_string().data(), value.get_string().size());
    case json::kind::bool_:
    case json::kind::int64:
    case json::kind::uint64:
      return json::serialize(value);
    case json::kind::double_: {
      char buffer[64];
      const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value.get_double());
      return std::string(buffer, end);
    }
    default:
      return std::nullopt;
  }
}

/// HubSpot repeats the list inside the message, as JSON in a string.
Problem invalid_values(std::uint64_t portal_id, std::vector<ProblemDetail> errors) {
  json::array list;
  for (const ProblemDetail& detail : errors) {
    const auto name = detail.context.find("propertyName");
    list.push_back({{"isValid", false},
                    {"message", detail.message},
                    {"error", detail.code},
                    {"name", name == detail.context.end() ? "" : name->second.front()},
                    {"localizedErrorMessage", detail.message},
                    {"portalId", portal_id}});
  }
  Problem problem;
  problem.message = "Property values were not valid: " + json::serialize(list);
  problem.errors = std::move(errors);
  return problem;
}

ProblemDetail unknown_property(const std::string& name) {
  ProblemDetail detail{"Property \"" + name + "\" does not exist", "PROPERTY_DOESNT_EXIST"};
  detail.context["propertyName"] = {name};
  return detail;
}

std::unexpected<Problem> conflict(const ObjectType& type, std::uint64_t existing) {
  std::string name(type.singular);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  Problem problem;
  problem.status = 409;
  problem.category = "CONFLICT";
  problem.message = name + " already exists. Existing ID: " + std::to_string(existing);
  return std::unexpected(std::move(problem));
}

/// Values that must differ between records do; `self` may keep its own.
Outcome<void> check_unique(Crm& crm, Kind kind, const Values& values, const Record* self) {
  for (const auto& [name, value] : values) {
    const Property* property = crm.table(kind).find(name);
    if (value.empty() || property == nullptr || !property->has_unique_value) continue;
    const Record* holder = crm.of(kind).holder(name, value);
    if (holder != nullptr && holder != self) return conflict(object_type(kind), holder->id);
  }
  return {};
}

/// `a|b` is met by either.
bool has_one_of(const Values& values, std::string_view names) {
  for (const auto name : split(names, '|')) {
    const auto at = values.find(name);
    if (at != values.end() && !at->second.empty()) return true;
  }
  return false;
}

Outcome<void> check_required(const ObjectType& type, const Values& values) {
  for (const auto names : type.required) {
    if (has_one_of(values, names)) continue;
    const std::string name(names.substr(0, names.find('|')));
    Problem problem;
    problem.message =
        "Error creating " + std::string(type.plural) + ". Some required properties were not set.";
    ProblemDetail detail{problem.message, "REQUIRED_PROPERTY_MISSING"};
    detail.context["properties"] = {name};
    problem.errors.push_back(std::move(detail));
    return std::unexpected(std::move(problem));
  }
  return {};
}

std::string_view pipeline_property(Kind kind) {
  return kind == Kind::Deal ? "pipeline" : "hs_pipeline";
}
std::string_view stage_property(Kind kind) {
  return kind == Kind::Deal ? "dealstage" : "hs_pipeline_stage";
}

/// The stage must be one of the pipeline's; `record` gives what the values leave open.
Outcome<void> check_stage(Crm& crm, Kind kind, const Values& values, const Record* record) {
  if (crm.pipelines_of(kind).empty()) return {};
  const auto value_of = [&](std::string_view name) {
    const auto at = values.find(name);
    if (at != values.end()) return at->second;
    return record == nullptr ? std::string() : record->value(name);
  };
  const std::string pipeline_id = value_of(pipeline_property(kind));
  const std::string stage_id = value_of(stage_property(kind));
  for (const Pipeline& pipeline : crm.pipelines_of(kind)) {
    if (!pipeline_id.empty() && pipeline.id != pipeline_id) continue;
    if (stage_id.empty() || pipeline.find(stage_id) != nullptr) return {};
  }
  const bool stage = !stage_id.empty();
  const std::string name(stage ? stage_property(kind) : pipeline_property(kind));
  ProblemDetail detail{(stage ? stage_id : pipeline_id) + " was not one of the allowed options",
                       "INVALID_OPTION"};
  detail.context["propertyName"] = {name};
  return std::unexpected(invalid_values(crm.portal_id, {std::move(detail)}));
}

void add_defaults(Crm& crm, Kind kind, Values& values) {
  if (kind == Kind::Contact) values.try_emplace("lifecyclestage", "lead");
  if (!crm.pipelines_of(kind).empty()) {
    values.try_emplace(std::string(pipeline_property(kind)), crm.pipelines_of(kind).front().id);
  }
}

void store(const Writer& writer, Record& record, const Values& values) {
  const PropertyTable& table = writer.crm.table(record.kind);
  Records& records = writer.crm.of(record.kind);
  for (const auto& [name, value] : values) {
    const Property* property = table.find(name);
    const bool unique = property != nullptr && property->has_unique_value;
    records.set(record, name, {value, writer.now, writer.source}, unique);
    if (name == "email" && record.kind == Kind::Contact) {
      const auto at = value.find('@');
      records.set(record,
                  "hs_email_domain",
                  {at == std::string::npos ? "" : value.substr(at + 1), writer.now, writer.source},
                  false);
    }
  }
  record.updated = writer.now;
}

Outcome<NewLink> read_link(Crm& crm, Kind kind, const json::value& to, const json::value& type) {
  const json::object* target = to.if_object();
  const json::value* id_value = target == nullptr ? nullptr : target->if_contains("id");
  const auto id_text = id_value == nullptr ? std::nullopt : to_text(*id_value);
  const auto id = id_text ? parse_id(*id_text) : std::nullopt;
  const json::object* spec = type.if_object();
  const json::value* type_id = spec == nullptr ? nullptr : spec->if_contains("associationTypeId");
  json::error_code error;
  const int number = type_id == nullptr ? 0 : type_id->to_number<int>(error);
  const AssociationType* found = crm.associations.find_from(kind, number);
  if (!id || error || found == nullptr) {
    return invalid(
        "One or more associations are not valid: a known associationTypeId and to.id "
        "are required");
  }
  Record* other = crm.of(found->to).live(*id);
  if (other == nullptr) {
    return invalid(
        "One or more associations are not valid: " + std::string(object_type(found->to).singular) +
        " " + std::to_string(*id) + " does not exist");
  }
  return NewLink{{found->to, other->id}, found};
}

}  // namespace

Writer writer_of(Call& call) {
  const App* app = call.world.apps.find(call.grant->client_id);
  return {call.crm(), call.now, {"INTEGRATION", app == nullptr ? "" : std::to_string(app->app_id)}};
}

Outcome<Values> read_values(const Crm& crm, Kind kind, const json::object& input) {
  const json::value* member = input.if_contains("properties");
  if (member == nullptr || !member->is_object()) {
    return invalid(
        "Invalid input JSON on line 1, column 1: Some required fields were not set: "
        "[properties]");
  }
  Values values;
  std::vector<ProblemDetail> errors;
  for (const auto& entry : member->get_object()) {
    const std::string name(entry.key());
    const Property* property = crm.table(kind).find(name);
    if (property == nullptr) {
      errors.push_back(unknown_property(name));
      continue;
    }
    const auto text = to_text(entry.value());
    if (!text) return invalid("Invalid input JSON: the value of " + name + " is no scalar");
    auto normalised = normalise(*property, *text);
    if (normalised) {
      values[name] = *std::move(normalised);
    } else {
      errors.push_back(std::move(normalised.error()));
    }
  }
  if (!errors.empty()) return std::unexpected(invalid_values(crm.portal_id, std::move(errors)));
  return values;
}

Outcome<std::vector<NewLink>> read_links(Crm& crm, Kind kind, const json::object& input) {
  std::vector<NewLink> links;
  const json::value* member = input.if_contains("associations");
  if (member == nullptr || member->is_null()) return links;
  if (!member->is_array()) return invalid("Invalid input JSON: associations must be a list");
  for (const json::value& entry : member->get_array()) {
    const json::object* object = entry.if_object();
    const json::value* to = object == nullptr ? nullptr : object->if_contains("to");
    const json::value* types = object == nullptr ? nullptr : object->if_contains("types");
    if (to == nullptr || types == nullptr || !types->is_array()) {
      return invalid("Invalid input JSON: an association needs to and types");
    }
    for (const json::value& type : types->get_array()) {
      WL_TRY(NewLink link, read_link(crm, kind, *to, type));
      links.push_back(link);
    }
  }
  return links;
}

Outcome<void> may_create(Crm& crm, Kind kind, const Values& values) {
  WL_CHECK(check_required(object_type(kind), values));
  WL_CHECK(check_unique(crm, kind, values, nullptr));
  WL_CHECK(check_stage(crm, kind, values, nullptr));
  if (crm.of(kind).size() >= kRecordsMax) return invalid("The account has too many records");
  return {};
}

Outcome<void> may_update(Crm& crm, const Record& record, const Values& values) {
  WL_CHECK(check_unique(crm, record.kind, values, &record));
  return check_stage(crm, record.kind, values, &record);
}

Outcome<Record*> create_record(const Writer& writer,
                               Kind kind,
                               Values values,
                               const std::vector<NewLink>& links) {
  Crm& crm = writer.crm;
  WL_CHECK(may_create(crm, kind, values));
  add_defaults(crm, kind, values);
  Record& record = crm.of(kind).insert(crm.take_id(), writer.now);
  store(writer, record, values);
  for (const NewLink& link : links) {
    if (!crm.associations.link({kind, record.id}, link.to, *link.type)) {
      crm.associations.forget({kind, record.id});
      crm.of(kind).erase(record.id);
      return invalid("The other record has too many associations");
    }
  }
  return &record;
}

Outcome<void> update_record(const Writer& writer, Record& record, const Values& values) {
  WL_CHECK(may_update(writer.crm, record, values));
  store(writer, record, values);
  return {};
}

void archive_record(const Writer& writer, Record& record) {
  writer.crm.of(record.kind).archive(record, writer.now);
}

Outcome<Record*> merge_records(const Writer& writer, Record& primary, std::uint64_t other_id) {
  Crm& crm = writer.crm;
  Records& records = crm.of(primary.kind);
  Record* other = records.live(other_id);
  if (other == nullptr) return not_found();
  if (other == &primary) return invalid("A record cannot be merged with itself");
  Values inherited;
  for (const auto& [name, versions] : other->values) {
    if (primary.value(name).empty()) inherited[name] = other->value(name);
  }
  const std::string merged = primary.value("hs_merged_object_ids");
  const std::uint64_t loser = other->id;
  inherited["hs_merged_object_ids"] = (merged.empty() ? "" : merged + ";") + std::to_string(loser);
  crm.associations.move({primary.kind, loser}, {primary.kind, primary.id});
  records.absorb(primary, loser);
  store(writer, primary, inherited);
  return &primary;
}

}  // namespace wayleave::sandbox
