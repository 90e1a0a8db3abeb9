#include "base/clock.hpp"

#include <fmt/format.h>

namespace wayleave {

Instant SystemClock::now() const {
  return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
}

Tick SystemClock::tick() const { return std::chrono::steady_clock::now(); }

std::string to_rfc3339(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()),
                     time.hours().count(),
                     time.minutes().count(),
                     time.seconds().count(),
                     time.subseconds().count());
}

namespace {

/// `count` digits at `at` as a number below 10,000; -1: they are not there.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

/// `.250Z`, `Z`: the milliseconds; nullopt when it is neither.
std::optional<Millis> fraction(std::string_view text) {
  if (text == "Z") return Millis{0};
  if (text.size() < 3 || text.front() != '.' || text.back() != 'Z') return std::nullopt;
  int millis = 0;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const int digit = digits(text, i, 1);
    if (digit < 0) return std::nullopt;
    if (i <= 3) millis += digit * (i == 1 ? 100 : i == 2 ? 10 : 1);
  }
  return Millis{millis};
}

}  // namespace

std::optional<Instant> from_rfc3339(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '0' && text[i] != kForm[i]) return std::nullopt;
  }
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  const auto millis = fraction(text.substr(kForm.size()));
  if (year < 0 || month < 0 || day < 0 || !millis) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
         std::chrono::minutes{minute} + std::chrono::seconds{second} + *millis;
}

}  // namespace wayleave
