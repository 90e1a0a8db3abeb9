#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "net/worker/poller.hpp"

namespace wayleave::net {

/// Messages to a worker from other threads, taken in batches, in the order in which they came.
/// `post` may be called by any thread and at any time before the mailbox dies; it is shared by the
/// worker and the jobs it parked, so that a job that ends after its worker posts into the void.
/// There is no lock: a worker must not wait for a thread that has less right to the processor.
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
  [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  struct Letter;
  /// What lies here instead of letters once the mailbox is closed.
  [[nodiscard]] static Letter* closed();
  /// Leaves `instead` and gives what was there, the first to come in front.
  [[nodiscard]] Letter* take(Letter* instead);

  int fd_;
  std::atomic<Letter*> last_{nullptr};  ///< each points to the one that came before it
  std::atomic<std::size_t> size_{0};
};

}  // namespace wayleave::net
