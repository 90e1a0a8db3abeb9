#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "provider/provider.hpp"
#include "vault/refresh/plan.hpp"

namespace wayleave::vault {

/// However long a provider asks to be left alone.
inline constexpr Millis kRetryAfterMax = std::chrono::hours{1};

/// When the scheduler should refresh tokens that were stored at `stored_at`: within the lead before
/// they are due when `ahead`, and in any case well before an unused grant dies (TK-21). `spread`,
/// in [0, 1), scatters those that were stored together (TK-18). nullopt: never.
[[nodiscard]] std::optional<Instant> next_due(const TokenAge& age,
                                              const provider::RefreshRules& rules,
                                              bool ahead,
                                              Instant stored_at,
                                              double spread);

/// How long to leave a connection alone after its `tries`-th failure in a row: exponential with
/// full jitter, 30 s to an hour; at least what the provider asked for (TK-18).
[[nodiscard]] Millis back_off(std::int64_t tries,
                              std::optional<std::chrono::seconds> retry_after,
                              double spread);

/// How long to wait before asking again for an answer that was lost: well within the time in which
/// the provider would repeat it (TK-07).
[[nodiscard]] Millis unknown_pause(const provider::RefreshRules& rules);

}  // namespace wayleave::vault
