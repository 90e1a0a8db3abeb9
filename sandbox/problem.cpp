#include "sandbox/problem.hpp"

#include <boost/json.hpp>

#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::string_view kScopesPage = "https://developers.hubspot.com/scopes";

json::object to_json(const Context& context) {
  json::object out;
  for (const auto& [name, values] : context) {
    out[name] = json::array(values.begin(), values.end());
  }
  return out;
}

json::object to_json(const ProblemDetail& detail) {
  json::object out{{"message", detail.message}};
  if (!detail.code.empty()) out["code"] = detail.code;
  if (!detail.context.empty()) out["context"] = to_json(detail.context);
  return out;
}

void add_details(json::object& out, const Problem& problem) {
  if (!problem.errors.empty()) {
    json::array errors;
    for (const auto& detail : problem.errors) errors.push_back(to_json(detail));
    out["errors"] = std::move(errors);
  }
  if (!problem.context.empty()) out["context"] = to_json(problem.context);
}

}  // namespace

std::unexpected<Problem> invalid(std::string message) {
  Problem problem;
  problem.message = std::move(message);
  return std::unexpected(std::move(problem));
}

std::unexpected<Problem> not_found(std::string message) {
  Problem problem;
  problem.status = 404;
  problem.category = "OBJECT_NOT_FOUND";
  problem.message = std::move(message);
  return std::unexpected(std::move(problem));
}

std::unexpected<Problem> missing_scopes(std::vector<std::string> any_of) {
  ProblemDetail detail{"One or more of the following scopes are required."};
  detail.context["requiredGranularScopes"] = std::move(any_of);
  Problem problem;
  problem.status = 403;
  problem.category = "MISSING_SCOPES";
  problem.message =
      "This app hasn't been granted all required scopes to make this call. Read more about "
      "required scopes here: https://developers.hubspot.com/scopes.";
  problem.errors.push_back(std::move(detail));
  return std::unexpected(std::move(problem));
}

json::object batch_error(const Problem& problem) {
  json::object out{
      {"status", "error"}, {"category", problem.category}, {"message", problem.message}};
  if (problem.context.empty()) out["context"] = json::object();
  add_details(out, problem);
  return out;
}

net::Response answer(const Problem& problem, std::string_view correlation_id) {
  json::object out{{"status", "error"},
                   {"message", problem.message},
                   {"correlationId", json::string_view(correlation_id)}};
  add_details(out, problem);
  if (problem.category == "MISSING_SCOPES") {
    out["links"] = json::object{{"scopes", json::string_view(kScopesPage)}};
  }
  if (!problem.category.empty()) out["category"] = problem.category;
  net::Response response = reply(problem.status, out);
  if (problem.status == 477) response.fields.add("Retry-After", "3600");
  return response;
}

}  // namespace wayleave::sandbox
