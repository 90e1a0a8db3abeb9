#include "net/worker/timer_wheel.hpp"

#include <algorithm>

namespace wayleave::net {

void Timer::unlink() {
  if (slot_ == nullptr) return;
  *slot_ = next_;
  if (next_ != nullptr) next_->slot_ = slot_;
  slot_ = nullptr;
  next_ = nullptr;
}

void TimerWheel::arm(Timer& timer, Tick deadline) {
  const bool earlier = timer.slot_ != nullptr && deadline < timer.deadline_;
  timer.deadline_ = deadline;
  timer.armed_ = true;
  if (timer.slot_ != nullptr && !earlier) return;  // found when its old slot comes round
  timer.unlink();
  queue(timer);
}

void TimerWheel::queue(Timer& timer) {
  // A deadline further than one turn waits in the last slot and is queued again from there.
  const std::int64_t wanted = slot_of(timer.deadline_) + 1;
  const std::int64_t slot =
      std::clamp(wanted, swept_ + 1, swept_ + static_cast<std::int64_t>(kSlots) - 1);
  Timer** head = &slots_[static_cast<std::size_t>(slot) % kSlots];
  timer.next_ = *head;
  timer.slot_ = head;
  if (timer.next_ != nullptr) timer.next_->slot_ = &timer.next_;
  *head = &timer;
}

void TimerWheel::advance(Tick now) {
  const std::int64_t current = slot_of(now);
  // After a long pause one turn sees every timer.
  swept_ = std::max(swept_, current - static_cast<std::int64_t>(kSlots));
  while (swept_ < current) {
    ++swept_;
    Timer* list = slots_[static_cast<std::size_t>(swept_) % kSlots];
    slots_[static_cast<std::size_t>(swept_) % kSlots] = nullptr;
    if (list != nullptr) list->slot_ = &list;
    while (list != nullptr) {
      Timer& timer = *list;
      timer.unlink();
      if (!timer.armed_) continue;
      if (timer.deadline_ > now) {
        queue(timer);
      } else {
        timer.armed_ = false;
        timer.on_timeout();
      }
    }
  }
}

}  // namespace wayleave::net
