#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace wayleave {

/// Names the calling thread for operators; at most 15 characters.
void name_thread(const char* name);

/// The same for a thread whose work can wait: on a busy processor it gives way to the workers of
/// the data plane, which stay at the priority of the process. What it still gets of a processor
/// that they would use up is about a hundredth, and it gets that often and in small pieces. A
/// thread whose policy somebody has chosen keeps that.
void name_background_thread(const char* name);

/// Tells a background thread when to offer its processor to others. Linux lets a thread that wakes
/// up wait when it just had more than its share, and looks again only at the next tick or wake-up:
/// a worker that is called again at once would wait for all the work that is queued here.
class Stretch {
 public:
  static constexpr std::chrono::microseconds kLongest{100};

  explicit Stretch(Tick now) : began_(now) {}
  /// The thread was idle until now.
  void begin(Tick now) { began_ = now; }
  /// After a piece of work: whether to yield now, which begins the next stretch.
  [[nodiscard]] bool over(Tick now) {
    if (now - began_ < kLongest) return false;
    began_ = now;
    return true;
  }

 private:
  Tick began_;
};

}  // namespace wayleave
