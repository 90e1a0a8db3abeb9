#pragma once

#include <array>
#include <cstddef>

#include "base/clock.hpp"

namespace wayleave::net {

/// One pending deadline; a member of what it belongs to. Not copyable: the wheel links it.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { unlink(); }
  virtual void on_timeout() = 0;

 private:
  friend class TimerWheel;
  void unlink();
  Timer* next_ = nullptr;
  Timer** slot_ = nullptr;  ///< what points at this timer; null when not queued
  Tick deadline_{};
  bool armed_ = false;
};

/// Coarse deadlines of one worker: setting one is a store, because a timer that is already queued
/// is only moved when its old slot comes round. Fires up to one slot (100 ms) late, never early.
class TimerWheel {
 public:
  explicit TimerWheel(Tick now) : swept_(slot_of(now)) {}

  void arm(Timer& timer, Tick deadline);
  void disarm(Timer& timer) { timer.armed_ = false; }
  /// Calls on_timeout of every timer whose deadline has passed.
  void advance(Tick now);

  static constexpr Millis kSlot{100};
  static constexpr std::size_t kSlots = 1024;

 private:
  static std::int64_t slot_of(Tick at) {
    return std::chrono::duration_cast<Millis>(at.time_since_epoch()) / kSlot;
  }
  void queue(Timer& timer);

  std::array<Timer*, kSlots> slots_{};
  std::int64_t swept_;
};

}  // namespace wayleave::net
