#pragma once

#include <string_view>
#include <vector>

#include "access/audit.hpp"
#include "access/audit_chain.hpp"

namespace wayleave::access {

// Reading the trail as it is stored, whatever workspace it is about. For this room only.

inline constexpr std::string_view kAuditColumns =
    "sequence, at, workspace, actor_kind, actor_id, actor_address, actor_name, action, target, "
    "detail, hash";
inline constexpr int kTrailRowsAtOnce = 1'000;

/// From the columns above.
[[nodiscard]] AuditRecord read_audit_row(const db::Row& row);
[[nodiscard]] Result<TrailHead> read_trail_head(db::Transaction& tx);
/// At most `kTrailRowsAtOnce` records by number, `after` excluded and `until` included.
[[nodiscard]] Result<std::vector<AuditRecord>> read_trail(db::Transaction& tx,
                                                          std::int64_t after,
                                                          std::int64_t until);

}  // namespace wayleave::access
