#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/log.hpp"
#include "base/random.hpp"
#include "gateway/counters.hpp"
#include "gateway/jobs.hpp"
#include "gateway/request_log.hpp"
#include "gateway/snapshot.hpp"
#include "net/server.hpp"
#include "net/slow_routes.hpp"

namespace wayleave::gateway {

/// Words an error as this product does; `install_url` is empty when there is none; `status` is the
/// data plane's own (405, 431 …), or 0 for the one the error stands for.
using WordProblem = std::function<net::Response(
    const Error& error, std::string_view request_id, std::string_view install_url, int status)>;

/// What the gateway needs; all must outlive the server.
struct Parts {
  Services services;
  net::SlowExecutor& slow;
  Log& log;
  std::shared_ptr<const net::Router> routes;  ///< every path that is not the hot surface
  WordProblem word_problem;
  Snapshot::Limits snapshot;
  RequestLog* request_log = nullptr;  ///< null: none
};

/// The hot path: authenticates the caller, finds the token, attaches it and relays, on every worker
/// (contract sections 3 and 4). A hit touches no database and takes no lock.
class Gateway {
 public:
  explicit Gateway(Parts parts);
  ~Gateway();

  /// One dispatcher per worker, for net::Server. The gateway must outlive the server.
  [[nodiscard]] net::Server::MakeDispatcher dispatchers();
  /// A change from the feed; any thread. Each worker forgets what it names at its next turn.
  void forget(std::string_view topic, std::string_view key);
  [[nodiscard]] Totals totals() const;
  /// The same of what the workers remember; not after the server is gone.
  [[nodiscard]] CacheTotals cache_totals() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::gateway
