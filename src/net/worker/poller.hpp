#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace wayleave::net {

/// Something an epoll set tells about. Edge-triggered: each event is told once, so the receiver
/// remembers what it has not used yet.
class Pollable {
 public:
  virtual ~Pollable() = default;
  virtual void on_events(std::uint32_t events) = 0;
};

/// One worker's epoll set. Belongs to its thread, except that it may be made on another.
class Poller {
 public:
  [[nodiscard]] static Result<Poller> create();
  Poller(Poller&& other) noexcept;
  Poller& operator=(Poller&&) = delete;
  ~Poller();

  /// Watches `fd` for everything, edge-triggered. Closing the descriptor ends the watch; the
  /// receiver must outlive the batch of events in which that happens.
  [[nodiscard]] bool watch(int fd, Pollable& receiver);
  /// The same, level-triggered and for reading only: listeners and wake-ups.
  [[nodiscard]] bool watch_level(int fd, Pollable& receiver);
  void unwatch(int fd);
  /// Waits at most `timeout_ms` (-1: for ever) and tells the receivers.
  void wait(int timeout_ms);

 private:
  explicit Poller(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace wayleave::net
