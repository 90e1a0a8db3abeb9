#include "access/audit.hpp"

#include <algorithm>
#include <limits>

namespace wayleave::access {
namespace {

constexpr std::size_t kDetailBytesMax = 16 * 1024;
constexpr int kPageMax = 1'000;

/// One row serialises the writers, so that numbers have no gaps and a later record never gets an
/// earlier number.
Result<std::int64_t> next_sequence(db::Transaction& tx) {
  WL_TRY(const auto row,
         tx.query_one("INSERT INTO audit_counter (name, value) VALUES ('audit', 1) "
                      "ON CONFLICT (name) DO UPDATE SET value = audit_counter.value + 1 "
                      "RETURNING value"));
  if (!row) return internal("the audit counter gave no number");
  return (*row)[0].integer();
}

AuditRecord read_record(const db::Row& row) {
  AuditRecord record;
  record.sequence = row[0].integer();
  record.at = row[1].time();
  record.workspace = WorkspaceId{row[2].text()};
  record.actor = {row[3].text(), row[4].text(), row[5].text()};
  record.action = row[6].text();
  record.target = row[7].text();
  record.detail = row[8].text();
  return record;
}

}  // namespace

Result<> append_audit(db::Transaction& tx, const AuditRecord& record) {
  if (record.action.empty() || record.detail.size() > kDetailBytesMax) {
    return internal("an audit record needs an action and at most 16 KiB of detail");
  }
  WL_TRY(const auto sequence, next_sequence(tx));
  WL_CHECK(tx.execute(
      "INSERT INTO audit (sequence, at, workspace, actor_kind, actor_id, actor_address, action, "
      "target, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {sequence,
       record.at,
       record.workspace,
       record.actor.kind,
       record.actor.id,
       record.actor.address,
       record.action,
       record.target,
       record.detail}));
  return {};
}

Result<std::vector<AuditRecord>> list_audit(db::Transaction& tx,
                                            const WorkspaceId& workspace,
                                            std::int64_t before_sequence,
                                            int limit) {
  const auto before =
      before_sequence > 0 ? before_sequence : std::numeric_limits<std::int64_t>::max();
  WL_TRY(const auto rows,
         tx.query("SELECT sequence, at, workspace, actor_kind, actor_id, actor_address, action, "
                  "target, detail FROM audit WHERE workspace = $1 AND sequence < $2 "
                  "ORDER BY sequence DESC LIMIT $3",
                  {workspace, before, std::clamp(limit, 1, kPageMax)}));
  std::vector<AuditRecord> records;
  records.reserve(rows.size());
  for (const auto& row : rows) records.push_back(read_record(row));
  return records;
}

}  // namespace wayleave::access
