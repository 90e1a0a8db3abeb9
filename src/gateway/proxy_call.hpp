#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/destination.hpp"
#include "gateway/envelope.hpp"
#include "gateway/path.hpp"
#include "gateway/retry.hpp"
#include "gateway/snapshot.hpp"
#include "net/dispatcher.hpp"

namespace wayleave::gateway {

/// One proxied call on its way: what has been found out so far.
struct ProxyCall final : net::Call {
  Path path;  ///< views into the request head
  CallPolicy policy;
  std::string digest;  ///< of the presented key
  std::string key_id;  ///< user name of Basic credentials
  std::string slug;    ///< in lower case
  std::string user;
  std::string base;  ///< `Wayleave-Base`
  Envelope envelope;
  bool body_read = false;  ///< the envelope has been parsed

  Snapshot::Key key;
  Snapshot::App app;
  Destination destination;  ///< a host of `app`, once it is chosen
  Snapshot::Credential credential;

  std::string error_code;  ///< of the error that answered it, when that was ours
  unsigned tries = 0;
  bool renewed = false;
  /// Of the answer being collected for an envelope.
  int status = 0;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> passed_fields;

  [[nodiscard]] bool is_envelope() const { return path.form == Path::Form::Envelope; }
};

/// Reads from a transparent request's head what an envelope says in its body, and both forms'
/// control fields. Errors name the field.
[[nodiscard]] Result<> read_head(const net::http1::RequestHead& head, ProxyCall& call);

}  // namespace wayleave::gateway
