#include "vault/app.hpp"

#include <algorithm>

#include "vault/app_draft.hpp"
#include "vault/app_repository.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::vault {
namespace {

constexpr int kPageMax = 1'000;

crypto::Place place_of(const App& app) {
  return {app.workspace.str(), "app", app.id.str(), "client_secret", app.version};
}

Result<> require(bool present, std::string_view field) {
  if (!present) return reject(std::string(field), "is missing");
  return {};
}

/// A public client has no secret; every other needs one.
Result<> check_secret(const std::optional<SecretString>& secret,
                      const provider::Provider& provider,
                      bool must_exist) {
  const bool given = secret && !secret->empty();
  if (provider.auth.client_auth == oauth::ClientAuth::None && !given) return {};
  if (secret) return check_client_secret(*secret);
  return require(!must_exist, "clientSecret");
}

/// The provider an app may be registered for. One that only lacks an option of `serve` (the
/// simulator's address) will do: registering needs no running server.
Result<std::shared_ptr<const provider::Provider>> registrable(const provider::Catalogue& catalogue,
                                                              const App& app) {
  WL_TRY(auto provider, catalogue.resolve(app.provider, app.settings));
  if (provider->auth.kind != provider::AuthKind::OAuth2) {
    return reject("provider", provider->unusable_reason);
  }
  return provider;
}

/// It has to be entered again; nobody else's consent is of any use (VT-04).
Error client_secret_damaged(const App& app) {
  return {
      ErrorKind::Conflict,
      "app_misconfigured",
      "the stored client secret of this app is damaged or was tampered with; an operator has to "
      "enter it again: wayleave app update " +
          app.slug + " --client-secret-file FILE",
      "a sealed value does not open"};
}

}  // namespace

Error app_not_found() { return {ErrorKind::NotFound, "app_not_found", "there is no such app"}; }

/// Who may edit apps may not thereby send stored secrets and tokens to a server of theirs.
Result<> Apps::check_move(db::Transaction& tx,
                          const App& old,
                          const provider::Provider& next,
                          const AppDraft& draft) const {
  const auto before = catalogue_.resolve(old.provider, old.settings);
  if (before && !moves_endpoints(**before, next)) return {};
  WL_TRY(const bool in_use, app_table::has_connections(tx, old.id));
  if (in_use) {
    return fail(ErrorKind::Conflict,
                "conflict",
                "settings: addresses of the provider can only change while the app has no "
                "connections");
  }
  return check_secret(draft.client_secret, next, true);
}

Result<App> Apps::create(db::Transaction& tx,
                         const WorkspaceId& workspace,
                         AppDraft draft,
                         Random& random,
                         Instant now) const {
  WL_CHECK(require(draft.slug.has_value(), "slug"));
  WL_CHECK(require(draft.provider.has_value(), "provider"));
  WL_CHECK(require(draft.client_id.has_value(), "clientId"));
  WL_TRY(App app, apply(App{}, draft));
  WL_TRY(const auto provider, registrable(catalogue_, app));
  WL_CHECK(check_secret(draft.client_secret, *provider, true));
  app.id = AppId{random_uuid(random)};
  app.workspace = workspace;
  app.created_at = app.updated_at = now;
  const SecretString none;
  const SecretString& secret = draft.client_secret ? *draft.client_secret : none;
  WL_CHECK(app_table::insert(tx, app, keys_.seal(secret, place_of(app))));
  WL_CHECK(db::note_change(tx, "app", app.id.str(), now));
  return app;
}

Result<App> Apps::update(db::Transaction& tx,
                         const WorkspaceId& workspace,
                         std::string_view slug,
                         AppDraft draft,
                         Instant now) const {
  WL_TRY(const App old, find(tx, workspace, slug));
  WL_TRY(App app, apply(old, draft));
  if (app.provider != old.provider) {
    return reject("provider", "cannot change; register another app for the other provider");
  }
  WL_TRY(const auto provider, registrable(catalogue_, app));
  WL_CHECK(check_secret(draft.client_secret, *provider, false));
  WL_CHECK(check_move(tx, old, *provider, draft));
  SecretString secret;
  if (draft.client_secret) {
    secret = std::move(*draft.client_secret);
  } else {
    WL_TRY(secret, client_secret(tx, old));
  }
  app.version = old.version + 1;
  app.updated_at = now;
  WL_CHECK(app_table::update(tx, app, keys_.seal(secret, place_of(app))));
  WL_CHECK(db::note_change(tx, "app", app.id.str(), now));
  return app;
}

Result<> Apps::remove(db::Transaction& tx,
                      const WorkspaceId& workspace,
                      std::string_view slug,
                      bool force,
                      Instant now) const {
  WL_TRY(const App app, find(tx, workspace, slug));
  WL_TRY(const auto users, app_table::users(tx, app.id));
  if (!users.empty() && !force) {
    return fail(ErrorKind::Conflict,
                "conflict",
                "the app has " + std::to_string(users.size()) +
                    " connections; delete them first or force it");
  }
  WL_CHECK(app_table::remove(tx, app.id));
  for (const auto& user : users) {
    WL_CHECK(db::note_change(tx, "connection", app.id.str() + "/" + user, now));
  }
  return db::note_change(tx, "app", app.id.str(), now);
}

Result<App> Apps::find(db::Transaction& tx,
                       const WorkspaceId& workspace,
                       std::string_view slug) const {
  const auto parsed = parse_slug(slug);
  if (!parsed) return std::unexpected(app_not_found());
  WL_TRY(auto app, app_table::by_slug(tx, workspace, *parsed));
  if (!app) return std::unexpected(app_not_found());
  return *std::move(app);
}

Result<App> Apps::find(db::Transaction& tx, const AppId& id) const {
  WL_TRY(auto app, app_table::by_id(tx, id));
  if (!app) return std::unexpected(app_not_found());
  return *std::move(app);
}

Result<std::vector<App>> Apps::list(db::Transaction& tx,
                                    const WorkspaceId& workspace,
                                    std::string_view after_slug,
                                    int limit) const {
  return app_table::page(tx, workspace, after_slug, std::clamp(limit, 1, kPageMax));
}

Result<SecretString> Apps::client_secret(db::Transaction& tx, const App& app) const {
  WL_TRY(const auto sealed, app_table::sealed_secret(tx, app));
  if (sealed.empty()) {
    return fail(ErrorKind::Conflict, "conflict", "the app was changed at the same time; try again");
  }
  auto secret = open_sealed(tx, keys_, sealed, place_of(app));
  if (!secret && is_damage(secret.error())) return std::unexpected(client_secret_damaged(app));
  return secret;
}

Result<std::shared_ptr<const provider::Provider>> Apps::provider(const App& app) const {
  WL_TRY(auto provider, catalogue_.resolve(app.provider, app.settings));
  if (!provider->unusable_reason.empty()) return reject("provider", provider->unusable_reason);
  return provider;
}

std::string redirect_url(std::string_view public_url, const App& app) {
  return std::string(public_url) + "/" + app.provider + "/" + app.slug + "-" + app.id.str() +
         "/callback";
}

}  // namespace wayleave::vault
