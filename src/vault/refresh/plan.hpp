#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"
#include "oauth/token_response.hpp"
#include "vault/connection.hpp"

namespace wayleave::vault {

/// The facts a refresh decision rests on.
struct TokenAge {
  std::optional<Instant> expires_at;         ///< missing: not known, refresh only on a 401 (TK-14)
  std::optional<std::chrono::seconds> life;  ///< of the access token when issued
};

/// When an access token should be refreshed ahead of its expiry: `lead` when the provider sets one,
/// else a tenth of its life, at least 5 s and at most 5 min, never more than half of the life, so
/// that a five-minute token is not refreshed on every call (TK-15).
[[nodiscard]] std::optional<Instant> refresh_due_at(const TokenAge& age,
                                                    std::optional<std::chrono::seconds> lead);

/// What to do with a token for a call at `now`.
enum class TokenUse {
  Use,            ///< fresh
  UseAndRefresh,  ///< still valid, due: a failed refresh does not fail the call (TK-19)
  RefreshFirst,   ///< expired
};
[[nodiscard]] TokenUse token_use(const TokenAge& age,
                                 std::optional<std::chrono::seconds> lead,
                                 Instant now);

/// What a refresh outcome does to a connection. Never deletes anything (TK-10).
enum class Verdict {
  Store,            ///< new tokens
  KeepAndCoolDown,  ///< transient: old tokens stay, no new try for a while (TK-20)
  Reauthorize,      ///< terminal
  AppBroken,        ///< the app's client is refused: stop its loop, condemn no connection (TK-11)
};
[[nodiscard]] Verdict judge(const oauth::TokenOutcome& outcome);

}  // namespace wayleave::vault
