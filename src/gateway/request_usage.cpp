#include "gateway/request_usage.hpp"

#include <algorithm>

#include "db/in_list.hpp"
#include "gateway/request_conditions.hpp"

namespace wayleave::gateway {
namespace {

constexpr std::int64_t kCountedMax = 100'000;

/// `($2, $3), ($4, $5), …` of users and apps, filled up as db::in_list does.
std::string callers(std::vector<db::Value>& params,
                    const std::vector<LoggedConnection>& connections) {
  std::size_t length = 1;
  while (length < connections.size()) length *= 4;
  std::string list;
  for (std::size_t i = 0; i < length; ++i) {
    const auto& each = connections[std::min(i, connections.size() - 1)];
    params.emplace_back(each.user);
    params.emplace_back(each.app);
    if (i > 0) list += ", ";
    list += "($" + std::to_string(params.size() - 1) + ", $" + std::to_string(params.size()) + ")";
  }
  return list;
}

}  // namespace

Result<std::map<ConnectionId, Instant>> last_calls(
    db::Transaction& tx, const std::vector<LoggedConnection>& connections) {
  std::map<ConnectionId, Instant> last;
  if (connections.empty()) return last;
  std::vector<db::Value> params{connections.front().workspace};
  const std::string values = callers(params, connections);
  // One descent of the index each: a grouping would go through all their calls.
  WL_TRY(const auto rows,
         tx.query("SELECT connection, id FROM request_log WHERE id IN (SELECT (SELECT max(r.id) "
                  "FROM request_log r WHERE r.workspace = $1 AND r.user_id = c.column1 AND "
                  "r.app = c.column2) FROM (VALUES " +
                      values + ") AS c)",
                  std::move(params)));
  for (const auto& row : rows) {
    const ConnectionId id(row[0].text());
    const bool asked = std::ranges::find(connections, id, &LoggedConnection::id) !=
                       connections.end();  // and not an earlier one of the same user
    if (asked) last[id] = ended_at(row[1].integer());
  }
  return last;
}

Result<CallCounts> count_calls(db::Transaction& tx,
                               const LoggedConnection& connection,
                               Instant since) {
  const Instant from = std::max(since, connection.since);
  WL_TRY(const auto row,
         tx.query_one("SELECT count(*), count(CASE WHEN class = 0 OR class >= 4 OR cut <> 0 THEN 1 "
                      "END) FROM (SELECT class, cut FROM request_log WHERE workspace = $1 AND "
                      "user_id = $2 AND app = $3 AND id >= $4 ORDER BY id DESC LIMIT $5) AS newest",
                      {connection.workspace,
                       connection.user,
                       connection.app,
                       first_id_at(from),
                       kCountedMax + 1}));
  if (!row) return internal("a count gave no row");
  CallCounts counts{(*row)[0].integer(), (*row)[1].integer()};
  counts.partial = counts.total > kCountedMax;
  return counts;
}

Result<std::vector<SentCall>> sent_calls(db::Transaction& tx,
                                         const WorkspaceId& workspace,
                                         const std::string& app,
                                         const std::vector<std::string>& users,
                                         Instant since) {
  std::vector<db::Value> params{workspace, app, first_id_at(since)};
  std::string where = "workspace = $1 AND app = $2 AND id >= $3";
  // Of some users in no order that an index has, so that theirs is asked and not the app's.
  std::string order = "id";
  if (!users.empty()) {
    where += " AND user_id IN (" + db::in_list(params, users) + ")";
    order += " + 0";
  }
  WL_TRY(const auto rows,
         tx.query("SELECT id, path, attempts FROM request_log WHERE " + where + " ORDER BY " +
                      order + " DESC LIMIT " + std::to_string(kRequestsLookedAt),
                  std::move(params)));
  std::vector<SentCall> sent;
  sent.reserve(rows.size());
  for (const auto& row : rows) {
    sent.push_back({ended_at(row[0].integer()), row[1].text(), row[2].integer()});
  }
  return sent;
}

}  // namespace wayleave::gateway
