#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "net/message.hpp"

namespace wayleave::sandbox {

using Context = std::map<std::string, std::vector<std::string>, std::less<>>;

/// One entry of an error's `errors` list.
struct ProblemDetail {
  std::string message;
  std::string code = {};
  Context context = {};
};

/// Why the API refuses a call, in HubSpot's error shape. Batches list one per failed input.
struct Problem {
  int status = 400;
  std::string category = "VALIDATION_ERROR";
  std::string message;
  std::vector<ProblemDetail> errors = {};
  Context context = {};
};

/// What an endpoint gives: a value, or the refusal that ends the call.
template <class T>
using Outcome = std::expected<T, Problem>;

[[nodiscard]] std::unexpected<Problem> invalid(std::string message);
[[nodiscard]] std::unexpected<Problem> not_found(std::string message = "resource not found");
[[nodiscard]] std::unexpected<Problem> missing_scopes(std::vector<std::string> any_of);

/// The problem as one entry of a batch's `errors`.
[[nodiscard]] boost::json::object batch_error(const Problem& problem);
[[nodiscard]] net::Response answer(const Problem& problem, std::string_view correlation_id);

}  // namespace wayleave::sandbox
