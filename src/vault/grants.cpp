#include "oauth/scopes.hpp"
#include "vault/json_text.hpp"
#include "vault/token_endpoint.hpp"
#include "vault/vault_impl.hpp"

namespace wayleave::vault {
namespace {

constexpr Millis kLookupTimeout{10'000};
constexpr std::size_t kLookupBytesMax = 1 << 18;
constexpr std::size_t kAccountBytesMax = 255;

Result<Client> load_client(db::Transaction& tx, const Apps& apps, const App& app) {
  Client client;
  WL_TRY(client.provider, apps.provider(app));
  client.client_id = app.client_id;
  WL_TRY(client.secret, apps.client_secret(tx, app));
  return client;
}

std::unexpected<oauth::TokenFailure> not_asked(const Error& error) {
  oauth::TokenFailure failure;
  failure.failure = error.kind == ErrorKind::Reject ? oauth::FailureClass::Config
                                                    : oauth::FailureClass::Transient;
  failure.code = error.code;
  failure.detail = error.operator_detail.empty() ? error.detail : error.operator_detail;
  return std::unexpected(std::move(failure));
}

/// The account the provider named; text that is no name is none.
std::string account_in(const Grant& grant, const std::string& field) {
  if (field.empty()) return {};
  if (const auto found = grant.tokens.extra.find(field); found != grant.tokens.extra.end()) {
    return found->second;
  }
  const auto found = grant.callback_metadata.find(field);
  return found == grant.callback_metadata.end() ? std::string{} : found->second;
}

Task<std::string> look_up_account(net::Client& net,
                                  provider::Lookup lookup,
                                  const SecretString& access_token,
                                  Log& log) {
  net::Outgoing outgoing;
  outgoing.url = lookup.url;
  outgoing.timeout = kLookupTimeout;
  outgoing.answer_bytes_max = kLookupBytesMax;
  outgoing.fields.add("Accept", "application/json");
  access_token.expose([&](std::string_view token) {
    outgoing.fields.add("Authorization", "Bearer " + std::string(token));
  });
  const auto answer = co_await net.call(std::move(outgoing));
  if (!answer || answer->status != 200) {
    log.warn("account.lookup_failed", {{"status", answer ? answer->status : 0}});
    co_return std::string{};
  }
  co_return scalar_member(answer->body, lookup.field);
}

TokenUpdate update_of(const Grant& grant, const provider::Provider& provider) {
  TokenUpdate update;
  update.tokens.access_token = grant.tokens.access_token.clone();
  update.tokens.refresh_token = grant.tokens.refresh_token.clone();
  update.life =
      grant.tokens.expires_in ? grant.tokens.expires_in : provider.auth.expires_in_default;
  if (update.life) update.expires_at = grant.requested_at + *update.life;
  const auto& refresh_life = grant.tokens.refresh_expires_in;
  if (refresh_life) update.dies_at = grant.requested_at + *refresh_life;
  return update;
}

/// OA-25: somebody who slips in another person's callback must not swap the account behind a user.
Result<> check_same_account(const Connection& old, const Grant& grant) {
  if (grant.allow_account_change || old.external_account.empty() ||
      old.external_account == grant.external_account) {
    return {};
  }
  return fail(ErrorKind::Conflict,
              "account_mismatch",
              grant.external_account.empty()
                  ? "the provider did not tell which account this is; try again"
                  : "this user is connected with another account; disconnect it first");
}

/// Some providers give a refresh token at the first consent only; then the old one is kept while it
/// is good (TK-12).
Result<> keep_old_refresh_token(db::Transaction& tx,
                                const Connections& connections,
                                const Connection& old,
                                TokenUpdate& update) {
  if (!update.tokens.refresh_token.empty() || !old.has_refresh_token) return {};
  if (old.state != State::Active) return {};
  auto tokens = connections.tokens(tx, old);
  // Damaged seals must not stand in the way of connecting again.
  if (tokens) update.tokens.refresh_token = std::move(tokens->refresh_token);
  return {};
}

}  // namespace

Task<oauth::TokenOutcome> Vault::exchange(App app,
                                          std::string code,
                                          std::string redirect_uri,
                                          std::optional<SecretString> verifier) {
  auto work = [this, app](db::Transaction& tx) { return load_client(tx, apps(), app); };
  auto client = co_await impl_->parts.database.read(std::move(work));
  if (!client) co_return not_asked(client.error());
  auto answer = co_await request_exchange(impl_->parts.client,
                                          impl_->parts.clock,
                                          *std::move(client),
                                          std::move(code),
                                          std::move(redirect_uri),
                                          std::move(verifier));
  co_return std::move(answer.outcome);
}

Task<Grant> Vault::identify(Grant grant) {
  const auto provider = apps().provider(grant.app);
  if (!provider) co_return grant;
  const provider::Auth& auth = (*provider)->auth;
  for (const auto& field : auth.token_fields) {
    const auto found = grant.tokens.extra.find(field);
    if (found != grant.tokens.extra.end()) grant.callback_metadata[field] = found->second;
  }
  grant.external_account = account_in(grant, auth.account_field);
  if (grant.external_account.empty() && auth.lookup) {
    grant.external_account = co_await look_up_account(
        impl_->parts.client, *auth.lookup, grant.tokens.access_token, impl_->parts.log);
  }
  if (grant.external_account.size() > kAccountBytesMax || has_control(grant.external_account)) {
    grant.external_account.clear();
  }
  co_return grant;
}

Result<Connection> Vault::store(db::Transaction& tx, const Grant& grant, Instant now) const {
  WL_TRY(const auto provider, apps().provider(grant.app));
  WL_TRY(const auto user, parse_user(grant.user));
  TokenUpdate update = update_of(grant, *provider);
  WL_TRY(const auto old, connections().find(tx, grant.app.id, user));
  if (old) {
    WL_CHECK(check_same_account(*old, grant));
    WL_CHECK(keep_old_refresh_token(tx, connections(), *old, update));
  }
  Connection connection;
  connection.id = ConnectionId{random_id(impl_->parts.random, "con")};
  connection.workspace = grant.app.workspace;
  connection.app = grant.app.id;
  connection.user = user;
  connection.external_account = grant.external_account;
  connection.granted_scopes = oauth::granted_scopes(grant.requested_scopes, grant.tokens.scopes);
  connection.missing_scopes =
      oauth::missing_scopes(grant.requested_scopes, connection.granted_scopes);
  connection.metadata = grant.callback_metadata;
  WL_TRY(auto stored, connections().put(tx, std::move(connection), update, now));
  WL_CHECK(set_due(tx, stored.id, impl_->refresher->due_after(update, *provider, now)));
  WL_CHECK(set_end(tx, stored.id, update.dies_at));
  return stored;
}

}  // namespace wayleave::vault
