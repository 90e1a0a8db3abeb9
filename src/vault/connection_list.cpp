#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "db/in_list.hpp"
#include "vault/connection.hpp"
#include "vault/connection_rows.hpp"
#include "vault/json_text.hpp"

namespace wayleave::vault {
namespace {

constexpr int kPageMax = 1'000;
/// So many of the newest are looked through before an index of names is asked: a short beginning,
/// which many have, is answered by them.
constexpr int kLookedThrough = 2'000;
constexpr int kSameAccountMax = 20;

/// A WHERE clause that is put together condition by condition.
class Where {
 public:
  void add(std::string_view before, db::Value value, std::string_view after = {}) {
    sql_ += sql_.empty() ? " WHERE " : " AND ";
    sql_ += before;
    sql_ += param(std::move(value));
    sql_ += after;
  }
  /// A condition of parts that have their parameters already.
  void add_fixed(std::string_view condition) {
    sql_ += sql_.empty() ? " WHERE " : " AND ";
    sql_ += condition;
  }
  /// `$n` for a value that is a parameter from now on.
  [[nodiscard]] std::string param(db::Value value) {
    params_.push_back(std::move(value));
    return "$" + std::to_string(params_.size());
  }
  [[nodiscard]] const std::string& sql() const { return sql_; }
  [[nodiscard]] std::vector<db::Value> take_params() { return std::move(params_); }

