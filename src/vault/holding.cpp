#include "vault/holding.hpp"

#include "vault/json_text.hpp"

namespace wayleave::vault {

Result<Holding> Store::load(db::Transaction& tx,
                            const WorkspaceId& workspace,
                            const ConnectionId& id) const {
  Holding holding;
  WL_TRY(holding.connection, connections.get(tx, workspace, id));
  WL_TRY(holding.app, apps.find(tx, holding.connection.app));
  WL_TRY(holding.tokens, connections.tokens(tx, holding.connection));
  holding.fingerprint = token_fingerprint(holding.tokens.refresh_token);
  auto provider = apps.provider(holding.app);
  if (!provider) return std::unexpected(app_misconfigured(holding.app));
  holding.client.provider = *std::move(provider);
  holding.client.client_id = holding.app.client_id;
  WL_TRY(holding.client.secret, apps.client_secret(tx, holding.app));
  return holding;
}

Result<Leases::Outcome> Store::claim(db::Transaction& tx,
                                     const Holding& loaded,
                                     const Attempt::Claim& step,
                                     Instant now) const {
  const Connection& connection = loaded.connection;
  const Leases::Want want{connection.id, connection.version, loaded.fingerprint, step.over};
  WL_TRY(auto outcome, leases.claim(tx, want, now));
  const auto* grant = std::get_if<Leases::Grant>(&outcome);
  const bool sent_by_another =
      grant != nullptr && grant->inherited && grant->doubt == Attempt::Doubt::Lost;
  if (!sent_by_another || step.have_answer || connection.state != State::Active ||
      !loaded.client.provider->auth.refresh.rotates) {
    return outcome;
  }
  WL_CHECK(
      note(tx, connection, {State::RefreshUnknown, std::string(reason::kOutcomeUnknown), {}}, now));
  return Attempt::Moved{};
}

Result<Store::Change> Store::commit_refresh(db::Transaction& tx,
                                            const Holding& sent,
                                            const Lease& lease,
                                            const Brought& brought,
                                            Instant now) const {
  WL_TRY(auto current, connections.find(tx, sent.connection.id));
  if (!current) return Change{Attempt::Written::Gone, std::nullopt};
  bool moved = false;
  if (current->version != sent.connection.version) {
    WL_TRY(const auto tokens, connections.tokens(tx, *current));
    moved = token_fingerprint(tokens.refresh_token) != sent.fingerprint;
  }
  WL_TRY(const bool ours,
         leases.release(
             tx, lease, {.due_at = brought.contested ? now : brought.due_at, .keep_due = moved}));
  if (moved) return Change{Attempt::Written::Moved, std::move(current)};
  if (!ours) return Change{Attempt::Written::Fenced, std::move(current)};
  WL_TRY(auto next, connections.swap_tokens(tx, *current, brought.update, now));
  if (brought.update.dies_at) WL_CHECK(set_end(tx, next.id, brought.update.dies_at));
  if (brought.contested) {
    WL_TRY(next,
           note(tx, next, {State::RefreshUnknown, std::string(reason::kOutcomeUnknown), {}}, now));
  } else if (current->state != State::Active) {
    const auto detail = to_json(
        std::map<std::string, std::string>{{"from", std::string(to_string(current->state))}});
    WL_CHECK(access::append_audit(
        tx,
        connection_record(next,
                          "connection.recovered",
                          access::change_detail(state_of(*current), state_of(next), detail),
                          now)));
  }
  return Change{Attempt::Written::Done, std::move(next)};
}

Result<Store::Change> Store::settle(db::Transaction& tx,
                                    const Holding& sent,
                                    const Lease& lease,
                                    const Leases::Release& release,
                                    const std::optional<Finding>& finding,
                                    Instant now) const {
  WL_TRY(auto current, connections.find(tx, sent.connection.id));
  if (!current) return Change{Attempt::Written::Gone, std::nullopt};
  Leases::Release now_free = release;
  now_free.keep_due = current->version != sent.connection.version;
  WL_TRY(const bool ours, leases.release(tx, lease, now_free));
  if (now_free.keep_due) return Change{Attempt::Written::Moved, std::move(current)};
  if (!ours) return Change{Attempt::Written::Fenced, std::move(current)};
  if (!finding) return Change{Attempt::Written::Done, std::move(current)};
  WL_TRY(auto noted, note(tx, *current, *finding, now));
  return Change{Attempt::Written::Done, std::move(noted)};
}

Result<> Store::doubt_overtaker(db::Transaction& tx, const Lease& lease, Instant now) const {
  WL_TRY(const auto current, connections.find(tx, lease.connection));
  if (!current || current->state != State::Active) return {};
  WL_TRY(const bool overtaken, leases.overtaken(tx, lease));
  if (!overtaken) return {};
  WL_CHECK(
      note(tx, *current, {State::RefreshUnknown, std::string(reason::kOutcomeUnknown), {}}, now));
  return set_due(tx, lease.connection, now);
}

Result<Connection> Store::note(db::Transaction& tx,
                               const Connection& seen,
                               const Finding& finding,
                               Instant now) const {
  WL_TRY(const auto current, connections.get(tx, seen.workspace, seen.id));
  if (current.version != seen.version) return current;
  if (current.state == finding.state && current.state_reason == finding.reason) return current;
  WL_TRY(auto next, connections.set_state(tx, current, finding.state, finding.reason, now));
  const auto detail = to_json(std::map<std::string, std::string>{
      {"reason", finding.reason}, {"providerCode", finding.provider_code}});
  const std::string action = "connection." + std::string(to_string(finding.state));
  WL_CHECK(access::append_audit(
      tx,
      connection_record(
          next, action, access::change_detail(state_of(current), state_of(next), detail), now)));
  return next;
}

std::string state_of(const Connection& connection) {
  return to_json(std::map<std::string, std::string>{
      {"state", std::string(to_string(connection.state))}, {"reason", connection.state_reason}});
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

Error connection_damaged() {
  return {ErrorKind::Reauthorize,
          "reauthorization_required",
          "the stored tokens of this connection are damaged or were tampered with; the user must "
          "connect again",
          "a sealed value does not open"};
}

}  // namespace wayleave::vault
