#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "net/http1/head.hpp"
#include "net/message.hpp"
#include "net/upstream.hpp"

namespace wayleave::net {

/// Work that leaves the worker: it owns its inputs and its result, runs once on the slow executor
/// and travels back to the worker that parked it. Nothing is shared between the two threads.
class Job {
 public:
  virtual ~Job() = default;
  virtual Task<> run() = 0;
};

/// A dispatcher's own state of one exchange.
class Call {
 public:
  virtual ~Call() = default;
};

class UpstreamPool;  // worker-local pool of connections to one origin for one workspace

/// One request being served, as its dispatcher sees it. Lives on its worker.
class Exchange {
 public:
  [[nodiscard]] virtual const http1::RequestHead& head() const = 0;
  [[nodiscard]] virtual std::string_view peer() const = 0;
  [[nodiscard]] virtual std::string_view request_id() const = 0;
  /// The body after CollectBody; may be moved from.
  [[nodiscard]] virtual std::string& body() = 0;
  [[nodiscard]] virtual std::unique_ptr<BodySink> take_sink() = 0;
  [[nodiscard]] virtual std::uint64_t body_bytes() const = 0;
  /// The request is kept whole, so that it can be sent again.
  [[nodiscard]] virtual bool can_replay() const = 0;
  /// No byte of the present attempt reached the provider.
  [[nodiscard]] virtual bool untouched() const = 0;
  /// The buffer for the head that goes upstream (before Forward) or to the client (before Relay),
  /// without framing, Connection and the final blank line; written by http1::HeadWriter.
  [[nodiscard]] virtual std::string& out() = 0;
  [[nodiscard]] virtual Tick started() const = 0;
  std::unique_ptr<Call> call;

 protected:
  ~Exchange() = default;
};

/// Answer the client with this. A request body not yet read is drained or the connection closed.
struct Answer {
  Response response;
};
/// Read the whole request body, then `body_complete`. Beyond `bytes_max`: 413 and close.
struct CollectBody {
  std::size_t bytes_max = 0;
};
/// Give the request body to this sink as it arrives, then `body_complete`.
struct SinkBody {
  std::unique_ptr<BodySink> sink;
};
/// Run the job on the slow executor, then `resume`.
struct Park {
  std::unique_ptr<Job> job;
};
/// Send the head in `out()` and the request's body (or `body`) to a provider, then `upstream_head`
/// or `upstream_failed`. The views hold until the exchange ends: they are the call's or the
/// request body's.
struct Forward {
  UpstreamPool* pool = nullptr;
  std::string_view method = {};               ///< of the head in `out()`; empty: the client's
  std::optional<std::string_view> body = {};  ///< instead of the client's
  bool body_absent = false;                   ///< `body` is none at all, not one of zero bytes
  bool keep_for_replay = false;
  Millis answer_time{60'000};  ///< from the last byte of the request to the provider's head
};
/// Send the head in `out()` to the client and then the provider's body as it arrives.
struct Relay {};
/// Read the provider's whole body, then `upstream_body`. Beyond `bytes_max`: upstream_failed. The
/// head in `out()` waits meanwhile and goes to the client with what is made of the body.
struct CollectUpstream {
  std::size_t bytes_max = 0;
};
/// Static text that goes before and after a collected body.
struct Wrapping {
  std::string_view before;
  std::string_view after;
};
/// Let the provider's answer go (its body is drained within bounds or its connection closed) and
/// take the next step.
struct Discard {
  std::unique_ptr<Job> job;
};

using Step = std::variant<Answer, CollectBody, SinkBody, Park, Forward>;
using UpstreamStep = std::variant<Relay, CollectUpstream, Discard, Answer>;

enum class UpstreamFault {
  NotAllowed,   ///< the egress guard refused
  Unreachable,  ///< resolve, connect or TLS failed; nothing was sent
  Reset,        ///< the connection ended before a whole head came
  Timeout,
  Invalid,   ///< not lawful HTTP
  TooLarge,  ///< beyond CollectUpstream::bytes_max
};
struct UpstreamFailure {
  UpstreamFault fault;
  std::string detail;  ///< for the log
};

/// How an exchange ended; for counters and the request log. Bytes are content, without heads and
/// framing. Times come from the worker's one clock reading per turn of its loop, so they tell a
/// turn from the next and no more: a call that is served within one turn took 0, and a busy turn of
/// many sessions counts to all of them.
struct Outcome {
  int status = 0;                   ///< sent to the client; 0: cut before any answer
  bool cut = false;                 ///< the connection was closed before the answer was whole
  std::uint64_t request_bytes = 0;  ///< read from the client
  std::uint64_t answer_bytes = 0;   ///< given to the client
  Tick started{};                   ///< the request's head was whole
  Tick ended{};
  /// From Forward to the provider's head or failure: connecting, sending and its own work; of all
  /// attempts together, without the pauses between them.
  Tick::duration provider_wait{};
};

/// Decides, on its worker's thread, what happens with each request: the data plane asks, the
/// dispatcher answers with a step; it does no I/O itself. One per worker.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  virtual Step begin(Exchange& exchange) = 0;
  virtual Step body_complete(Exchange& exchange) = 0;
  virtual Step resume(Exchange& exchange, std::unique_ptr<Job> job) = 0;
  virtual UpstreamStep upstream_head(Exchange& exchange, const http1::ResponseHead& head) = 0;
  /// Makes the answer's body of the provider's.
  virtual Wrapping upstream_body(Exchange& exchange, std::string& body) = 0;
  virtual Step upstream_failed(Exchange& exchange, const UpstreamFailure& failure) = 0;
  /// The exchange ended, answered or not; for counters and the request log.
  virtual void finished(Exchange& exchange, const Outcome& outcome) = 0;
  /// An error of the data plane itself (400, 408, 413, 431 …) as this product words it.
  virtual Response refuse(const Exchange& exchange,
                          int status,
                          std::string_view code,
                          std::string_view detail) = 0;
};

/// What a dispatcher may ask of its worker.
class WorkerPort {
 public:
  virtual ~WorkerPort() = default;
  /// Runs `task` on the worker soon. The only member that any thread may call.
  virtual void post(std::function<void()> task) = 0;
  /// The pool of connections to `origin` that only `workspace` uses; lives as long as the worker.
  virtual UpstreamPool& pool(const std::string& workspace, const Origin& origin) = 0;
  [[nodiscard]] virtual Tick now() const = 0;
};

}  // namespace wayleave::net
