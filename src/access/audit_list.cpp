#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "access/audit.hpp"
#include "access/audit_rows.hpp"
#include "base/text.hpp"

namespace wayleave::access {
namespace {

constexpr int kPageMax = 1'000;

/// Conditions of a query with their parameters.
class Conditions {
 public:
  /// `condition` has a `?` for each of the values.
  void add(std::string condition, std::vector<db::Value> values) {
    parts_.push_back({std::move(condition), std::move(values)});
  }
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  /// The SQL; what it refers to is added to `params`.
  [[nodiscard]] std::string write(std::vector<db::Value>& params) const {
    std::string sql;
    for (const auto& [condition, values] : parts_) {
      if (!sql.empty()) sql += " AND ";
      auto value = values.begin();
      for (const char c : condition) {
        if (c != '?') {
          sql += c;
          continue;
        }
        params.push_back(*value++);
        sql += '$' + std::to_string(params.size());
      }
    }
    return sql;
  }

 private:
  std::vector<std::pair<std::string, std::vector<db::Value>>> parts_;
};

/// For LIKE with ESCAPE '\'.
std::string containing(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += to_lower(c);
  }
  return pattern + "%";
}

/// Which of the filters goes through an index, one at most besides the time; the others are looked
/// for among what that gives. So each query's cost is bounded, whatever the planner knows.
struct Split {
  Conditions near;
  Conditions rest;
};

/// A whole area is meant by a dot at the end.
void add_action(Conditions& where, const std::string& action) {
  if (!action.ends_with('.')) {
    where.add("action = ?", {action});
  } else if (action.find('.') == action.size() - 1) {
    where.add("area = ?", {action});
  } else {
    where.add(fmt::format("substr(action, 1, {}) = ?", action.size()), {action});
  }
}

/// An id looks like `key_…`; those without one act in the gateway's own name.
void add_actor(Conditions& near, Conditions& rest, const std::string& actor) {
  if (actor == "cli" || actor == "system" || actor == "browser") {
    near.add("actor_id = ?", {""});
    rest.add("actor_kind = ?", {actor});
  } else if (actor == "key" || actor == "member") {
    rest.add("actor_kind = ?", {actor});
  } else if (actor.find('_') == 3 && actor.find('@') == std::string::npos) {
    near.add("actor_id = ?", {actor});
  } else {
    rest.add("actor_name = ?", {actor});
  }
}

Split split(const WorkspaceId& workspace, const AuditFilter& filter) {
  Split out;
  out.near.add("workspace = ?", {workspace});
  if (filter.since) out.near.add("at >= ?", {*filter.since});
  if (filter.until) out.near.add("at < ?", {*filter.until});
  if (filter.before) {
    out.near.add("(at, sequence) < (?, ?)", {filter.before->at, filter.before->sequence});
  }
  if (filter.target) out.near.add("target = ?", {*filter.target});
  if (filter.actor) add_actor(filter.target ? out.rest : out.near, out.rest, *filter.actor);
  if (filter.action) {
    add_action(filter.target || filter.actor ? out.rest : out.near, *filter.action);
  }
  if (filter.text) {
    out.rest.add(
        "lower(action || ' ' || target || ' ' || actor_kind || ' ' || actor_id || ' ' || "
        "actor_name || ' ' || actor_address || ' ' || detail) LIKE ? ESCAPE '\\'",
        {containing(*filter.text)});
  }
  return out;
}

constexpr std::string_view kOrder = "ORDER BY at DESC, sequence DESC LIMIT";

Result<db::Rows> find(db::Transaction& tx, const Split& asked, int limit) {
  std::vector<db::Value> params;
  const std::string near = asked.near.write(params);
  std::string sql;
  if (asked.rest.empty()) {
    sql = fmt::format("SELECT {} FROM audit WHERE {} {} {}", kAuditColumns, near, kOrder, limit);
  } else {
    const std::string rest = asked.rest.write(params);
    sql = fmt::format(
        "SELECT {0} FROM (SELECT {0}, area FROM audit WHERE {1} {3} {4}) AS looked_at "
        "WHERE {2} {3} {5}",
        kAuditColumns,
        near,
        rest,
        kOrder,
        kAuditLooksMax,
        limit);
  }
  return tx.query(sql, std::move(params));
}

/// The last record that a search looked at; nullopt when it looked at all there are.
Result<std::optional<AuditPlace>> last_looked_at(db::Transaction& tx, const Conditions& near) {
  std::vector<db::Value> params;
  const std::string sql = near.write(params);
  WL_TRY(const auto row,
         tx.query_one(fmt::format("SELECT at, sequence FROM audit WHERE {} {} 1 OFFSET {}",
                                  sql,
                                  kOrder,
                                  kAuditLooksMax - 1),
                      std::move(params)));
  if (!row) return std::optional<AuditPlace>{};
  return std::optional<AuditPlace>{{(*row)[0].time(), (*row)[1].integer()}};
}

}  // namespace

Result<AuditPage> list_audit(db::Transaction& tx,
                             const WorkspaceId& workspace,
                             const AuditFilter& filter) {
  const Split asked = split(workspace, filter);
  const int limit = std::clamp(filter.limit, 1, kPageMax);
  WL_TRY(const auto rows, find(tx, asked, limit + 1));
  AuditPage page;
  for (const auto& row : rows) page.records.push_back(read_audit_row(row));
  if (rows.size() > static_cast<std::size_t>(limit)) {
    page.records.pop_back();
    page.next = AuditPlace{page.records.back().at, page.records.back().sequence};
  } else if (!asked.rest.empty()) {
    WL_TRY(page.next, last_looked_at(tx, asked.near));
  }
  return page;
}

}  // namespace wayleave::access
