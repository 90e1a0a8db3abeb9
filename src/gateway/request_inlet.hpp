#pragma once

#include <atomic>
#include <cstdint>

#include "base/counter.hpp"
#include "gateway/request_ring.hpp"

namespace wayleave::gateway {

/// Where one worker leaves its records. What will not be stored is turned away before anything is
/// copied: the reader grants numbers of failed and of other calls, the worker uses them up.
class RequestInlet {
 public:
  explicit RequestInlet(std::size_t ring_bytes) : ring_(ring_bytes) {}

  // The worker's side.

  /// Takes up one grant; false when none is left, and then the record is counted as turned away.
  [[nodiscard]] bool admit(bool failed) {
    Counter& used = failed ? failed_used_ : other_used_;
    const auto& granted = failed ? failed_granted_ : other_granted_;
    if (used.value() >= granted.load(std::memory_order_relaxed)) {
      (failed ? failed_turned_away_ : other_turned_away_).add();
      return false;
    }
    used.add();
    return true;
  }
  /// Of an admitted call.
  void put(const RequestRecord& record) {
    if (!ring_.put(record)) overflown_.add();
  }

  // The reader's side.

  /// From now on `count` of each kind are admitted.
  void grant(std::uint64_t count) {
    failed_granted_.store(failed_used_.value() + count, std::memory_order_relaxed);
    other_granted_.store(other_used_.value() + count, std::memory_order_relaxed);
  }
  [[nodiscard]] RequestRing& ring() { return ring_; }
  [[nodiscard]] std::uint64_t turned_away(bool failed) const {
    return failed ? failed_turned_away_.value() : other_turned_away_.value();
  }
  [[nodiscard]] std::uint64_t overflown() const { return overflown_.value(); }

 private:
  RequestRing ring_;
  alignas(64) Counter failed_used_;  // these are the worker's
  Counter other_used_;
  Counter failed_turned_away_;
  Counter other_turned_away_;
  Counter overflown_;
  alignas(64) std::atomic<std::uint64_t> failed_granted_{0};  // these are the reader's
  std::atomic<std::uint64_t> other_granted_{0};
};

}  // namespace wayleave::gateway
