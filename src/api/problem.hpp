#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/message.hpp"

namespace wayleave::api {

/// The one table from an error to its HTTP status: by code where the contract fixes one (section
/// 4), else by kind.
[[nodiscard]] int status_of(const Error& error);

/// What goes into a problem document beside the error itself.
struct ProblemContext {
  std::string_view request_id = {};
  std::optional<std::chrono::seconds> retry_after = {};  ///< default 1 s on 429 and 503
  int status = 0;  ///< instead of the table's, for what only the data plane tells apart (405, 431)
  std::string_view install_url =
      {};  ///< for `reauthorization_required`, when the caller may connect
};

/// An answer of our own making: `application/problem+json` (RFC 9457) with `Wayleave-Error: code`,
/// so that nobody confuses it with the provider's. An internal error says nothing but its request
/// id (LG-05). Never cached.
[[nodiscard]] net::Response problem(const Error& error, const ProblemContext& context);
[[nodiscard]] net::Response problem(const Error& error, std::string_view request_id);

}  // namespace wayleave::api
