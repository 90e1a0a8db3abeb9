#include "vault/app_repository.hpp"

#include "vault/json_text.hpp"

namespace wayleave::vault::app_table {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, workspace, slug, provider, client_id, app_id, scopes, optional_scopes, "
    "return_origins, browser_binding, webhook_url, settings, created_at, updated_at, version "
    "FROM app ";

App read_app(const db::Row& row) {
  App app;
  app.id = AppId{row[0].text()};
  app.workspace = WorkspaceId{row[1].text()};
  app.slug = row[2].text();
  app.provider = row[3].text();
  app.client_id = row[4].text();
  app.app_id = row[5].text();
  app.scopes = list_from_json(row[6].text());
  app.optional_scopes = list_from_json(row[7].text());
  app.return_origins = list_from_json(row[8].text());
  app.browser_binding = row[9].boolean() ? BrowserBinding::Required : BrowserBinding::Optional;
  app.webhook_url = row[10].text();
  app.settings = map_from_json(row[11].text());
  app.created_at = row[12].time();
  app.updated_at = row[13].time();
  app.version = row[14].integer();
  return app;
}

Result<std::optional<App>> first(Result<std::optional<db::Row>> row) {
  if (!row) return std::unexpected(std::move(row).error());
  if (!*row) return std::optional<App>{};
  return std::optional<App>{read_app(**row)};
}

Error slug_taken(Error error) {
  if (error.code != "conflict") return error;
  return Error{ErrorKind::Conflict, "conflict", "an app with this slug exists", {}, "slug"};
}

}  // namespace

Result<> insert(db::Transaction& tx, const App& app, std::string sealed_secret) {
  const auto done = tx.execute(
      "INSERT INTO app (id, workspace, slug, provider, client_id, client_secret, app_id, scopes, "
      "optional_scopes, return_origins, browser_binding, webhook_url, settings, created_at, "
      "updated_at, version) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
      {app.id,
       app.workspace,
       app.slug,
       app.provider,
       app.client_id,
       db::Blob{std::move(sealed_secret)},
       app.app_id,
       to_json(app.scopes),
       to_json(app.optional_scopes),
       to_json(app.return_origins),
       app.browser_binding == BrowserBinding::Required,
       app.webhook_url,
       to_json(app.settings),
       app.created_at,
       app.updated_at,
       app.version});
  if (!done) return std::unexpected(slug_taken(done.error()));
  return {};
}

Result<> update(db::Transaction& tx, const App& app, std::string sealed_secret) {
  const auto done = tx.execute(
      "UPDATE app SET slug = $3, client_id = $4, client_secret = $5, app_id = $6, scopes = $7, "
      "optional_scopes = $8, return_origins = $9, browser_binding = $10, webhook_url = $11, "
      "settings = $12, updated_at = $13, version = $2 WHERE id = $1 AND version = $2 - 1",
      {app.id,
       app.version,
       app.slug,
       app.client_id,
       db::Blob{std::move(sealed_secret)},
       app.app_id,
       to_json(app.scopes),
       to_json(app.optional_scopes),
       to_json(app.return_origins),
       app.browser_binding == BrowserBinding::Required,
       app.webhook_url,
       to_json(app.settings),
       app.updated_at});
  if (!done) return std::unexpected(slug_taken(done.error()));
  if (*done == 0) {
    return fail(ErrorKind::Conflict, "conflict", "the app was changed at the same time; try again");
  }
  return {};
}

Result<> remove(db::Transaction& tx, const AppId& id) {
  WL_CHECK(tx.execute(
      "DELETE FROM refresh_work WHERE connection IN (SELECT id FROM connection WHERE app = $1)",
      {id}));
  WL_CHECK(tx.execute("DELETE FROM connection WHERE app = $1", {id}));
  WL_CHECK(tx.execute("DELETE FROM app WHERE id = $1", {id}));
  return {};
}

Result<std::optional<App>> by_slug(db::Transaction& tx,
                                   const WorkspaceId& workspace,
                                   std::string_view slug) {
  return first(
      tx.query_one(std::string(kSelect) + "WHERE workspace = $1 AND slug = $2", {workspace, slug}));
}

Result<std::optional<App>> by_id(db::Transaction& tx, const AppId& id) {
  return first(tx.query_one(std::string(kSelect) + "WHERE id = $1", {id}));
}

Result<std::vector<App>> page(db::Transaction& tx,
                              const WorkspaceId& workspace,
                              std::string_view after_slug,
                              int limit) {
  WL_TRY(
      const auto rows,
      tx.query(std::string(kSelect) + "WHERE workspace = $1 AND slug > $2 ORDER BY slug LIMIT $3",
               {workspace, after_slug, limit}));
  std::vector<App> apps;
  apps.reserve(rows.size());
  for (const auto& row : rows) apps.push_back(read_app(row));
  return apps;
}

Result<std::string> sealed_secret(db::Transaction& tx, const App& app) {
  WL_TRY(const auto row,
         tx.query_one("SELECT client_secret FROM app WHERE id = $1 AND version = $2",
                      {app.id, app.version}));
  return row ? (*row)[0].blob() : std::string{};
}

Result<std::vector<std::string>> users(db::Transaction& tx, const AppId& id) {
  WL_TRY(const auto rows, tx.query("SELECT user_id FROM connection WHERE app = $1", {id}));
  std::vector<std::string> found;
  found.reserve(rows.size());
  for (const auto& row : rows) found.push_back(row[0].text());
  return found;
}

Result<bool> has_connections(db::Transaction& tx, const AppId& id) {
  WL_TRY(const auto row, tx.query_one("SELECT id FROM connection WHERE app = $1 LIMIT 1", {id}));
  return row.has_value();
}

}  // namespace wayleave::vault::app_table
