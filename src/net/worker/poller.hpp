#pragma once

#include <sys/epoll.h>

#include <array>
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
  /// Waits at most `timeout_ms` (-1: for ever), calls `before` and then tells the receivers.
  template <class Before>
  void wait(int timeout_ms, Before before) {
    std::array<epoll_event, kEventsPerWait> events;
    const int count = ::epoll_wait(fd_, events.data(), kEventsPerWait, timeout_ms);
    before();
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      static_cast<Pollable*>(event.data.ptr)->on_events(event.events);
    }
  }

 private:
  static constexpr int kEventsPerWait = 256;
  explicit Poller(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace wayleave::net
