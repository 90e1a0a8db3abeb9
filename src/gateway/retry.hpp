#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace wayleave::gateway {

/// What the caller asks of one call by `Wayleave-Timeout` and `Wayleave-Retries`.
struct CallPolicy {
  Millis timeout{60'000};  ///< for the whole call, waits between tries included
  unsigned retries = 0;    ///< further tries, 0 to 5
};
/// Empty texts give the defaults; errors name the field.
[[nodiscard]] Result<CallPolicy> parse_call_policy(std::string_view timeout,
                                                   std::string_view retries);

/// What one try came to.
struct TryOutcome {
  int status = 0;          ///< the provider's, 0: no answer came
  bool untouched = false;  ///< no byte of the request reached the provider
  std::string_view retry_after = {};
};

/// How long to wait before the next try; nullopt: none. Only idempotent methods are tried again, or
/// any method of which nothing was sent (HT-22); only 429, 502, 503, 504 or no answer; Retry-After
/// is obeyed; never past the deadline. `jitter` in [0, 1) spreads the back-off of 0.2 s · 2^tries.
[[nodiscard]] std::optional<Millis> next_try_in(const CallPolicy& policy,
                                                std::string_view method,
                                                unsigned tries_made,
                                                const TryOutcome& outcome,
                                                Millis elapsed,
                                                double jitter);

}  // namespace wayleave::gateway
