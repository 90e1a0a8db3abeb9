#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "net/worker/poller.hpp"

namespace wayleave::net {

/// Messages to a worker from other threads, taken in batches. `post` may be called by any thread
/// and at any time before the mailbox dies; it is shared by the worker and the jobs it parked, so
/// that a job that ends after its worker posts into the void.
class Mailbox final : public Pollable {
 public:
  Mailbox();
  ~Mailbox() override;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void post(std::move_only_function<void()> message);
  /// The worker is gone: drop what is there and what still comes.
  void close();
  void on_events(std::uint32_t events) override;
  /// Delivers what has come so far; on the worker's thread. Called at the start of each turn, so
  /// that what was posted before a request arrived is known when the request is served.
  void deliver();
  /// How many messages wait. Any thread.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  mutable std::mutex mutex_;
  std::vector<std::move_only_function<void()>> messages_;
  std::atomic<bool> waiting_ = false;
  bool closed_ = false;
};

}  // namespace wayleave::net
