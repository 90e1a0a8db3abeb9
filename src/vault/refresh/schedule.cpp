#include "vault/refresh/schedule.hpp"

#include <algorithm>

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

constexpr Millis kPauseMin = 30s;  // TK-20
constexpr Millis kPauseMax = 1h;
/// A token that lives for less is refreshed when it is used: it would die before somebody does.
constexpr std::chrono::seconds kAheadLifeMin = 10s;
constexpr int kDoublingsMax = 8;

Millis part(Millis whole, double share) {
  return Millis{static_cast<Millis::rep>(static_cast<double>(whole.count()) * share)};
}

}  // namespace

std::optional<Instant> next_due(const TokenAge& age,
                                const provider::RefreshRules& rules,
                                bool ahead,
                                Instant stored_at,
                                double spread) {
  std::optional<Instant> due;
  if (ahead && age.expires_at && age.life.value_or(kAheadLifeMin) >= kAheadLifeMin) {
    const Instant late = *refresh_due_at(age, rules.lead);
    due = late - part(*age.expires_at - late, spread / 2);
  }
  if (rules.idle_ttl) {
    // Between six and eight tenths of the time the grant would live unused.
    const Instant idle = stored_at + part(*rules.idle_ttl, 0.6 + 0.2 * spread);
    due = due ? std::min(*due, idle) : idle;
  }
  return due;
}

Millis back_off(std::int64_t tries,
                std::optional<std::chrono::seconds> retry_after,
                double spread) {
  const auto doublings = std::clamp<std::int64_t>(tries, 0, kDoublingsMax);
  const Millis ceiling = std::min(kPauseMax, kPauseMin * (std::int64_t{1} << doublings));
  const Millis jittered = std::max(kPauseMin, part(ceiling, spread));
  if (!retry_after) return jittered;
  const Millis asked = std::min<Millis>(*retry_after, kRetryAfterMax);
  return std::max(jittered, asked + part(kPauseMin, spread));
}

Millis unknown_pause(const provider::RefreshRules& rules) {
  if (rules.grace.count() == 0) return kPauseMin;
  return std::clamp<Millis>(rules.grace / 2, 1s, kPauseMin);
}

}  // namespace wayleave::vault
