#include <fmt/core.h>

#include <algorithm>

#include "api/json_writer.hpp"
#include "api/page.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"

namespace wayleave::api {
namespace {

constexpr int kUsersPerPage = 100;
constexpr int kUserPagesMax = 1000;  // beyond it the native list with its cursor is the way

/// `scopes=a,b` or `scopes=a b`.
std::vector<std::string> parse_scopes(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), ',', ' ');
  std::vector<std::string> scopes;
  for (const std::string_view part : split(spaced, ' ')) {
    if (!part.empty()) scopes.emplace_back(part);
  }
  return scopes;
}

Result<connect::Invitation> read_invitation(const Call& call) {
  connect::Invitation invitation;
  invitation.workspace = call.caller.workspace;
  invitation.actor = call.caller.actor;
  invitation.provider = call.request.params.at(0);
  invitation.app = call.request.params.at(1);
  WL_TRY(invitation.user, required_query(call.request, "userForeignIdentifier"));
  WL_TRY(const auto return_url, query_text(call.request, "returnUrl"));
  invitation.return_url = return_url.value_or("");
  WL_TRY(const auto scopes, query_text(call.request, "scopes"));
  if (scopes && !scopes->empty()) invitation.scopes = parse_scopes(*scopes);
  return invitation;
}

/// `GET /api/{provider}/auth/{app}`: where to send the user's browser.
Task<Result<net::Response>> begin_auth(Call call) {
  WL_CO_TRY(const auto redirect, query_text(call.request, "redirect"));
  if (redirect && *redirect != "true" && *redirect != "false") {
    co_return reject("redirect", "redirect: must be true or false");
  }
  WL_CO_TRY(auto invitation, read_invitation(call));
  WL_CO_TRY(const auto started, co_await call.parts.installer.start(std::move(invitation)));
  if (redirect == "true") {
    net::Response response;
    response.status = 302;
    response.fields.add("Location", started.authorize_url);
    response.fields.add("Referrer-Policy", "no-referrer");
    co_return response;
  }
  JsonWriter body;
  body.text("url", started.authorize_url)
      .text("userForeignIdentifier", started.user)
      .text("UUID", started.app.id.str());
  co_return net::json_response(200, body.str());
}

Result<int> read_page_number(const net::Request& request) {
  WL_TRY(const auto text, query_text(request, "page"));
  if (!text) return 1;
  const auto page = parse_number<int>(*text);
  if (!page || *page < 1 || *page > kUserPagesMax) {
    return reject("page",
                  fmt::format("page: a whole number from 1 to {}; for more users take"
                              " GET /v1/connections and its cursor",
                              kUserPagesMax));
  }
  return *page;
}

Result<std::vector<vault::Connection>> page_of_users(db::Transaction& tx,
                                                     const vault::Vault& vault,
                                                     const WorkspaceId& workspace,
                                                     const std::string& slug,
                                                     int page) {
  WL_TRY(const auto app, vault.apps().find(tx, workspace, slug));
  vault::ConnectionFilter filter;
  filter.app = app.id;
  filter.oldest_first = true;  // so that new ones do not move the pages
  filter.limit = kUsersPerPage;
  for (int at = 1;; ++at) {
    WL_TRY(auto connections, vault.connections().list(tx, workspace, filter));
    if (at == page || connections.size() < static_cast<std::size_t>(kUsersPerPage)) {
      return at == page ? std::move(connections) : std::vector<vault::Connection>{};
    }
    filter.after = vault::place_of(connections.back());
  }
}

Task<Result<net::Response>> get_users(Call call) {
  WL_CO_TRY(const int page, read_page_number(call.request));
  auto work = [&vault = call.parts.vault,
               workspace = call.caller.workspace,
               slug = call.request.params.at(0),
               page](db::Transaction& tx) {
    return page_of_users(tx, vault, workspace, slug, page);
  };
  WL_CO_TRY(const auto connections, co_await call.parts.database.read(std::move(work)));
  std::vector<std::string> users;
  for (const vault::Connection& connection : connections) {
    JsonWriter user;
    user.text("id", connection.id.str())
        .text("status", vault::to_string(connection.state))
        .time("createdAt", connection.created_at)
        .time("updatedAt", connection.updated_at)
        .text("userForeignIdentifier", connection.user);
    users.push_back(user.str());
  }
  JsonWriter body;
  co_return net::json_response(200, body.raw("userForeignIdentifiers", json_array(users)).str());
}

/// The user's connection, or nullopt when there is none; an unknown app is an error.
Task<Result<std::optional<vault::Connection>>> find_user(const Call& call, std::string user) {
  auto work =
      [&vault = call.parts.vault,
       workspace = call.caller.workspace,
       slug = call.request.params.at(0),
       user = std::move(user)](db::Transaction& tx) -> Result<std::optional<vault::Connection>> {
    WL_TRY(const auto app, vault.apps().find(tx, workspace, slug));
    return vault.connections().find(tx, app.id, user);
  };
  return call.parts.database.read(std::move(work));
}

Result<std::string> checked_user(std::string text) {
  auto user = vault::parse_user(text);
  if (!user) return reject("userForeignIdentifier", user.error().detail);
  return user;
}

Task<Result<net::Response>> get_user(Call call) {
  WL_CO_TRY(auto text, required_query(call.request, "userForeignIdentifier"));
  WL_CO_TRY(auto user, checked_user(std::move(text)));
  WL_CO_TRY(const auto connection, co_await find_user(call, user));
  const bool connected = connection && (connection->state == vault::State::Active ||
                                        connection->state == vault::State::RefreshUnknown);
  JsonWriter body;
  co_return net::json_response(200, body.boolean("connected", connected).text("data", user).str());
}

Task<Result<net::Response>> delete_user(Call call) {
  WL_CO_TRY(auto text, read_anywhere(call.request, "userForeignIdentifier"));
  WL_CO_TRY(const auto user, checked_user(std::move(text)));
  WL_CO_TRY(auto connection, co_await find_user(call, user));
  if (!connection) {
    co_return fail(
        ErrorKind::NotFound, "connection_not_found", "this user has no connection to this app");
  }
  WL_CO_CHECK(co_await call.parts.vault.disconnect(
      call.caller.workspace, std::move(connection->id), call.caller.actor));
  JsonWriter body;
  body.text("message", "User Deleted")
      .text("userForeignIdentifier", user)
      .text("appSlug", to_lower(call.request.params.at(0)));
  co_return net::json_response(200, body.str());
}

}  // namespace

void add_stackgo_routes(net::Router& router, const Parts& parts) {
  using access::Scope;
  const auto add = [&](const char* method, const char* path, Scope scope, Action action) {
    router.add({method, path, guarded(parts, scope, action), kJsonBodyMax});
  };
  add("GET", "/api/{}/auth/{}", Scope::Connect, begin_auth);
  add("GET", "/api/saas-org-user/get-users/{}", Scope::Read, get_users);
  add("GET", "/api/saas-org-user/get-user/{}", Scope::Read, get_user);
  add("DELETE", "/api/saas-org-user/delete-user/{}", Scope::Connect, delete_user);
}

}  // namespace wayleave::api
