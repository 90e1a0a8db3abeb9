#include <algorithm>
#include <chrono>

#include "api/audit_query.hpp"
#include "api/page.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"
#include "gateway/request_usage.hpp"
#include "vault/refresh/lease.hpp"
#include "vault/refresh/past.hpp"

// One connection in detail: what it did lately and what happened to it.
namespace wayleave::api {
namespace {

using Window = provider::Limits::Window;

constexpr std::chrono::hours kCountedTime{24};
constexpr std::string_view kConnectionPrefix = "con_";

struct Detail {
  vault::Connection connection;
  vault::App app;
  ConnectionActivity activity;
  std::int64_t failed_refreshes = 0;
  std::vector<vault::PastRefresh> refreshes;
  gateway::CallCounts calls;
  std::vector<gateway::SentCall> of_account;
  std::vector<gateway::SentCall> of_app;
};

/// The longest of the windows that count so; nullopt: none does.
std::optional<std::chrono::seconds> longest(const std::vector<Window>& windows, bool per_account) {
  std::optional<std::chrono::seconds> found;
  for (const Window& window : windows) {
    if (window.per_account == per_account) {
      found = std::max(found.value_or(window.per), window.per);
    }
  }
  return found;
}

/// Every window that a path has for itself takes its calls out of the others.
bool counts_in(const Window& window, const std::vector<Window>& windows, std::string_view path) {
  if (!window.path_suffix.empty()) return path.ends_with(window.path_suffix);
  return std::ranges::none_of(windows, [path](const Window& other) {
    return !other.path_suffix.empty() && path.ends_with(other.path_suffix);
  });
}

std::string limits_json(const Detail& detail, const std::vector<Window>& windows, Instant now) {
  std::vector<std::string> items;
  for (const Window& window : windows) {
    std::int64_t used = 0;
    for (const auto& sent : window.per_account ? detail.of_account : detail.of_app) {
      if (sent.ended < now - window.per) break;
      if (counts_in(window, windows, sent.path)) used += sent.attempts;
    }
    JsonWriter item;
    item.text("name", window.name)
        .text("counts", window.per_account ? "account" : "app")
        .number("requests", window.requests)
        .number("periodMs", std::chrono::milliseconds(window.per).count())
        .number("used", used);
    items.push_back(item.str());
  }
  return json_array(items);
}

std::string refreshes_json(const std::vector<vault::PastRefresh>& refreshes) {
  std::vector<std::string> items;
  for (const auto& refresh : refreshes) {
    JsonWriter item;
    item.time("at", refresh.at)
        .text("outcome", vault::to_string(refresh.outcome))
        .text_or_null("reason", refresh.reason);
    items.push_back(item.str());
  }
  return json_array(items);
}

Result<Detail> read_detail(db::Transaction& tx,
                           const vault::Vault& vault,
                           const WorkspaceId& workspace,
                           const ConnectionId& id,
                           Instant now) {
  Detail detail;
  WL_TRY(detail.connection, vault.connections().get(tx, workspace, id));
  WL_TRY(detail.app, vault.apps().find(tx, detail.connection.app));
  const auto known = logged(detail.connection, detail.app);
  WL_TRY(auto last, gateway::last_calls(tx, {known}));
  if (last.contains(id)) detail.activity.last_call = last[id];
  WL_TRY(auto planned, vault::planned_work(tx, {id}));
  detail.activity.next_refresh = vault::next_refresh(detail.connection, planned[id]);
  detail.failed_refreshes = planned[id].tries;
  WL_TRY(detail.refreshes, vault::past_refreshes(tx, id));
  WL_TRY(detail.calls, gateway::count_calls(tx, known, now - kCountedTime));
  const auto provider = vault.apps().provider(detail.app);
  if (!provider) return detail;  // its file is gone: nobody knows its limits
  const auto& windows = (*provider)->limits.windows;
  if (const auto time = longest(windows, true)) {
    WL_TRY(const auto users, vault.connections().users_of_account(tx, detail.connection));
    WL_TRY(detail.of_account, gateway::sent_calls(tx, workspace, known.app, users, now - *time));
  }
  if (const auto time = longest(windows, false)) {
    WL_TRY(detail.of_app, gateway::sent_calls(tx, workspace, known.app, {}, now - *time));
  }
  return detail;
}

Task<Result<net::Response>> show_connection(Call call) {
  const Instant now = call.parts.clock.now();
  auto work = [&vault = call.parts.vault,
               workspace = call.caller.workspace,
               id = ConnectionId(call.request.params.at(0)),
               now](db::Transaction& tx) { return read_detail(tx, vault, workspace, id, now); };
  WL_CO_TRY(const auto detail, co_await call.parts.database.read(std::move(work)));
  JsonWriter calls;
  calls.number("total", detail.calls.total)
      .number("failed", detail.calls.failed)
      .boolean("partial", detail.calls.partial);
  const auto provider = call.parts.vault.apps().provider(detail.app);
  JsonWriter out;
  write_connection(out, detail.connection, detail.app, detail.activity);
  out.number("failedRefreshes", detail.failed_refreshes)
      .raw("refreshes", refreshes_json(detail.refreshes))
      .raw("calls24h", calls.str())
      .raw("rateLimits",
           provider ? limits_json(detail, (*provider)->limits.windows, now) : std::string("[]"));
  co_return net::json_response(200, out.str());
}

/// The records of a connection that is gone are shown as well: the trail keeps them.
Task<Result<net::Response>> show_history(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  access::AuditFilter filter;
  filter.target = call.request.params.at(0);
  filter.limit = page.limit;
  if (!page.after.empty()) {
    WL_CO_TRY(filter.before, audit_place(page.after));
  }
  // Records about other things are for those who may read the whole trail.
  if (!filter.target->starts_with(kConnectionPrefix)) co_return vault::no_such_connection();
  auto work = [&vault = call.parts.vault, workspace = call.caller.workspace, filter](
                  db::Transaction& tx) -> Result<access::AuditPage> {
    WL_TRY(auto found, access::list_audit(tx, workspace, filter));
    // Whether there is one at all decides between an empty history and none.
    if (found.records.empty()) {
      WL_CHECK(vault.connections().get(tx, workspace, ConnectionId(*filter.target)));
    }
    return found;
  };
  WL_CO_TRY(const auto found, co_await call.parts.database.read(std::move(work)));
  std::vector<std::string> data;
  for (const auto& record : found.records) data.push_back(audit_json(record));
  co_return list_document(data, found.next ? make_cursor(to_cursor_place(*found.next)) : "");
}

}  // namespace

void add_connection_view(net::Router& router, const Parts& parts) {
  const auto add = [&](const char* path, Action action) {
    router.add({"GET", path, guarded(parts, access::Scope::Read, action)});
  };
  add("/v1/connections/{}", show_connection);
  add("/v1/connections/{}/history", show_history);
}

}  // namespace wayleave::api
