#include "api/json_writer.hpp"
#include "api/page.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"
#include "base/text.hpp"
#include "gateway/request_usage.hpp"
#include "vault/refresh/lease.hpp"

namespace wayleave::api {
namespace {

constexpr std::int64_t kMinValidityMax = 24 * 3600;
constexpr std::size_t kBeginningBytesMax = 255;  // as long as a user

/// A connection with the app it belongs to and what other tables know of it.
struct Found {
  vault::Connection connection;
  vault::App app;
  ConnectionActivity activity = {};
};

std::string found_json(const Found& found) {
  JsonWriter out;
  write_connection(out, found.connection, found.app, found.activity);
  return out.str();
}

/// Adds what other tables know, with one question to each.
Result<> add_activity(db::Transaction& tx, std::vector<Found>& found) {
  std::vector<ConnectionId> ids;
  std::vector<gateway::LoggedConnection> known;
  for (const Found& each : found) {
    ids.push_back(each.connection.id);
    known.push_back(logged(each.connection, each.app));
  }
  WL_TRY(const auto last, gateway::last_calls(tx, known));
  WL_TRY(auto planned, vault::planned_work(tx, ids));
  for (Found& each : found) {
    const ConnectionId& id = each.connection.id;
    if (const auto at = last.find(id); at != last.end()) each.activity.last_call = at->second;
    each.activity.next_refresh = vault::next_refresh(each.connection, planned[id]);
  }
  return {};
}

Result<Found> find(db::Transaction& tx,
                   const vault::Vault& vault,
                   const WorkspaceId& workspace,
                   const ConnectionId& id) {
  WL_TRY(auto connection, vault.connections().get(tx, workspace, id));
  WL_TRY(auto app, vault.apps().find(tx, connection.app));
  std::vector<Found> found;
  found.push_back({std::move(connection), std::move(app)});
  WL_CHECK(add_activity(tx, found));
  return std::move(found.front());
}

/// `<milliseconds>:<id>`, the reverse of place_text.
Result<vault::ConnectionPlace> read_place(std::string_view text) {
  const auto colon = text.find(':');
  const auto at = parse_number<std::int64_t>(text.substr(0, colon));
  if (!at || colon == std::string_view::npos) return foreign_cursor();
  return vault::ConnectionPlace{from_millis(*at),
                                ConnectionId(std::string(text.substr(colon + 1)))};
}

std::string place_text(const vault::ConnectionPlace& place) {
  return std::to_string(to_millis(place.created_at)) + ":" + place.id.str();
}

Result<vault::ConnectionFilter> read_filter(const Call& call, const Page& page) {
  vault::ConnectionFilter filter;
  filter.limit = page.limit + 1;
  if (!page.after.empty()) {
    WL_TRY(filter.after, read_place(page.after));
  }
  WL_TRY(const auto beginning, query_plain(call.request, "q"));
  if (beginning && beginning->size() > kBeginningBytesMax) {
    return reject("q", "q: at most 255 bytes");
  }
  filter.beginning = beginning.value_or("");
  WL_TRY(const auto user, query_text(call.request, "user"));
  if (user) {
    auto parsed = vault::parse_user(*user);
    if (!parsed) return reject("user", parsed.error().detail);
    filter.user = *parsed;
  }
  WL_TRY(const auto state, query_text(call.request, "state"));
  if (state) {
    filter.state = vault::parse_state(*state);
    if (!filter.state) {
      return reject("state",
                    "state: must be active, refresh_unknown, needs_reauthorization or revoked");
    }
  }
  return filter;
}

/// The connections with their apps, each app read once.
Result<std::vector<Found>> list(db::Transaction& tx,
                                const vault::Vault& vault,
                                const WorkspaceId& workspace,
                                const std::optional<std::string>& slug,
                                vault::ConnectionFilter filter) {
  if (slug) {
    WL_TRY(const auto app, vault.apps().find(tx, workspace, *slug));
    filter.app = app.id;
  }
  WL_TRY(auto connections, vault.connections().list(tx, workspace, filter));
  std::map<AppId, vault::App> apps;
  std::vector<Found> found;
  for (vault::Connection& connection : connections) {
    auto at = apps.find(connection.app);
    if (at == apps.end()) {
      WL_TRY(auto app, vault.apps().find(tx, connection.app));
      at = apps.emplace(connection.app, std::move(app)).first;
    }
    found.push_back({std::move(connection), at->second});
  }
  WL_CHECK(add_activity(tx, found));
  return found;
}

Task<Result<net::Response>> list_connections(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  WL_CO_TRY(const auto filter, read_filter(call, page));
  WL_CO_TRY(const auto slug, query_text(call.request, "app"));
  auto work = [&vault = call.parts.vault, workspace = call.caller.workspace, slug, filter](
                  db::Transaction& tx) { return list(tx, vault, workspace, slug, filter); };
  WL_CO_TRY(const auto found, co_await call.parts.database.read(std::move(work)));
  co_return list_response(found, page, found_json, [](const Found& item) {
    return place_text(vault::place_of(item.connection));
  });
}

Task<Result<net::Response>> count_connections(Call call) {
  WL_CO_TRY(const auto slug, query_text(call.request, "app"));
  auto work = [&vault = call.parts.vault, workspace = call.caller.workspace, slug](
                  db::Transaction& tx) -> Result<vault::StateCounts> {
    if (!slug) return vault.connections().count(tx, workspace, std::nullopt);
    WL_TRY(const auto app, vault.apps().find(tx, workspace, *slug));
    return vault.connections().count(tx, workspace, app.id);
  };
  WL_CO_TRY(auto counts, co_await call.parts.database.read(std::move(work)));
  JsonWriter states;
  std::int64_t total = 0;
  using vault::State;
  for (const State state :
       {State::Active, State::RefreshUnknown, State::NeedsReauthorization, State::Revoked}) {
    states.number(vault::to_string(state), counts[state]);
    total += counts[state];
  }
  JsonWriter body;
  co_return net::json_response(200, body.number("total", total).raw("byState", states.str()).str());
}

Task<Result<net::Response>> delete_connection(Call call) {
  ConnectionId id(call.request.params.at(0));
  WL_CO_TRY(const auto gone,
            co_await call.parts.vault.disconnect(
                call.caller.workspace, std::move(id), call.caller.actor));
  JsonWriter body;
  body.text("id", gone.connection.id.str()).boolean("revoked", gone.revoked);
  co_return net::json_response(200, body.str());
}

/// Notes who asked before the vault acts: nothing is done that the trail does not hold (LG-03).
Task<Result<net::Response>> refresh_connection(Call call) {
  auto work = [&vault = call.parts.vault,
               workspace = call.caller.workspace,
               id = ConnectionId(call.request.params.at(0)),
               record = audit_record(call, "connection.refresh_asked", call.request.params.at(0))](
                  db::Transaction& tx) -> Result<Found> {
    WL_TRY(auto found, find(tx, vault, workspace, id));
    WL_CHECK(access::append_audit(tx, record));
    return found;
  };
  WL_CO_TRY(const auto found, co_await call.parts.database.write(std::move(work)));
  WL_CO_TRY(const auto fresh,
            co_await call.parts.vault.refresh_now(call.caller.workspace, found.connection.id));
  auto again = [&vault = call.parts.vault, workspace = call.caller.workspace, id = fresh.id](
                   db::Transaction& tx) { return find(tx, vault, workspace, id); };
  WL_CO_TRY(const auto shown, co_await call.parts.database.read(std::move(again)));
  co_return net::json_response(200, found_json(shown));
}

Result<std::chrono::seconds> read_minimum(const net::Request& request) {
  WL_TRY(const auto text, query_text(request, "minValidity"));
  if (!text) return std::chrono::seconds(0);
  const auto seconds = parse_number<std::int64_t>(*text);
  if (!seconds || *seconds < 0 || *seconds > kMinValidityMax) {
    return reject("minValidity", "minValidity: a whole number of seconds from 0 to 86400");
  }
  return std::chrono::seconds(*seconds);
}

/// The token itself, for keys with `tokens:reveal` (VT-10); `minValidity` seconds of life left.
Task<Result<net::Response>> reveal_token(Call call) {
  WL_CO_CHECK(check_confirmed(call));
  WL_CO_TRY(const auto minimum, read_minimum(call.request));
  ConnectionId id(call.request.params.at(0));
  WL_CO_TRY(const auto credential,
            co_await call.parts.vault.reveal(
                call.caller.workspace, std::move(id), minimum, call.caller.actor));
  JsonWriter body;
  credential.access_token.expose([&](std::string_view token) { body.text("accessToken", token); });
  body.text("tokenType", "Bearer").time("expiresAt", credential.expires_at);
  co_return net::json_response(200, body.str());
}

}  // namespace

void add_connection_routes(net::Router& router, const Parts& parts) {
  add_connection_view(router, parts);
  using access::Scope;
  const auto add = [&](const char* method, const char* path, Scope scope, Action action) {
    router.add({method, path, guarded(parts, scope, action), kJsonBodyMax});
  };
  add("GET", "/v1/connections", Scope::Read, list_connections);
  add("GET", "/v1/connections/summary", Scope::Read, count_connections);
  add("DELETE", "/v1/connections/{}", Scope::Connect, delete_connection);
  add("POST", "/v1/connections/{}/refresh", Scope::Connect, refresh_connection);
  add("GET", "/v1/connections/{}/token", Scope::RevealTokens, reveal_token);
}

}  // namespace wayleave::api
