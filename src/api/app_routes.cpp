#include "api/appearance_json.hpp"
#include "api/change.hpp"
#include "api/page.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"
#include "base/text.hpp"

namespace wayleave::api {
namespace {

/// What a body says of an app, and of how its customers' pages look.
struct AppBody {
  vault::AppDraft app;
  std::optional<connect::AppearanceDraft> appearance;
};
// Shared by the coroutine and its transaction, which may run more than once.
using Draft = std::shared_ptr<const AppBody>;

struct ShownApp {
  vault::App app;
  connect::Appearance appearance;
};

Result<vault::BrowserBinding> parse_binding(const std::string& text) {
  if (text == "required") return vault::BrowserBinding::Required;
  if (text == "optional") return vault::BrowserBinding::Optional;
  return reject("browserBinding", "browserBinding: must be optional or required");
}

Result<Draft> read_draft(const net::Request& request) {
  WL_TRY(auto in, read_json(request));
  auto body = std::make_shared<AppBody>();
  vault::AppDraft* const draft = &body->app;
  draft->slug = in.text("slug");
  draft->provider = in.text("provider");
  draft->client_id = in.text("clientId");
  draft->client_secret = in.secret("clientSecret");
  draft->app_id = in.text("appId");
  draft->scopes = in.texts("scopes");
  draft->optional_scopes = in.texts("optionalScopes");
  draft->return_origins = in.texts("returnOrigins");
  const auto binding = in.text("browserBinding");
  draft->webhook_url = in.text("webhookUrl");
  draft->settings = in.text_map("settings");
  WL_TRY(body->appearance, read_appearance(in));
  WL_CHECK(in.finish());
  if (binding) {
    WL_TRY(draft->browser_binding, parse_binding(*binding));
  }
  return body;
}

/// A change of nothing but the looks leaves the app as it is, and the flows that are under way.
bool touches_app(const AppBody& body) {
  const vault::AppDraft& app = body.app;
  return !body.appearance || app.slug || app.provider || app.client_id || app.client_secret ||
         app.app_id || app.scopes || app.optional_scopes || app.return_origins ||
         app.browser_binding || app.webhook_url || app.settings;
}

/// Changes what the body says of the looks and gives them as they then are.
Result<connect::Appearance> change_looks(db::Transaction& tx,
                                         const AppId& app,
                                         const AppBody& body,
                                         Instant now) {
  WL_TRY(auto appearance, connect::find_appearance(tx, app));
  if (!body.appearance) return appearance;
  WL_TRY(appearance, connect::apply(std::move(appearance), *body.appearance));
  WL_CHECK(connect::store_appearance(tx, app, appearance, now));
  return appearance;
}

std::string shown_json(const ShownApp& shown, const Call& call) {
  return app_json(shown.app, call.parts.public_url, &shown.appearance);
}

vault::AppDraft copy(const vault::AppDraft& from) {
  vault::AppDraft to;
  to.slug = from.slug;
  to.provider = from.provider;
  to.client_id = from.client_id;
  if (from.client_secret) to.client_secret = from.client_secret->clone();
  to.app_id = from.app_id;
  to.scopes = from.scopes;
  to.optional_scopes = from.optional_scopes;
  to.return_origins = from.return_origins;
  to.browser_binding = from.browser_binding;
  to.webhook_url = from.webhook_url;
  to.settings = from.settings;
  return to;
}

/// The names of what is set anew and never told.
std::vector<std::string> secrets_in(const vault::AppDraft& draft) {
  if (!draft.client_secret) return {};
  return {"clientSecret"};
}

Task<Result<net::Response>> create_app(Call call) {
  WL_CO_TRY(const auto draft, read_draft(call.request));
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               draft,
               record = audit_record(call, "app.created", "")](
                  db::Transaction& tx) mutable -> Result<ShownApp> {
    const Instant now = parts.clock.now();
    WL_TRY(auto app, parts.vault.apps().create(tx, workspace, copy(draft->app), parts.random, now));
    WL_TRY(auto looks, change_looks(tx, app.id, *draft, now));
    record.target = app.slug;
    record.detail = made_of(app_json(app, parts.public_url, &looks), secrets_in(draft->app));
    WL_CHECK(access::append_audit(tx, record));
    return ShownApp{std::move(app), std::move(looks)};
  };
  WL_CO_TRY(const auto shown, co_await call.parts.database.write(std::move(work)));
  auto response = net::json_response(201, shown_json(shown, call));
  response.fields.add("Location", "/v1/apps/" + shown.app.slug);
  co_return response;
}

Task<Result<net::Response>> list_apps(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  auto work = [&parts = call.parts, workspace = call.caller.workspace, page](db::Transaction& tx) {
    return parts.vault.apps().list(tx, workspace, page.after, page.limit + 1);
  };
  WL_CO_TRY(const auto apps, co_await call.parts.database.read(std::move(work)));
  const auto write = [&](const vault::App& app) { return app_json(app, call.parts.public_url); };
  co_return list_response(apps, page, write, [](const vault::App& app) { return app.slug; });
}

Task<Result<net::Response>> show_app(Call call) {
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               slug = call.request.params.at(0)](db::Transaction& tx) -> Result<ShownApp> {
    WL_TRY(auto app, parts.vault.apps().find(tx, workspace, slug));
    WL_TRY(auto looks, connect::find_appearance(tx, app.id));
    return ShownApp{std::move(app), std::move(looks)};
  };
  WL_CO_TRY(const auto shown, co_await call.parts.database.read(std::move(work)));
  co_return net::json_response(200, shown_json(shown, call));
}

