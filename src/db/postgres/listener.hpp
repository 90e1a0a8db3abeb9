#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "db/postgres/connection.hpp"

namespace wayleave::db::postgres {

/// Hears, on a connection and thread of its own, what other sessions announce, and calls `heard`
/// there; also when it has just connected, because it may have missed something. Without a
/// connection it is silent: whoever needs to know asks now and then (ChangeWatcher does).
class Listener {
 public:
  Listener(const Address& address, const Timeouts& timeouts, std::function<void()> heard);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  void loop();
  /// Until the connection is lost or the end has come.
  void listen(Connection& connection);
  /// Waits for a socket (or none), at most for `time`; false when the end has come.
  [[nodiscard]] bool wait(int socket, Millis time);

  const Address& address_;
  const Timeouts timeouts_;
  std::function<void()> heard_;
  int stop_ = -1;  // an eventfd: readable once the end has come
  std::thread thread_;
};

}  // namespace wayleave::db::postgres
