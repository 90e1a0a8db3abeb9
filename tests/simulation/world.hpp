#pragma once

#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace wayleave::simulation {

/// Virtual time and the one order in which things happen; all chance comes from the seed. Nothing
/// here reads a real clock.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] Tick now() const { return now_; }
  void after(Millis delay, std::function<void()> happen) {
    queue_.push({now_ + delay, ++sequence_, std::move(happen)});
  }
  /// Runs what is due until then, or until it need not go on.
  void run_until(Tick end, const std::function<bool()>& go_on) {
    while (!queue_.empty() && queue_.top().at <= end && go_on()) {
      Event event = queue_.top();
      queue_.pop();
      now_ = event.at;
      event.happen();
    }
    now_ = end;
  }

  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  [[nodiscard]] bool chance(std::uint64_t percent) { return below(100) < percent; }
  /// Between the two, mostly near the lesser.
  [[nodiscard]] Millis between(Millis least, Millis most) {
    const auto range = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + Millis{static_cast<Millis::rep>(below(below(range) + 1))};
  }

  /// What happened, for reading; empty unless asked for.
  std::vector<std::string> trace;
  bool tracing = false;
  void note(const std::string& what) {
    if (!tracing) return;
    const auto at = std::chrono::duration_cast<Millis>(now_.time_since_epoch()).count();
    trace.push_back(std::to_string(at) + " ms  " + what);
  }

 private:
  struct Event {
    Tick at;
    std::uint64_t sequence;
    std::function<void()> happen;
    friend bool operator<(const Event& a, const Event& b) {
      return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
  };
  SeededRandom random_;
  Tick now_{};
  std::uint64_t sequence_ = 0;
  std::priority_queue<Event> queue_;
};

}  // namespace wayleave::simulation
