#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::access {

inline constexpr std::chrono::minutes kSsoFlowLife{10};
inline constexpr std::int64_t kSsoFlowsMax = 10'000;

/// Sign-ins on their way to the identity provider and back: the digest of `state`, which works
/// once.
class SsoFlows {
 public:
  /// `rate_limited` when there are too many.
  [[nodiscard]] static Result<> begin(db::Transaction& tx,
                                      std::string_view state,
                                      std::string_view return_to,
                                      Instant now);
  /// Where the browser goes afterwards; `not_found` for what is unknown, spent or too old.
  [[nodiscard]] static Result<std::string> spend(db::Transaction& tx,
                                                 std::string_view state,
                                                 Instant now);
};

}  // namespace wayleave::access
