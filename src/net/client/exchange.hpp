#pragma once

#include <expected>
#include <string>

#include "net/client.hpp"
#include "net/client/connection.hpp"
#include "net/client/prepared.hpp"
#include "net/limits.hpp"

namespace wayleave::net {

/// A whole answer, and whether its connection may serve another request.
struct Exchanged {
  Incoming incoming;
  bool reusable = false;
};

/// A request without a whole answer.
struct Broken {
  Error error;
  bool nothing_came = false;  ///< no byte of an answer: the connection may have been stale
};

/// Sends the request and reads its answer, interim answers skipped. `sent` is set before the first
/// byte goes out. The references are to the caller's frame, which awaits.
[[nodiscard]] Task<std::expected<Exchanged, Broken>> exchange(Connection& connection,
                                                              const Prepared& request,
                                                              const Limits& limits,
                                                              bool& sent);

}  // namespace wayleave::net
