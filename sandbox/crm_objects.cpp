#include <boost/json.hpp>

#include "sandbox/crm_endpoints.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/record_lookup.hpp"
#include "sandbox/record_view.hpp"
#include "sandbox/record_write.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kPageDefault = 10;
constexpr std::size_t kPageMax = 100;
constexpr std::size_t kHistoryPageMax = 50;

std::span<const std::string_view> scopes_for(const ObjectType& type, Access access) {
  switch (access) {
    case Access::Read:
      return type.read_scopes;
    case Access::Write:
      return type.write_scopes;
    case Access::SchemaRead:
      return type.schema_read_scopes;
    case Access::SchemaWrite:
      return type.schema_write_scopes;
  }
  return {};
}

/// The record that the path's id means: by id, or by the unique property `idProperty` names.
Outcome<Record*> find_named(Call& call, const ObjectType& type, bool archived) {
  WL_TRY(const Property* by, id_property(call.crm(), type.kind, call.query.get("idProperty")));
  Record* record = find_record(call.crm(), type.kind, by, call.param(1));
  if (record == nullptr || record->archived.has_value() != archived) return not_found();
  return record;
}

RecordView written_view(const Call& call, const Values& values) {
  RecordView view;
  view.with_url = call.dated();
  for (const auto& [name, value] : values) view.properties.push_back(name);
  if (view.properties.empty()) view.properties.push_back("hs_object_id");
  return view;
}

Outcome<std::uint64_t> read_id(JsonReader& reader, std::string_view name) {
  const auto text = reader.text(name);
  const auto id = text ? parse_id(*text) : std::nullopt;
  if (!id) return invalid(std::string(name) + " must be the id of a record");
  return *id;
}

}  // namespace

Outcome<const ObjectType*> open_type(const Call& call, std::string_view name, Access access) {
  const ObjectType* type = find_object_type(name);
  if (type == nullptr) return invalid("Unable to infer object type from: " + std::string(name));
  WL_CHECK(call.require_any(to_strings(scopes_for(*type, access))));
  return type;
}

Outcome<net::Response> list_objects(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Read));
  WL_TRY(const RecordView view, read_view(call));
  const std::size_t page_max = view.history.empty() ? kPageMax : kHistoryPageMax;
  WL_TRY(const Paging paging, read_paging(call.query, kPageDefault, page_max));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  const auto& all = call.crm().of(type->kind).all();
  json::array results;
  json::object out;
  for (auto at = all.lower_bound(paging.after); at != all.end(); ++at) {
    if (at->second.archived.has_value() != archived) continue;
    if (results.size() == paging.limit) {
      out["paging"] = json::object{{"next", next_page(call, std::to_string(at->first))}};
      break;
    }
    results.push_back(show_record(call.crm(), at->second, view));
  }
  out["results"] = std::move(results);
  return reply(200, out);
}

Outcome<net::Response> get_object(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Read));
  WL_TRY(const RecordView view, read_view(call));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  WL_TRY(const Record* record, find_named(call, *type, archived));
  return reply(200, show_record(call.crm(), *record, view));
}

Outcome<net::Response> create_object(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(const Values values, read_values(call.crm(), type->kind, body));
  WL_TRY(const auto links, read_links(call.crm(), type->kind, body));
  WL_TRY(const Record* record, create_record(writer_of(call), type->kind, values, links));
  return reply(201, show_record(call.crm(), *record, written_view(call, values)));
}

Outcome<net::Response> update_object(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(Record * record, find_named(call, *type, false));
  WL_TRY(const Values values, read_values(call.crm(), type->kind, body));
  WL_CHECK(update_record(writer_of(call), *record, values));
  return reply(200, show_record(call.crm(), *record, written_view(call, values)));
}

Outcome<net::Response> archive_object(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  const auto id = parse_id(call.param(1));
  if (!id) return not_found();
  Record* record = call.crm().of(type->kind).live(*id);
  if (record != nullptr) archive_record(writer_of(call), *record);
  return no_content();  // also when it was gone already
}

Outcome<net::Response> merge_objects(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  WL_TRY(const json::object body, json_body(call));
  JsonReader reader(body);
  WL_TRY(const std::uint64_t primary_id, read_id(reader, "primaryObjectId"));
  WL_TRY(const std::uint64_t other_id, read_id(reader, "objectIdToMerge"));
  WL_CHECK(reader.finish());
  Record* primary = call.crm().of(type->kind).live(primary_id);
  if (primary == nullptr) return not_found();
  WL_TRY(const Record* record, merge_records(writer_of(call), *primary, other_id));
  return reply(200, show_record(call.crm(), *record, {}));
}

Outcome<net::Response> gdpr_delete(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  if (type->kind != Kind::Contact) return invalid("Only contacts can be deleted for privacy");
  WL_TRY(const json::object body, json_body(call));
  JsonReader reader(body);
  const std::string id = reader.text("objectId").value_or("");
  const std::string property = reader.text("idProperty").value_or("");
  WL_CHECK(reader.finish());
  WL_TRY(const Property* by, id_property(call.crm(), Kind::Contact, property));
  const Record* record = find_record(call.crm(), Kind::Contact, by, id);
  if (record == nullptr) return not_found();
  call.crm().associations.forget({Kind::Contact, record->id});
  call.crm().of(Kind::Contact).erase(record->id);
  return no_content();
}

}  // namespace wayleave::sandbox
