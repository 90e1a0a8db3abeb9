#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "net/dispatcher.hpp"
#include "net/handler.hpp"
#include "net/limits.hpp"
#include "net/traffic.hpp"
#include "net/upstream.hpp"

namespace wayleave::net {

class TlsAcceptor;  // net/tls_acceptor.hpp

/// A few threads on one Asio context; every slow coroutine runs here. Construction starts nothing.
class SlowExecutor {
 public:
  explicit SlowExecutor(unsigned threads);
  ~SlowExecutor();  ///< stops and joins
  [[nodiscard]] boost::asio::io_context& context();
  void start();
  /// Lets running coroutines finish for at most `grace`, then stops the context and joins.
  void stop(Millis grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 picks a free one
  unsigned workers = 1;
  Limits limits;
  TlsAcceptor* tls = nullptr;  ///< for clients; null: they speak plain HTTP. Outlives the server
};

/// Owns the workers: each a thread with its own SO_REUSEPORT listener, epoll set, upstream pools
/// and dispatcher. `dispatchers` makes one per worker, called before the threads start.
class Server {
 public:
  using MakeDispatcher = std::function<std::unique_ptr<Dispatcher>(WorkerPort&)>;

  /// `slow`, `connector` and `log` must outlive the server.
  Server(ServerOptions options,
         SlowExecutor& slow,
         const UpstreamServices& services,
         Log& log,
         MakeDispatcher dispatchers);
  ~Server();

  /// Binds and starts the workers; the bound port is then known.
  [[nodiscard]] Result<std::uint16_t> start();
  /// From now on each answer ends its connection, so that callers move to another server before
  /// `stop`; new connections are still taken.
  void retire();
  /// Stops accepting, closes idle connections, lets exchanges in flight finish for `grace`, joins.
  /// The WorkerPorts stay valid until the server dies; what is posted to them falls away.
  void stop(Millis grace);
  /// The connections of all workers. Any thread, once `start` has returned.
  [[nodiscard]] TrafficTotals traffic() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A dispatcher that knows slow routes only; the sandbox is made of it.
[[nodiscard]] Server::MakeDispatcher slow_routes(std::shared_ptr<const Router> router);

}  // namespace wayleave::net
