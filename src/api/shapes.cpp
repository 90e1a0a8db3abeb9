#include "api/shapes.hpp"

#include "api/appearance_json.hpp"
#include "base/bytes.hpp"

namespace wayleave::api {

std::string_view to_string(vault::BrowserBinding binding) {
  return binding == vault::BrowserBinding::Required ? "required" : "optional";
}

std::string_view to_string(provider::AuthKind kind) {
  switch (kind) {
    case provider::AuthKind::OAuth2:
      return "oauth2";
    case provider::AuthKind::ApiKey:
      return "api_key";
    case provider::AuthKind::Basic:
      return "basic";
    case provider::AuthKind::ClientCredentials:
      return "client_credentials";
  }
  return "oauth2";
}

std::string_view to_string(provider::PkceUse use) {
  switch (use) {
    case provider::PkceUse::Required:
      return "required";
    case provider::PkceUse::Optional:
      return "optional";
    case provider::PkceUse::None:
      return "none";
  }
  return "none";
}

std::string app_json(const vault::App& app,
                     std::string_view public_url,
                     const connect::Appearance* appearance) {
  JsonWriter out;
  out.text("uuid", app.id.str())
      .text("slug", app.slug)
      .text("provider", app.provider)
      .text("clientId", app.client_id)
      .text_or_null("appId", app.app_id)
      .texts("scopes", app.scopes)
      .texts("optionalScopes", app.optional_scopes)
      .texts("returnOrigins", app.return_origins)
      .text("browserBinding", to_string(app.browser_binding))
      .text_or_null("webhookUrl", app.webhook_url)
      .text("redirectUrl", vault::redirect_url(public_url, app));
  if (!app.settings.empty()) out.map("settings", app.settings);
  if (appearance != nullptr) out.raw("appearance", appearance_json(*appearance));
  out.time("createdAt", app.created_at).time("updatedAt", app.updated_at);
  return out.str();
}

gateway::LoggedConnection logged(const vault::Connection& connection, const vault::App& app) {
  return {connection.id, connection.workspace, app.slug, connection.user, connection.created_at};
}

void write_connection(JsonWriter& out,
                      const vault::Connection& connection,
                      const vault::App& app,
                      const ConnectionActivity& activity) {
  out.text("id", connection.id.str())
      .text("app", app.slug)
      .text("provider", app.provider)
      .text("user", connection.user)
      .text("state", vault::to_string(connection.state))
      .text_or_null("stateReason", connection.state_reason)
      .text_or_null("externalAccount", connection.external_account)
      .texts("grantedScopes", connection.granted_scopes)
      .texts("missingScopes", connection.missing_scopes)
      .map("metadata", connection.metadata)
      .boolean("hasRefreshToken", connection.has_refresh_token)
      .time("createdAt", connection.created_at)
      .time("updatedAt", connection.updated_at)
      .time("refreshedAt", connection.refreshed_at)
      .time("expiresAt", connection.expires_at)
      .time("lastCallAt", activity.last_call)
      .time("nextRefreshAt", activity.next_refresh);
}

std::string key_json(const access::ApiKey& key) {
  JsonWriter out;
  out.text("id", key.id.str())
      .text("name", key.name)
      .texts("scopes", key.scopes.names())
      .text("hint", key.hint)
      .texts("allowedAddresses", key.allowed.texts())
      .time("createdAt", key.created_at)
      .time("expiresAt", key.expires_at)
      .time("revokedAt", key.revoked_at)
      .time("lastUsedAt", key.last_used_at);
  return out.str();
}

std::string audit_json(const access::AuditRecord& record) {
  JsonWriter actor;
  actor.text("kind", record.actor.kind)
      .text_or_null("id", record.actor.id)
      .text_or_null("name", record.actor.name)
      .text_or_null("address", record.actor.address);
  JsonWriter out;
  out.number("sequence", record.sequence)
      .time("at", record.at)
      .raw("actor", actor.str())
      .text("action", record.action)
      .text("target", record.target)
      .raw("detail", record.detail)
      .text_or_null("hash", to_hex(record.hash));
  return out.str();
}

}  // namespace wayleave::api
