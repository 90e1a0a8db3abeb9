#pragma once

#include <cstdint>
#include <mutex>

#include "base/clock.hpp"

namespace wayleave::connect {

/// Bounds how many rows of a kind are open without counting them each time: a count grants a
/// quarter of what is left, and the next count is due when that is spent. A few processes may
/// together overshoot by that quarter. Any thread may call.
class Budget {
 public:
  explicit Budget(std::int64_t max) : max_(max) {}

  enum class Take { Granted, CountFirst, Full };
  /// One more row. Full holds for a second before a new count is asked for.
  [[nodiscard]] Take take(Instant now);
  /// Answers CountFirst with the rows open now.
  void counted(std::int64_t open, Instant now);
  [[nodiscard]] std::int64_t max() const { return max_; }

 private:
  const std::int64_t max_;
  std::mutex mutex_;
  std::int64_t granted_ = 0;
  Instant full_until_{};
};

}  // namespace wayleave::connect
