#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace wayleave::oauth {

/// What the provider says about a token (RFC 7662 section 2.2). Of an inactive token nothing else
/// is known.
struct Introspection {
  bool active = false;
  std::string client_id;  ///< empty: not told
  std::optional<std::vector<std::string>> scopes;
  std::optional<Instant> expires_at;  ///< from `exp`, or from `expires_in` counted from `now`
  /// Further top-level scalars as text (`hub_id`, `user`, `sub` …), tokens excluded; bounded like
  /// TokenSet::extra.
  std::map<std::string, std::string> extra;
};

/// Reads an introspection answer as strictly as a token answer. `upstream_invalid` when it is not
/// one; kind Retry for a status other than 200.
[[nodiscard]] Result<Introspection> read_introspection(int status,
                                                       std::string_view body,
                                                       Instant now);

}  // namespace wayleave::oauth
