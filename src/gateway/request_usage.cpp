#include "gateway/request_usage.hpp"

#include "db/in_list.hpp"
#include "gateway/request_conditions.hpp"

namespace wayleave::gateway {
namespace {

constexpr std::int64_t kCountedMax = 100'000;

Result<std::vector<SentCall>> read_sent(db::Transaction& tx,
                                        const std::string& where,
                                        std::vector<db::Value> params) {
  WL_TRY(const auto rows,
         tx.query("SELECT id, path, attempts FROM request_log WHERE " + where +
                      " ORDER BY id DESC LIMIT " + std::to_string(kRequestsLookedAt),
                  std::move(params)));
  std::vector<SentCall> sent;
  sent.reserve(rows.size());
  for (const auto& row : rows) {
    sent.push_back({ended_at(row[0].integer()), row[1].text(), row[2].integer()});
  }
  return sent;
}

}  // namespace

Result<std::map<ConnectionId, Instant>> last_calls(db::Transaction& tx,
                                                   const std::vector<ConnectionId>& connections) {
  std::map<ConnectionId, Instant> last;
  if (connections.empty()) return last;
  std::vector<db::Value> params;
  const std::string values = db::in_list(params, connections, "), (");
  // One descent of the index each: a grouping would go through all their calls.
  WL_TRY(const auto rows,
         tx.query("SELECT c.column1, (SELECT max(r.id) FROM request_log r WHERE r.connection = "
                  "c.column1) FROM (VALUES (" +
                      values + ")) AS c",
                  std::move(params)));
  for (const auto& row : rows) {
    if (!row[1].is_null()) last[ConnectionId(row[0].text())] = ended_at(row[1].integer());
  }
  return last;
}

Result<CallCounts> count_calls(db::Transaction& tx, const ConnectionId& connection, Instant since) {
  WL_TRY(const auto row,
         tx.query_one("SELECT count(*), count(CASE WHEN class = 0 OR class >= 4 OR cut <> 0 THEN 1 "
                      "END) FROM (SELECT class, cut FROM request_log WHERE connection = $1 AND "
                      "id >= $2 ORDER BY id DESC LIMIT $3) AS newest",
                      {connection, first_id_at(since), kCountedMax + 1}));
  if (!row) return internal("a count gave no row");
  CallCounts counts{(*row)[0].integer(), (*row)[1].integer()};
  counts.partial = counts.total > kCountedMax;
  return counts;
}

Result<std::vector<SentCall>> sent_calls(db::Transaction& tx,
                                         const std::vector<ConnectionId>& connections,
                                         Instant since) {
  if (connections.empty()) return std::vector<SentCall>{};
  std::vector<db::Value> params{first_id_at(since)};
  const std::string list = db::in_list(params, connections);
  return read_sent(tx, "id >= $1 AND connection IN (" + list + ")", std::move(params));
}

Result<std::vector<SentCall>> sent_calls(db::Transaction& tx,
                                         const WorkspaceId& workspace,
                                         const std::string& app,
                                         Instant since) {
  return read_sent(
      tx, "workspace = $1 AND app = $2 AND id >= $3", {workspace, app, first_id_at(since)});
}

}  // namespace wayleave::gateway
