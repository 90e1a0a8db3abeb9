#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave {

using Millis = std::chrono::milliseconds;
/// A moment in UTC, to the millisecond. Stored as integer milliseconds since 1970.
using Instant = std::chrono::sys_time<Millis>;
/// A moment on a clock that only goes forward; for deadlines and durations.
using Tick = std::chrono::steady_clock::time_point;

/// The source of time. Passed in; pure functions take `now` instead. Any thread may call.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual Tick tick() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Tick tick() const override;
};

/// Stands still until told otherwise; for tests.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start = Instant{Millis{1'700'000'000'000}}) : start_(start) {}
  [[nodiscard]] Instant now() const override { return start_ + Millis{offset_ms_.load()}; }
  [[nodiscard]] Tick tick() const override { return Tick{Millis{offset_ms_.load()}}; }
  void advance(Millis by) { offset_ms_ += by.count(); }

 private:
  Instant start_;
  std::atomic<Millis::rep> offset_ms_ = 0;
};

/// RFC 3339 in UTC with milliseconds: `2026-11-23T14:00:00.000Z`.
[[nodiscard]] std::string to_rfc3339(Instant at);
/// Reads that form, with any number of decimals or none (what is finer than a millisecond is
/// dropped); nullopt for anything else, other zones than `Z` included.
[[nodiscard]] std::optional<Instant> from_rfc3339(std::string_view text);
[[nodiscard]] inline Millis::rep to_millis(Instant at) { return at.time_since_epoch().count(); }
[[nodiscard]] inline Instant from_millis(Millis::rep ms) { return Instant{Millis{ms}}; }

}  // namespace wayleave
