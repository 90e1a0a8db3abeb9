#include "access/audit.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "access/audit_chain.hpp"
#include "access/audit_rows.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kDetailBytesMax = 64 * 1024;

/// One row serialises the writers, so that numbers have no gaps and a later record never gets an
/// earlier number; it also holds the hash that the next record is linked to.
struct Last {
  std::int64_t sequence = 0;
  std::string hash;
};

Result<Last> next_number(db::Transaction& tx) {
  WL_TRY(const auto row,
         tx.query_one("INSERT INTO audit_counter (name, value) VALUES ('audit', 1) "
                      "ON CONFLICT (name) DO UPDATE SET value = audit_counter.value + 1 "
                      "RETURNING value, hash"));
  if (!row) return internal("the audit counter gave no number");
  Last last{(*row)[0].integer(), (*row)[1].blob()};
  if (last.hash.empty()) last.hash = chain_start();
  return last;
}

/// `key.` of `key.created`.
std::string_view area_of(std::string_view action) {
  const auto dot = action.find('.');
  return dot == std::string_view::npos ? action : action.substr(0, dot + 1);
}

}  // namespace

std::string change_detail(std::string_view before, std::string_view after) {
  return fmt::format(R"({{"before":{},"after":{}}})", before, after);
}

std::string change_detail(std::string_view before, std::string_view after, std::string_view more) {
  if (more.size() <= 2) return change_detail(before, after);
  return fmt::format(
      R"({},"before":{},"after":{}}})", more.substr(0, more.size() - 1), before, after);
}

Result<> append_audit(db::Transaction& tx, const AuditRecord& record) {
  if (record.action.empty() || record.detail.size() > kDetailBytesMax) {
    return internal("an audit record needs an action and at most 64 KiB of detail");
  }
  WL_TRY(const auto last, next_number(tx));
  AuditRecord numbered = record;
  numbered.sequence = last.sequence;
  const db::Blob hash{chain_hash(last.hash, numbered)};
  WL_CHECK(
      tx.execute("INSERT INTO audit (sequence, at, workspace, actor_kind, actor_id, actor_address, "
                 "actor_name, action, area, target, detail, hash) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                 {last.sequence,
                  record.at,
                  record.workspace,
                  record.actor.kind,
                  record.actor.id,
                  record.actor.address,
                  record.actor.name,
                  record.action,
                  area_of(record.action),
                  record.target,
                  record.detail,
                  hash}));
  WL_CHECK(tx.execute("UPDATE audit_counter SET hash = $1 WHERE name = 'audit'", {hash}));
  return {};
}

AuditRecord read_audit_row(const db::Row& row) {
  AuditRecord record;
  record.sequence = row[0].integer();
  record.at = row[1].time();
  record.workspace = WorkspaceId{row[2].text()};
  record.actor = {row[3].text(), row[4].text(), row[5].text(), row[6].text()};
  record.action = row[7].text();
  record.target = row[8].text();
  record.detail = row[9].text();
  record.hash = row[10].blob();
  return record;
}

Result<TrailHead> read_trail_head(db::Transaction& tx) {
  TrailHead head;
  WL_TRY(const auto counter,
         tx.query_one("SELECT value, hash FROM audit_counter WHERE name = 'audit'"));
  if (counter) {
    head.sequence = (*counter)[0].integer();
    head.hash = (*counter)[1].blob();
  }
  WL_TRY(const auto last, tx.query_one("SELECT max(sequence) FROM audit"));
  if (last) head.last = (*last)[0].integer();
  return head;
}

Result<std::vector<AuditRecord>> read_trail(db::Transaction& tx,
                                            std::int64_t after,
                                            std::int64_t until) {
  WL_TRY(const auto rows,
         tx.query(fmt::format("SELECT {} FROM audit WHERE sequence > $1 AND sequence <= $2 "
                              "ORDER BY sequence LIMIT {}",
                              kAuditColumns,
                              kTrailRowsAtOnce),
                  {after, until}));
  std::vector<AuditRecord> records;
  records.reserve(rows.size());
  for (const auto& row : rows) records.push_back(read_audit_row(row));
  return records;
}

}  // namespace wayleave::access
