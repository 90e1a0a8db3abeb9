#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "gateway/request_store.hpp"
#include "gateway/request_summary.hpp"

// The table `request_minute`: how many calls of each app, and of all, were stored that ended in
// each minute, how many of them failed and how long they took. It answers what would need a look at
// every row.
namespace wayleave::gateway {

/// Counts them in the caller's transaction; together with storing them.
[[nodiscard]] Result<> count_minutes(db::Transaction& tx, std::span<const DatedRequest> requests);

/// The whole minutes that touch the time of the filter, in stretches of at least a minute. Of the
/// filter only app, since and until matter. p50 and p95 are estimates within the bounds of the
/// durations.
[[nodiscard]] Result<RequestSummary> summarize_minutes(db::Transaction& tx,
                                                       const WorkspaceId& workspace,
                                                       const RequestFilter& filter);

/// Whether there are minutes that ended before.
[[nodiscard]] Result<bool> has_minutes_before(db::Transaction& tx, Instant oldest);
/// Deletes about so many of them, the oldest first.
[[nodiscard]] Result<> delete_minutes_before(db::Transaction& tx,
                                             Instant oldest,
                                             std::int64_t limit);

/// The table, filled from the calls that are stored.
[[nodiscard]] db::Migration minutes_migration(int number);

/// An estimate of the value that so many of 100 calls do not exceed, from how they lie between the
/// bounds. Pure; nullopt when there are none.
[[nodiscard]] std::optional<std::int64_t> estimate_quantile(const DurationCounts& counts,
                                                            int percent);

}  // namespace wayleave::gateway