Task<Result<net::Response>> update_app(Call call) {
  WL_CO_TRY(const auto draft, read_draft(call.request));
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               slug = call.request.params.at(0),
               draft,
               record = audit_record(call, "app.updated", "")](
                  db::Transaction& tx) mutable -> Result<ShownApp> {
    const Instant now = parts.clock.now();
    const vault::Apps& apps = parts.vault.apps();
    WL_TRY(const auto before, apps.find(tx, workspace, slug));
    WL_TRY(const auto looked, connect::find_appearance(tx, before.id));
    WL_TRY(auto app,
           touches_app(*draft) ? apps.update(tx, workspace, slug, copy(draft->app), now)
                               : apps.find(tx, workspace, slug));
    WL_TRY(auto looks, change_looks(tx, app.id, *draft, now));
    record.target = app.slug;
    record.detail = change_of(app_json(before, parts.public_url, &looked),
                              app_json(app, parts.public_url, &looks),
                              secrets_in(draft->app));
    WL_CHECK(access::append_audit(tx, record));
    return ShownApp{std::move(app), std::move(looks)};
  };
  WL_CO_TRY(const auto shown, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, shown_json(shown, call));
}

Task<Result<net::Response>> delete_app(Call call) {
  WL_CO_TRY(const auto force, query_text(call.request, "force"));
  if (force && *force != "true" && *force != "false") {
    co_return reject("force", "force: must be true or false");
  }
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               slug = call.request.params.at(0),
               forced = force == "true",
               record =
                   audit_record(call, "app.deleted", "")](db::Transaction& tx) mutable -> Result<> {
    WL_TRY(const auto app, parts.vault.apps().find(tx, workspace, slug));
    WL_CHECK(parts.vault.apps().remove(tx, workspace, slug, forced, parts.clock.now()));
    record.target = app.slug;
    record.detail = end_of(app_json(app, parts.public_url));
    return access::append_audit(tx, record);
  };
  WL_CO_CHECK(co_await call.parts.database.write(std::move(work)));
  net::Response response;
  response.status = 204;
  co_return response;
}

}  // namespace

void add_app_routes(net::Router& router, const Parts& parts) {
  using access::Scope;
  const auto add = [&](const char* method, const char* path, Scope scope, Action action) {
    router.add({method, path, guarded(parts, scope, action), kJsonBodyMax});
  };
  add("POST", "/v1/apps", Scope::Manage, create_app);
  add("GET", "/v1/apps", Scope::Read, list_apps);
  add("GET", "/v1/apps/{}", Scope::Read, show_app);
  add("PATCH", "/v1/apps/{}", Scope::Manage, update_app);
  add("DELETE", "/v1/apps/{}", Scope::Manage, delete_app);
}

}  // namespace wayleave::api
