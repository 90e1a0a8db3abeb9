#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::vault {

/// How one refresh came out, for people who look at a connection. Decides nothing.
struct PastRefresh {
  enum class Outcome {
    Stored,    ///< new tokens
    Failed,    ///< the refresh token was not spent and is tried again
    Unknown,   ///< the answer was lost or makes no sense
    Rejected,  ///< the provider does not take the refresh token any more
  };
  Instant at;
  Outcome outcome = Outcome::Stored;
  std::string reason;  ///< why it was not stored: the provider's code, or what went wrong instead
};
/// `stored`, `failed`, `unknown`, `rejected`.
[[nodiscard]] std::string_view to_string(PastRefresh::Outcome outcome);

/// How many are told, the newest first.
inline constexpr std::size_t kPastRefreshesMax = 8;

/// The texts they are kept in: a line each, behind which older lines follow. What is not such a
/// line is left out.
[[nodiscard]] std::string write_past(const PastRefresh& past);
[[nodiscard]] std::vector<PastRefresh> read_past(std::string_view lines);

/// Puts it in front of the others, in the row that the lease was written in.
[[nodiscard]] Result<> note_past(db::Transaction& tx,
                                 const ConnectionId& connection,
                                 const PastRefresh& past);
[[nodiscard]] Result<std::vector<PastRefresh>> past_refreshes(db::Transaction& tx,
                                                              const ConnectionId& connection);

}  // namespace wayleave::vault
