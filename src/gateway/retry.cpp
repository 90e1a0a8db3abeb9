#include "gateway/retry.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/http1/head.hpp"

namespace wayleave::gateway {
namespace {

constexpr unsigned kRetriesMax = 5;
constexpr unsigned kTimeoutMaxSeconds = 600;
constexpr Millis kBackoffBase{200};
constexpr Millis kBackoffMax{10'000};

std::optional<unsigned> whole_number(std::string_view text, unsigned low, unsigned high) {
  const auto value = parse_number<unsigned>(text);
  return value && *value >= low && *value <= high ? value : std::nullopt;
}

}  // namespace

Result<CallPolicy> parse_call_policy(std::string_view timeout, std::string_view retries) {
  CallPolicy policy;
  if (!timeout.empty()) {
    const auto seconds = whole_number(timeout, 1, kTimeoutMaxSeconds);
    if (!seconds) return reject("Wayleave-Timeout", "must be whole seconds from 1 to 600");
    policy.timeout = std::chrono::seconds(*seconds);
  }
  if (!retries.empty()) {
    const auto count = whole_number(retries, 0, kRetriesMax);
    if (!count) return reject("Wayleave-Retries", "must be a whole number from 0 to 5");
    policy.retries = *count;
  }
  return policy;
}

std::optional<Millis> next_try_in(const CallPolicy& policy,
                                  std::string_view method,
                                  unsigned tries_made,
                                  const TryOutcome& outcome,
                                  Millis elapsed,
                                  double jitter) {
  if (tries_made > policy.retries) return std::nullopt;
  if (!outcome.untouched && !net::http1::is_idempotent(method)) return std::nullopt;
  const bool worth = outcome.status == 0 || outcome.status == 429 ||
                     (outcome.status >= 502 && outcome.status <= 504);
  if (!worth) return std::nullopt;
  const auto doubled = kBackoffBase * (1U << std::min(tries_made, 8U));
  auto wait = std::chrono::duration_cast<Millis>(std::min<Millis>(doubled, kBackoffMax) *
                                                 (0.5 + jitter / 2));
  if (const auto asked = whole_number(outcome.retry_after, 0, kTimeoutMaxSeconds)) {
    wait = std::max<Millis>(wait, std::chrono::seconds(*asked));
  }
  if (elapsed + wait >= policy.timeout) return std::nullopt;
  return wait;
}

}  // namespace wayleave::gateway
