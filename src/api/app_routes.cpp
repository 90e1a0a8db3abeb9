#include "api/page.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"
#include "base/text.hpp"

namespace wayleave::api {
namespace {

// Shared by the coroutine and its transaction, which may run more than once.
using Draft = std::shared_ptr<const vault::AppDraft>;

Result<vault::BrowserBinding> parse_binding(const std::string& text) {
  if (text == "required") return vault::BrowserBinding::Required;
  if (text == "optional") return vault::BrowserBinding::Optional;
  return reject("browserBinding", "browserBinding: must be optional or required");
}

Result<Draft> read_draft(const net::Request& request) {
  WL_TRY(auto in, read_json(request));
  auto draft = std::make_shared<vault::AppDraft>();
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
  WL_CHECK(in.finish());
  if (binding) {
    WL_TRY(draft->browser_binding, parse_binding(*binding));
  }
  return draft;
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

Task<Result<net::Response>> create_app(Call call) {
  WL_CO_TRY(const auto draft, read_draft(call.request));
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               draft,
               record = audit_record(call, "app.created", "")](
                  db::Transaction& tx) mutable -> Result<vault::App> {
    WL_TRY(auto app,
           parts.vault.apps().create(tx, workspace, copy(*draft), parts.random, parts.clock.now()));
    record.target = app.slug;
    WL_CHECK(access::append_audit(tx, record));
    return app;
  };
  WL_CO_TRY(const auto app, co_await call.parts.database.write(std::move(work)));
  auto response = net::json_response(201, app_json(app, call.parts.public_url));
  response.fields.add("Location", "/v1/apps/" + app.slug);
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
  auto work =
      [&parts = call.parts, workspace = call.caller.workspace, slug = call.request.params.at(0)](
          db::Transaction& tx) { return parts.vault.apps().find(tx, workspace, slug); };
  WL_CO_TRY(const auto app, co_await call.parts.database.read(std::move(work)));
  co_return net::json_response(200, app_json(app, call.parts.public_url));
}

Task<Result<net::Response>> update_app(Call call) {
  WL_CO_TRY(const auto draft, read_draft(call.request));
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               slug = call.request.params.at(0),
               draft,
               record = audit_record(call, "app.updated", "")](
                  db::Transaction& tx) mutable -> Result<vault::App> {
    WL_TRY(auto app,
           parts.vault.apps().update(tx, workspace, slug, copy(*draft), parts.clock.now()));
    record.target = app.slug;
    WL_CHECK(access::append_audit(tx, record));
    return app;
  };
  WL_CO_TRY(const auto app, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, app_json(app, call.parts.public_url));
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
