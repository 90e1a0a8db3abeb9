#include "gateway/request_conditions.hpp"

#include <optional>

namespace wayleave::gateway {
namespace {

constexpr std::size_t kAppsOfUserMax = 100;
constexpr std::int64_t kSlowMs = 1'000;  // as the index request_log_slow has it

/// Puts a filter together. The first condition that asks chooses the index; the others name an
/// expression instead of a column, which no index answers, or are left out.
class Builder {
 public:
  explicit Builder(bool lead_only) : lead_only_(lead_only) {}

  void match(std::string_view column, const std::optional<std::string>& value) {
    if (!value) return;
    if (take()) return out_.conditions.add(std::string(column) + " =", *value);
    rest("(" + std::string(column) + " || '') =", *value);
  }
  /// True for the first that asks.
  [[nodiscard]] bool take() { return !std::exchange(taken_, true); }
  void lead(std::string_view condition, db::Value value) {
    out_.conditions.add(condition, std::move(value));
  }
  /// Word for word the condition of an index.
  void of_index(std::string_view condition) { out_.conditions.add_fixed(condition); }
  void rest(std::string_view condition, db::Value value) {
    out_.is_all = false;
    if (!lead_only_) out_.conditions.add(condition, std::move(value));
  }
  [[nodiscard]] RequestLead take_all() { return std::move(out_); }

 private:
  RequestLead out_;
  bool lead_only_;
  bool taken_ = false;
};

RequestLead build(const WorkspaceId& workspace, const RequestFilter& filter, bool lead_only) {
  Builder out(lead_only);
  // The index of request ids is the only one that does not begin with the workspace.
  if (!filter.request_id) {
    out.lead("workspace =", workspace);
  } else if (!lead_only) {
    out.lead("(workspace || '') =", workspace);
  }
  out.match("request_id", filter.request_id);
  const bool of_user = filter.user && out.take();
  if (of_user) {
    out.lead("user_id =", *filter.user);
    if (filter.app) out.lead("app =", *filter.app);
  } else {
    out.match("user_id", filter.user);
  }
  if (filter.connection) out.rest("connection =", *filter.connection);
  out.match("code", filter.code);
  const std::optional<int> cls = filter.status ? *filter.status / 100 : filter.status_class;
  if (cls && *cls != 2 && out.take()) {
    out.lead("class =", *cls);
    out.of_index("class <> 2");
  } else if (cls) {
    out.rest("class + 0 =", *cls);
  }
  if (filter.status) out.rest("status =", *filter.status);
  if (filter.duration_ms_min && *filter.duration_ms_min >= kSlowMs && out.take()) {
    out.of_index("duration_ms >= 1000");
  }
  if (filter.duration_ms_min) out.rest("duration_ms >=", *filter.duration_ms_min);
  if (!of_user) out.match("app", filter.app);
  if (filter.method) out.rest("method =", *filter.method);
  if (filter.since) out.lead("id >=", first_id_at(*filter.since));
  if (filter.until) out.lead("id <", first_id_at(*filter.until));
  if (filter.from_id > 0) out.lead("id >=", filter.from_id);
  if (filter.before_id > 0) out.lead("id <", filter.before_id);
  return out.take_all();
}

}  // namespace

void RequestConditions::add(std::string_view before, db::Value value) {
  params_.push_back(std::move(value));
  add_fixed(std::string(before) + " $" + std::to_string(params_.size()));
}

void RequestConditions::add_fixed(std::string_view condition) {
  if (!sql_.empty()) sql_ += " AND ";
  sql_ += condition;
}

RequestConditions request_conditions(const WorkspaceId& workspace, const RequestFilter& filter) {
  return std::move(build(workspace, filter, false).conditions);
}

RequestLead request_lead(const WorkspaceId& workspace, const RequestFilter& filter) {
  return build(workspace, filter, true);
}

Result<std::vector<RequestFilter>> by_index(db::Transaction& tx,
                                            const WorkspaceId& workspace,
                                            const RequestFilter& filter) {
  if (!filter.user || filter.app || filter.request_id) return std::vector{filter};
  std::vector<RequestFilter> parts;
  std::string app;
  // A descent of the index for each app, where a DISTINCT would go through all calls of the user.
  while (parts.size() < kAppsOfUserMax) {
    WL_TRY(const auto row,
           tx.query_one("SELECT app FROM request_log WHERE workspace = $1 AND user_id = $2 AND "
                        "app > $3 ORDER BY app LIMIT 1",
                        {workspace, *filter.user, app}));
    if (!row) break;
    app = row->front().text();
    parts.push_back(filter);
    parts.back().app = app;
  }
  return parts;
}

Result<std::optional<std::int64_t>> request_floor(db::Transaction& tx,
                                                  const WorkspaceId& workspace,
                                                  const RequestFilter& filter,
                                                  std::int64_t looked_at) {
  RequestLead lead = request_lead(workspace, filter);
  WL_TRY(const auto row,
         tx.query_one("SELECT id FROM request_log WHERE " + lead.conditions.sql() +
                          " ORDER BY id DESC LIMIT 1 OFFSET " + std::to_string(looked_at - 1),
                      lead.conditions.take_params()));
  if (!row) return std::nullopt;
  return row->front().integer();
}

}  // namespace wayleave::gateway
