#include <boost/json.hpp>
#include <set>

#include "sandbox/batch.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/record_lookup.hpp"
#include "sandbox/record_view.hpp"
#include "sandbox/record_write.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {

namespace json = boost::json;

Outcome<net::Response> batch_read(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Read));
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(const json::array inputs, batch_inputs(body, kBatchMax));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  JsonReader reader(body);
  RecordView view;
  view.properties = reader.texts("properties").value_or(std::vector<std::string>{});
  view.history = reader.texts("propertiesWithHistory").value_or(std::vector<std::string>{});
  view.with_url = call.dated();
  WL_TRY(const Property* by,
         id_property(call.crm(), type->kind, reader.text("idProperty").value_or("")));
  json::array results;
  std::vector<std::string> unknown;
  std::set<std::uint64_t> shown;
  for (const json::value& input : inputs) {
    const std::string id = text_member(input.get_object(), "id");
    const Record* record = find_record(call.crm(), type->kind, by, id);
    if (record == nullptr || record->archived.has_value() != archived) {
      unknown.push_back(id);
    } else if (shown.insert(record->id).second) {
      results.push_back(show_record(call.crm(), *record, view));
    }
  }
  std::vector<Problem> errors;
  if (!unknown.empty()) errors.push_back(unknown_ids(std::move(unknown)));
  return batch_answer(200, call.now, std::move(results), errors);
}

Outcome<net::Response> batch_archive(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  WL_TRY(const json::array inputs, batch_inputs(call, kBatchMax));
  for (const json::value& input : inputs) {
    Record* record =
        find_live(call.crm(), type->kind, nullptr, text_member(input.get_object(), "id"));
    if (record != nullptr) archive_record(writer_of(call), *record);
  }
  return no_content();
}

}  // namespace wayleave::sandbox