 private:
  std::string sql_;
  std::vector<db::Value> params_;
};

void add_after(Where& where, const ConnectionFilter& filter) {
  if (!filter.after) return;
  const std::string at = where.param(filter.after->created_at);
  const std::string id = where.param(filter.after->id);
  where.add_fixed("(created_at, id) " + std::string(filter.oldest_first ? "> (" : "< (") + at +
                  ", " + id + ")");
}

std::string order_of(const ConnectionFilter& filter) {
  return filter.oldest_first ? " ORDER BY created_at, id" : " ORDER BY created_at DESC, id DESC";
}

/// Exactly one index answers each question and has the rows in order. Columns that shall not lead
/// are named as expressions, which no index answers: a database without statistics guesses badly.
void add_lead(Where& where, const WorkspaceId& workspace, const ConnectionFilter& filter) {
  if (filter.app) {
    where.add("app = ", *filter.app);
    where.add("(workspace || '') = ", workspace);
  } else {
    where.add("workspace = ", workspace);
  }
  if (filter.user) {
    where.add("user_id = ", *filter.user);
    if (!filter.app) where.add("user_key = ", to_lower(*filter.user));
  }
  if (filter.state) {
    where.add(filter.user ? "(state || '') = " : "state = ", to_string(*filter.state));
  }
}

/// `column` begins with the text; both in lower case.
std::string begins(Where& where, std::string_view column, const std::string& text) {
  std::string condition = std::string(column) + " >= " + where.param(text);
  if (const auto end = after_prefix(text)) {
    condition += " AND " + std::string(column) + " < " + where.param(*end);
  }
  return condition;
}

std::vector<ConnectionPlace> places_of(const db::Rows& rows) {
  std::vector<ConnectionPlace> places;
  for (const auto& row : rows) places.push_back({row[0].time(), ConnectionId(row[1].text())});
  return places;
}

using Places = std::vector<ConnectionPlace>;

bool newer(const ConnectionPlace& a, const ConnectionPlace& b) {
  return std::tie(a.created_at, a.id) > std::tie(b.created_at, b.id);
}

/// Those among the newest that begin so.
Result<Places> look_through(db::Transaction& tx,
                            const WorkspaceId& workspace,
                            const ConnectionFilter& filter,
                            const std::string& text) {
  Where where;
  add_lead(where, workspace, filter);
  add_after(where, filter);
  std::string sql =
      "SELECT created_at, id FROM (SELECT created_at, id, user_key, account_key FROM "
      "connection" +
      where.sql() + order_of(filter) + " LIMIT " + std::to_string(kLookedThrough) +
      ") AS newest WHERE (";
  sql += begins(where, "user_key", text) + ") OR (";
  sql += begins(where, "account_key", text) + ")" + order_of(filter) + " LIMIT " +
         std::to_string(filter.limit);
  WL_TRY(const auto rows, tx.query(sql, where.take_params()));
  return places_of(rows);
}

/// Those whose `key` begins so, by the index of that column, which holds all that is asked.
Result<Places> look_up(db::Transaction& tx,
                       const WorkspaceId& workspace,
                       const ConnectionFilter& filter,
                       const std::string& text,
                       std::string_view key) {
  Where where;
  where.add("workspace = ", workspace);
  where.add_fixed(begins(where, key, text));
  if (key == "account_key") where.add_fixed("account_key <> ''");  // the condition of its index
  if (filter.app) where.add("(app || '') = ", *filter.app);
  if (filter.state) where.add("(state || '') = ", to_string(*filter.state));
  if (filter.user) where.add("user_id = ", *filter.user);
  add_after(where, filter);
  // An expression: the order shall not tempt the planner to walk through all that there are.
  const std::string sql = "SELECT created_at, id FROM connection" + where.sql() +
                          " ORDER BY created_at + 0 DESC, id DESC LIMIT " +
                          std::to_string(filter.limit);
  WL_TRY(const auto rows, tx.query(sql, where.take_params()));
  return places_of(rows);
}

Result<Places> search(db::Transaction& tx,
                      const WorkspaceId& workspace,
                      const ConnectionFilter& filter) {
  const std::string text = to_lower(filter.beginning);
  WL_TRY(auto found, look_through(tx, workspace, filter, text));
  if (found.size() >= static_cast<std::size_t>(filter.limit)) return found;
  WL_TRY(found, look_up(tx, workspace, filter, text, "user_key"));
  WL_TRY(const auto more, look_up(tx, workspace, filter, text, "account_key"));
  found.insert(found.end(), more.begin(), more.end());
  std::ranges::sort(found, newer);
  const auto twice = std::ranges::unique(found, {}, &ConnectionPlace::id);
  found.erase(twice.begin(), twice.end());
  found.resize(std::min(found.size(), static_cast<std::size_t>(filter.limit)));
  return found;
}

/// The connections at these places, in their order.
Result<std::vector<Connection>> fetch(db::Transaction& tx, const Places& places) {
  std::vector<Connection> found;
  if (places.empty()) return found;
  std::vector<ConnectionId> ids;
  for (const auto& place : places) ids.push_back(place.id);
  std::vector<db::Value> params;
  const std::string list = db::in_list(params, ids);
  WL_TRY(const auto rows,
         tx.query(select_connection() + "WHERE id IN (" + list + ")", std::move(params)));
  for (const auto& row : rows) found.push_back(read_connection(row));
  std::ranges::sort(found, [](const Connection& a, const Connection& b) {
    return newer(place_of(a), place_of(b));
  });
  return found;
}

StateCounts counts_of(const db::Rows& rows) {
  StateCounts counts;
  for (const auto& row : rows) {
    counts[parse_state(row[0].text()).value_or(State::Revoked)] += row[1].integer();
  }
  return counts;
}

}  // namespace

const std::string& select_connection() {
  static const std::string sql =
      "SELECT id, workspace, app, user_id, state, state_reason, external_account, granted_scopes, "
      "missing_scopes, metadata, created_at, updated_at, expires_at, life_seconds, refreshed_at, "
      "CASE WHEN refresh_token IS NULL THEN 0 ELSE 1 END, version FROM connection ";
  return sql;
}

Connection read_connection(const db::Row& row) {
  Connection connection;
  connection.id = ConnectionId{row[0].text()};
  connection.workspace = WorkspaceId{row[1].text()};
  connection.app = AppId{row[2].text()};
  connection.user = row[3].text();
  // A state of a newer version grants nothing.
  connection.state = parse_state(row[4].text()).value_or(State::Revoked);
  connection.state_reason = row[5].text();
  connection.external_account = row[6].text();
  connection.granted_scopes = list_from_json(row[7].text());
  connection.missing_scopes = list_from_json(row[8].text());
  connection.metadata = map_from_json(row[9].text());
  connection.created_at = row[10].time();
  connection.updated_at = row[11].time();
  connection.expires_at = row[12].optional_time();
  if (!row[13].is_null()) connection.life = std::chrono::seconds{row[13].integer()};
  connection.refreshed_at = row[14].optional_time();
  connection.has_refresh_token = row[15].boolean();
  connection.version = row[16].integer();
  return connection;
}

Result<StateCounts> count_connections(db::Transaction& tx) {
  WL_TRY(const auto rows, tx.query("SELECT state, count(*) FROM connection GROUP BY state"));
  return counts_of(rows);
}

Result<StateCounts> Connections::count(db::Transaction& tx,
                                       const WorkspaceId& workspace,
                                       const std::optional<AppId>& app) const {
  Where where;
  if (app) {
    where.add("app = ", *app);
  } else {
    where.add("workspace = ", workspace);
  }
  WL_TRY(const auto rows,
         tx.query("SELECT state, count(*) FROM connection" + where.sql() + " GROUP BY state",
                  where.take_params()));
  return counts_of(rows);
}

Result<std::vector<std::string>> Connections::users_of_account(db::Transaction& tx,
                                                               const Connection& connection) const {
  std::vector users{connection.user};
  if (connection.external_account.empty()) return users;
  WL_TRY(const auto rows,
         tx.query("SELECT user_id FROM connection WHERE workspace = $1 AND account_key = $2 AND "
                  "account_key <> '' AND external_account = $3 AND (app || '') = $4 AND id <> $5 "
                  "LIMIT " +
                      std::to_string(kSameAccountMax),
                  {connection.workspace,
                   to_lower(connection.external_account),
                   connection.external_account,
                   connection.app,
                   connection.id}));
  for (const auto& row : rows) users.push_back(row[0].text());
  return users;
}

Result<std::vector<Connection>> Connections::list(db::Transaction& tx,
                                                  const WorkspaceId& workspace,
                                                  const ConnectionFilter& wanted) const {
  ConnectionFilter filter = wanted;
  filter.limit = std::clamp(filter.limit, 1, kPageMax);
  if (!filter.beginning.empty()) {
    WL_TRY(const auto places, search(tx, workspace, filter));
    return fetch(tx, places);
  }
  Where where;
  add_lead(where, workspace, filter);
  add_after(where, filter);
  WL_TRY(const auto rows,
         tx.query(select_connection() + where.sql() + order_of(filter) + " LIMIT " +
                      std::to_string(filter.limit),
                  where.take_params()));
  std::vector<Connection> connections;
  connections.reserve(rows.size());
  for (const auto& row : rows) connections.push_back(read_connection(row));
  return connections;
}

}  // namespace wayleave::vault
