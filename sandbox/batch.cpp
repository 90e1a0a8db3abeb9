#include "sandbox/batch.hpp"

#include <boost/json.hpp>

#include "sandbox/reply.hpp"

namespace wayleave::sandbox {

namespace json = boost::json;

Outcome<json::array> batch_inputs(const json::object& body, std::size_t max) {
  const json::value* inputs = body.if_contains("inputs");
  if (inputs == nullptr || !inputs->is_array()) {
    return invalid(
        "Invalid input JSON on line 1, column 1: Some required fields were not set: "
        "[inputs]");
  }
  const json::array& list = inputs->get_array();
  if (list.empty()) return invalid("inputs must not be empty");
  if (list.size() > max) {
    return invalid("The maximum number of inputs supported in a batch request is " +
                   std::to_string(max) + ". Got " + std::to_string(list.size()));
  }
  for (const json::value& input : list) {
    if (!input.is_object()) return invalid("Invalid input JSON: every input must be an object");
  }
  return list;
}

Outcome<json::array> batch_inputs(const Call& call, std::size_t max) {
  WL_TRY(const json::object body, json_body(call));
  return batch_inputs(body, max);
}

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null() || value->is_structured()) return {};
  if (value->is_string()) return {value->get_string().data(), value->get_string().size()};
  return json::serialize(*value);
}

net::Response batch_answer(int status,
                           Instant now,
                           json::array results,
                           const std::vector<Problem>& errors) {
  const std::string at = to_rfc3339(now);
  json::object out{{"status", "COMPLETE"},
                   {"results", std::move(results)},
                   {"startedAt", at},
                   {"completedAt", at}};
  if (errors.empty()) return reply(status, out);
  json::array list;
  for (const Problem& problem : errors) list.push_back(batch_error(problem));
  out["numErrors"] = list.size();
  out["errors"] = std::move(list);
  return reply(207, out);
}

}  // namespace wayleave::sandbox
