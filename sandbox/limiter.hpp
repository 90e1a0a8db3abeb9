#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"

namespace wayleave::sandbox {

/// Rolling windows by key: at most so many calls within any span of that length. Exact, since every
/// admitted call's moment is kept; at most kWindowsMax keys, idle ones are forgotten.
class Limiter {
 public:
  struct Verdict {
    bool admitted = true;
    int remaining = 0;
  };
  /// Counts the call when it is admitted. A limit of 0 admits everything and counts nothing.
  [[nodiscard]] Verdict admit(std::string_view key, int limit, Millis window, Instant now);
  /// Counts calls of the day that starts at midnight of that offset from UTC.
  [[nodiscard]] Verdict admit_daily(std::string_view key,
                                    int limit,
                                    std::chrono::minutes utc_offset,
                                    Instant now);
  [[nodiscard]] int used_today(std::string_view key,
                               std::chrono::minutes utc_offset,
                               Instant now) const;

 private:
  struct Day {
    std::int64_t number = 0;  // since 1970, in the account's time zone
    int calls = 0;
  };
  void forget_idle(Instant now);

  std::unordered_map<std::string, std::deque<Instant>> windows_;
  std::unordered_map<std::string, Day> days_;
};

}  // namespace wayleave::sandbox
