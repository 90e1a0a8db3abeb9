#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "base/task.hpp"

namespace wayleave::vault {

/// Happens once; coroutines wait for it, each on its own executor. Any thread. A waiter that is
/// cancelled leaves with boost::system::system_error(operation_aborted); the others stay.
class Event {
 public:
  Event();
  [[nodiscard]] Task<> wait() const;
  /// Wakes everybody, now and later. The waiters run on their executors, not in here.
  void set() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with waiters that may be cancelled after we are gone
};

/// Lets so many coroutines through at a time, in order of arrival. The number grows by one with
/// each success and halves with each failure, between `low` and `high`; with nobody inside it is
/// `low` again. So a burst begins with `low` probes, and a dead endpoint sees no more than those.
/// Any thread.
class Turnstile {
 private:
  struct State;

 public:
  /// Being inside; leaves when it dies, as a failure unless it was told otherwise.
  class Passage {
   public:
    explicit Passage(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Passage(Passage&&) noexcept = default;
    Passage& operator=(Passage&&) = delete;
    ~Passage();
    void succeed() { success_ = true; }

   private:
    std::shared_ptr<State> state_;
    bool success_ = false;
  };

  Turnstile(std::size_t low, std::size_t high);
  [[nodiscard]] Task<Passage> enter() const;

 private:
  std::shared_ptr<State> state_;  // shared with those inside and in the queue
};

}  // namespace wayleave::vault
