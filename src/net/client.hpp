#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "net/message.hpp"
#include "net/upstream.hpp"

namespace wayleave::net {

/// One slow outgoing call: token endpoints, look-ups, later deliveries.
struct Outgoing {
  std::string method = "GET";
  std::string url = {};   ///< absolute, http or https
  Fields fields = {};     ///< without Host, framing and hop-by-hop fields, which the client writes
  std::string body = {};  ///< Content-Length is added
  Millis timeout{30'000};
  std::size_t answer_bytes_max = 1 << 20;  ///< beyond it the call fails with kind Limit (OA-18)
  /// Asked right before the first byte goes out, connecting over, on any thread; false ends the
  /// call with `no_longer_wanted`. Empty: always wanted.
  std::function<bool()> still_wanted = {};
};

struct Incoming {
  int status = 0;
  Fields fields;
  std::string body;
};

/// Where a failed call stopped: whether the peer may have acted on it.
enum class Reached {
  Nothing,  ///< refused, not resolved, not connected, TLS failed: no byte of the request was sent
  Maybe,    ///< some of the request was sent and no whole answer came back
};

/// A failed outgoing call. `error.kind` is Retry for network faults and timeouts, Reject for a
/// destination that is not allowed, Limit for an oversize answer. Codes: `host_not_allowed`,
/// `host_not_resolved`, `connect_failed`, those of `handshake_error`, `timeout`, `connection_lost`,
/// `invalid_answer`, `answer_too_large`, `no_longer_wanted`, `invalid_request` for a call that
/// cannot be written.
struct CallError {
  Error error;
  Reached reached = Reached::Nothing;
};

/// Makes slow calls over Asio and this room's own HTTP/1.1, with pooled connections, verified TLS,
/// a deadline and the egress guard. Never follows a redirect (OA-16). Any coroutine on any thread
/// may call; `services` and the context its callers run on must outlive the client, which keeps
/// idle connections. Construction does no I/O.
///
/// Nothing is sent twice, but for one case: an idempotent request whose pooled connection ended
/// without a byte of an answer goes out again on a new one (HT-22).
class Client {
 public:
  virtual ~Client() = default;
  [[nodiscard]] virtual Task<std::expected<Incoming, CallError>> call(Outgoing outgoing) = 0;
};

[[nodiscard]] std::unique_ptr<Client> make_client(const UpstreamServices& services);
/// The same with a clock for the idle times of pooled connections, which must outlive it too.
[[nodiscard]] std::unique_ptr<Client> make_client(const UpstreamServices& services,
                                                  const Clock& clock);

}  // namespace wayleave::net
