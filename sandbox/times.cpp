#include "sandbox/times.hpp"

#include <charconv>

namespace wayleave::sandbox {
namespace {

using std::chrono::day;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr Instant kLast{Millis{253'402'300'799'999}};  // the end of 9999

/// Takes `digits` decimal digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<sys_days> take_date(std::string_view& text) {
  const auto y = take_number(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{
      year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

/// `.5`, `.123`, `.123456`: to the millisecond.
std::optional<Millis> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return Millis{0};
  int value = 0;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 3) value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  for (; digits < 3; ++digits) value *= 10;
  return Millis{value};
}

std::optional<minutes> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return minutes{0};
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto h = take_number(text, 2);
  take(text, ':');
  const auto m = take_number(text, 2);
  if (!h || !m || *h > 14 || *m > 59) return std::nullopt;
  const minutes offset = hours{*h} + minutes{*m};
  return west ? -offset : offset;
}

std::optional<Millis> take_time(std::string_view& text) {
  const auto h = take_number(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || *m > 59) return std::nullopt;
  Millis time = hours{*h} + minutes{*m};
  if (take(text, ':')) {
    const auto s = take_number(text, 2);
    if (!s || *s > 59) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    time += seconds{*s} + *fraction;
  }
  return time;
}

std::optional<Instant> parse_iso(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return Instant{*date};
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return Instant{*date} + *time - *zone;
}

std::optional<Instant> parse_millis(std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return from_millis(ms);
}

}  // namespace

std::optional<Instant> parse_time(std::string_view text) {
  auto at = parse_millis(text);
  if (!at) at = parse_iso(text);
  if (!at || *at < Instant{} || *at > kLast) return std::nullopt;
  return at;
}

std::string to_date(Instant at) { return to_rfc3339(at).substr(0, 10); }

}  // namespace wayleave::sandbox
