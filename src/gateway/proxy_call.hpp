#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/destination.hpp"
#include "gateway/envelope.hpp"
#include "gateway/path.hpp"
#include "gateway/retry.hpp"
#include "gateway/snapshot.hpp"
#include "net/dispatcher.hpp"

namespace wayleave::gateway {

/// One proxied call on its way: what has been found out so far. Views point into the request's
/// head. Used again for later calls, so that a call on the hot path allocates nothing.
struct ProxyCall final : net::Call {
  Path path;
  CallPolicy policy;
  std::string_view method;         ///< of the request itself, not of what an envelope asks for
  std::string_view traceparent;    ///< empty when there is none
  std::string_view authorization;  ///< as presented; empty when it is missing or stands twice
  std::string user;
  std::string_view base;       ///< `Wayleave-Base`
  std::optional<Error> wrong;  ///< in the head, to be told once the key is known
  Envelope envelope;
  bool body_read = false;  ///< the envelope has been parsed

  Snapshot::Presented presented{};
  Snapshot::Key key;
  Snapshot::App app;
  Destination destination;  ///< a host of `app`, once it is chosen
  Snapshot::Credential credential;

  std::string error_code;  ///< of the error that answered it, when that was ours
  unsigned tries = 0;
  bool renewed = false;
  bool answer_is_json = false;  ///< as the Content-Type says of what is collected

  [[nodiscard]] bool is_envelope() const { return path.form == Path::Form::Envelope; }
  /// Back to a call of which nothing is known; keeps its memory.
  void clear();
};

/// Reads from a request's head all that the call needs of it: key, control fields and, for the
/// transparent form, the user. What is wrong stands in `wrong` and names its field.
void read_head(const net::http1::RequestHead& head, ProxyCall& call);

}  // namespace wayleave::gateway
