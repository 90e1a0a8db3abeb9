#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::access {

/// Who did something: a key, the command line, or the gateway itself.
struct Actor {
  std::string kind;  ///< `key`, `cli`, `system`, `browser`
  std::string id;
  std::string address;  ///< peer address, empty for cli and system
};

/// One line of the audit trail (LG-02). No secrets; `detail` is a JSON object.
struct AuditRecord {
  std::int64_t sequence = 0;
  Instant at;
  WorkspaceId workspace;
  Actor actor;
  std::string action;  ///< `key.created`, `connection.connected`, `token.revealed` …
  std::string target;
  std::string detail = "{}";
};

/// Appends in the caller's transaction, so that an effect is never without its record (LG-03).
[[nodiscard]] Result<> append_audit(db::Transaction& tx, const AuditRecord& record);
/// Newest first, before that number (0: from the newest on).
[[nodiscard]] Result<std::vector<AuditRecord>> list_audit(db::Transaction& tx,
                                                          const WorkspaceId& workspace,
                                                          std::int64_t before_sequence,
                                                          int limit);

}  // namespace wayleave::access
