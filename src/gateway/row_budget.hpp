#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"

namespace wayleave::gateway {

/// How many rows may be stored: so many per second, and what is not used is kept for one second at
/// most. Pure but for what it remembers.
class RowBudget {
 public:
  RowBudget(std::uint32_t per_second, Tick now)
      : per_second_(per_second), thousandths_(std::int64_t{per_second} * 1000), filled_(now) {}

  void refill(Tick now) {
    const auto passed = std::chrono::floor<Millis>(now - filled_);
    if (passed.count() <= 0) return;
    filled_ += passed;  // the rest of a millisecond counts next time
    thousandths_ = ahead(passed);
  }
  void spend(std::size_t rows) { thousandths_ -= static_cast<std::int64_t>(rows) * 1000; }
  [[nodiscard]] std::size_t left() const { return whole(thousandths_); }
  /// What will be left when nothing is spent until then.
  [[nodiscard]] std::size_t left_in(Millis time) const { return whole(ahead(time)); }

 private:
  [[nodiscard]] std::int64_t ahead(Millis time) const {
    const std::int64_t most = std::int64_t{per_second_} * 1000;
    const std::int64_t counted = std::min<std::int64_t>(time.count(), 1000);
    return std::min(most, thousandths_ + counted * per_second_);
  }
  [[nodiscard]] static std::size_t whole(std::int64_t thousandths) {
    return thousandths <= 0 ? 0 : static_cast<std::size_t>(thousandths / 1000);
  }

  std::uint32_t per_second_;
  std::int64_t thousandths_;
  Tick filled_;
};

}  // namespace wayleave::gateway
