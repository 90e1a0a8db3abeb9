#include "vault/holding.hpp"

#include "vault/json_text.hpp"
#include "vault/refresh_intent.hpp"

namespace wayleave::vault {

Result<Holding> Store::load(db::Transaction& tx,
                            const WorkspaceId& workspace,
                            const ConnectionId& id) const {
  Holding holding;
  WL_TRY(holding.connection, connections.get(tx, workspace, id));
  WL_TRY(holding.app, apps.find(tx, holding.connection.app));
  WL_TRY(holding.tokens, connections.tokens(tx, holding.connection));
  auto provider = apps.provider(holding.app);
  if (!provider) return std::unexpected(app_misconfigured(holding.app));
  holding.client.provider = *std::move(provider);
  holding.client.client_id = holding.app.client_id;
  WL_TRY(holding.client.secret, apps.client_secret(tx, holding.app));
  return holding;
}

Result<Connection> Store::commit_refresh(db::Transaction& tx,
                                         const Holding& sent,
                                         const TokenUpdate& update,
                                         Instant now) const {
  WL_TRY(const auto current, connections.get(tx, sent.connection.workspace, sent.connection.id));
  if (current.version != sent.connection.version) {
    WL_TRY(const auto tokens, connections.tokens(tx, current));
    if (token_fingerprint(tokens.refresh_token) != token_fingerprint(sent.tokens.refresh_token)) {
      return current;
    }
  }
  WL_CHECK(end_intent(tx, current.id));
  WL_TRY(auto next, connections.swap_tokens(tx, current, update, now));
  if (current.state != State::Active) {
    const auto detail = to_json(
        std::map<std::string, std::string>{{"from", std::string(to_string(current.state))}});
    WL_CHECK(
        access::append_audit(tx, connection_record(next, "connection.recovered", detail, now)));
  }
  return next;
}

Result<Connection> Store::commit_state(db::Transaction& tx,
                                       const Holding& sent,
                                       State state,
                                       std::string_view reason,
                                       std::string_view provider_code,
                                       Instant now) const {
  WL_TRY(const auto current, connections.get(tx, sent.connection.workspace, sent.connection.id));
  if (current.version != sent.connection.version) return current;
  if (state != State::RefreshUnknown) {
    WL_CHECK(end_intent(tx, current.id));
  }
  if (current.state == state && current.state_reason == reason) return current;
  WL_TRY(auto next, connections.set_state(tx, current, state, reason, now));
  const auto detail = to_json(std::map<std::string, std::string>{
      {"reason", std::string(reason)}, {"providerCode", std::string(provider_code)}});
  const std::string action = "connection." + std::string(to_string(state));
  WL_CHECK(access::append_audit(tx, connection_record(next, action, detail, now)));
  return next;
}

access::AuditRecord connection_record(const Connection& connection,
                                      std::string action,
                                      std::string detail,
                                      Instant now,
                                      access::Actor actor) {
  access::AuditRecord record;
  record.at = now;
  record.workspace = connection.workspace;
  record.actor = std::move(actor);
  record.action = std::move(action);
  record.target = connection.id.str();
  record.detail = std::move(detail);
  return record;
}

Error reauthorization_required(const Connection& connection) {
  return {ErrorKind::Reauthorize,
          "reauthorization_required",
          "the user must connect again (" + connection.state_reason + ")"};
}

Error refresh_unknown() {
  return {ErrorKind::Retry,
          "refresh_unknown",
          "the provider's answer to the last token refresh was lost; it will be tried again"};
}

Error token_endpoint_failing(std::string_view provider_code) {
  return {ErrorKind::Retry,
          "upstream_unreachable",
          "the access token has expired and the provider's token endpoint is failing (" +
              std::string(provider_code) + ")"};
}

Error app_misconfigured(const App& app) {
  return {ErrorKind::Conflict,
          "app_misconfigured",
          "the provider refuses the client of app " + app.slug +
              " or is not set up; check its client id and secret"};
}

}  // namespace wayleave::vault
