#include "sandbox/limiter.hpp"

#include "sandbox/limits.hpp"

namespace wayleave::sandbox {
namespace {

constexpr Millis kIdle{60'000};

std::int64_t day_number(std::chrono::minutes utc_offset, Instant now) {
  return std::chrono::floor<std::chrono::days>(now + utc_offset).time_since_epoch().count();
}

}  // namespace

void Limiter::forget_idle(Instant now) {
  std::erase_if(windows_, [&](const auto& entry) {
    return entry.second.empty() || entry.second.back() + kIdle < now;
  });
}

Limiter::Verdict Limiter::admit(std::string_view key, int limit, Millis window, Instant now) {
  if (limit <= 0) return {};
  if (windows_.size() >= kWindowsMax) forget_idle(now);
  auto& calls = windows_[std::string(key)];
  while (!calls.empty() && calls.front() + window <= now) calls.pop_front();
  const auto max = static_cast<std::size_t>(limit);
  if (calls.size() >= max) return {false, 0};
  calls.push_back(now);
  return {true, static_cast<int>(max - calls.size())};
}

Limiter::Verdict Limiter::admit_daily(std::string_view key,
                                      int limit,
                                      std::chrono::minutes utc_offset,
                                      Instant now) {
  Day& day = days_[std::string(key)];
  const std::int64_t today = day_number(utc_offset, now);
  if (day.number != today) day = {today, 0};
  if (limit > 0 && day.calls >= limit) return {false, 0};
  ++day.calls;
  return {true, limit > 0 ? limit - day.calls : 0};
}

int Limiter::used_today(std::string_view key, std::chrono::minutes utc_offset, Instant now) const {
  const auto at = days_.find(std::string(key));
  if (at == days_.end() || at->second.number != day_number(utc_offset, now)) return 0;
  return at->second.calls;
}

}  // namespace wayleave::sandbox
