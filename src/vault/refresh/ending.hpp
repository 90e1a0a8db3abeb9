#pragma once

#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "vault/connection.hpp"

namespace wayleave::vault {

/// So many days before a grant ends is its company told, once each: the user has to connect again
/// whatever we do (TK-22).
inline constexpr int kWarningDays[] = {14, 7, 1};

/// The warning that is due for a grant that ends then, the last one having been `warned`.
[[nodiscard]] std::optional<int> warning_due(Instant dies_at,
                                             std::optional<std::int64_t> warned,
                                             Instant now);

struct Warning {
  Connection connection;
  Instant dies_at;
  int days = 0;
};
/// Records the warnings that are due (`connection.expiring` in the audit), at most `limit`.
[[nodiscard]] Result<std::vector<Warning>> warn_of_ends(db::Transaction& tx,
                                                        const Connections& connections,
                                                        Instant now,
                                                        int limit);

}  // namespace wayleave::vault
