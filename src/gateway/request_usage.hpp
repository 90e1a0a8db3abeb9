#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

// What the request log tells about connections. It is a bounded sample (docs/decisions/0022): under
// heavy load it knows of fewer calls than there were.
namespace wayleave::gateway {

/// A connection as the log knows it.
struct LoggedConnection {
  ConnectionId id;
  WorkspaceId workspace;
  std::string app;  ///< slug
  std::string user;
  Instant since;  ///< when it was made: what is older is another one's of the same user
};

/// When the last call of each ended; of those that the log knows one of. All of one workspace.
[[nodiscard]] Result<std::map<ConnectionId, Instant>> last_calls(
    db::Transaction& tx, const std::vector<LoggedConnection>& connections);

/// Calls that ended since then.
struct CallCounts {
  std::int64_t total = 0;
  std::int64_t failed = 0;  ///< answered 400 or above, or not whole
  bool partial = false;     ///< there are more: only the newest 100,000 were counted
};
[[nodiscard]] Result<CallCounts> count_calls(db::Transaction& tx,
                                             const LoggedConnection& connection,
                                             Instant since);

/// A call as a rate limit sees it.
struct SentCall {
  Instant ended;
  std::string path;
  std::int64_t attempts = 0;
};
/// What was sent since then: for these users of an app, or for all of its users when none is named.
/// Newest first, at most 20,000.
[[nodiscard]] Result<std::vector<SentCall>> sent_calls(db::Transaction& tx,
                                                       const WorkspaceId& workspace,
                                                       const std::string& app,
                                                       const std::vector<std::string>& users,
                                                       Instant since);

}  // namespace wayleave::gateway
