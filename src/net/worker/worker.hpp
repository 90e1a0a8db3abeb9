#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include "net/dispatcher.hpp"
#include "net/server.hpp"
#include "net/worker/loop.hpp"
#include "net/worker/request_ids.hpp"
#include "net/worker/session.hpp"

namespace wayleave::net {

/// One thread of the data plane with its own listener, sessions, upstream pools and dispatcher.
/// Made and stopped by the server's thread; all else happens on its own.
class Worker final : public SessionHost, public WorkerPort, private Pollable {
 public:
  /// Takes a bound, listening, non-blocking socket. `name` tells its request ids from others'.
  Worker(Poller poller,
         int listener,
         std::string name,
         const Limits& limits,
         const UpstreamServices& services,
         SlowExecutor& slow,
         Log& log);
  ~Worker() override;

  void set_dispatcher(std::unique_ptr<Dispatcher> dispatcher) {
    dispatcher_ = std::move(dispatcher);
  }
  /// Before `start`: TLS for clients; null: none.
  void set_client_tls(TlsAcceptor* acceptor) { loop_.client_tls = acceptor; }
  void start();
  /// Any thread: end each connection with its next answer.
  void request_retire();
  /// Any thread: accept no more, end when the sessions have ended or at the deadline.
  void request_stop(Millis grace);
  void join();
  /// Any thread.
  void add_traffic(TrafficTotals& totals) const;

  // WorkerPort
  void post(std::function<void()> task) override { loop_.mailbox->post(std::move(task)); }
  UpstreamPool& pool(const std::string& workspace, const Origin& origin) override;
  [[nodiscard]] Tick now() const override { return loop_.now; }

  // SessionHost
  Dispatcher& dispatcher() override { return *dispatcher_; }
  void park(Session& session, std::unique_ptr<Job> job) override;
  void remove(Session& session) override;
  [[nodiscard]] bool stopping() const override { return stopping_; }
  [[nodiscard]] bool retiring() const override { return retiring_; }
  void next_request_id(std::string& out) override { out = request_ids_.next(); }
  void later(Session& session) override;

 private:
  void run();
  void on_events(std::uint32_t events) override;  // the listener
  void accept_one(int fd, std::string peer);
  void begin_stop(Millis grace);

  Loop loop_;
  int listener_;
  const std::string name_;
  SlowExecutor& slow_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Session>> sessions_;
  std::map<std::pair<std::string, Origin>, std::unique_ptr<UpstreamPool>> pools_;
  std::uint64_t serials_ = 0;
  RequestIds request_ids_;
  bool retiring_ = false;
  bool stopping_ = false;
  Tick stop_by_{};
  std::optional<Tick> accept_again_at_;
  std::thread thread_;
};

}  // namespace wayleave::net
