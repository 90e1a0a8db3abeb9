#include <algorithm>
#include <boost/json.hpp>

#include "sandbox/crm_endpoints.hpp"
#include "sandbox/record_view.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/search.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {

namespace json = boost::json;

Outcome<net::Response> search_objects(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Read));
  WL_TRY(const json::object body, json_body(call));
  if (call.request.body.size() > kSearchBodyMax) {
    return invalid("The search is longer than " + std::to_string(kSearchBodyMax) + " characters");
  }
  WL_TRY(const SearchQuery query, read_search(call.crm(), type->kind, body));
  const auto found =
      find_records(call.crm(), type->kind, query, call.now - call.world.settings.search_lag);

  RecordView view;
  view.properties = query.properties;
  view.with_url = call.dated();
  const std::size_t begin = std::min(query.after, found.size());
  const std::size_t end = std::min(begin + query.limit, found.size());
  json::array results;
  for (std::size_t i = begin; i < end; ++i) {
    results.push_back(show_record(call.crm(), *found[i], view));
  }
  json::object out{{"total", found.size()}, {"results", std::move(results)}};
  if (end < found.size() && query.limit > 0) {
    out["paging"] = {{"next", {{"after", std::to_string(end)}}}};
  }
  return reply(200, out);
}

}  // namespace wayleave::sandbox
