#include "base/text.hpp"
#include "vault/connection.hpp"
#include "vault/connection_rows.hpp"
#include "vault/data_keys.hpp"
#include "vault/json_text.hpp"
#include "vault/refresh/lease.hpp"

namespace wayleave::vault {
namespace {

crypto::Place place_of(const Connection& connection, std::string_view column) {
  return {
      connection.workspace.str(), "connection", connection.id.str(), column, connection.version};
}

/// Both tokens sealed for `connection.version`.
struct Sealed {
  db::Value access;
  db::Value refresh;
};
Sealed seal(const crypto::KeyRing& keys, const Tokens& tokens, const Connection& connection) {
  Sealed sealed;
  sealed.access = db::Blob{keys.seal(tokens.access_token, place_of(connection, "access_token"))};
  if (!tokens.refresh_token.empty()) {
    sealed.refresh =
        db::Blob{keys.seal(tokens.refresh_token, place_of(connection, "refresh_token"))};
  }
  return sealed;
}

std::optional<std::int64_t> seconds_of(const std::optional<std::chrono::seconds>& life) {
  if (!life) return std::nullopt;
  return life->count();
}

Result<> note(db::Transaction& tx, const Connection& connection, Instant now) {
  return db::note_change(tx, "connection", connection.app.str() + "/" + connection.user, now);
}

/// The row moved on since it was read.
Result<> changed_one(Result<std::int64_t> done) {
  if (!done) return std::unexpected(std::move(done).error());
  if (*done == 1) return {};
  return fail(ErrorKind::Conflict, "conflict", "the connection was changed at the same time");
}

Result<> insert(db::Transaction& tx, const Connection& c, Sealed sealed) {
  return changed_one(tx.execute(
      "INSERT INTO connection (id, workspace, app, user_id, state, state_reason, external_account, "
      "granted_scopes, missing_scopes, metadata, access_token, refresh_token, life_seconds, "
      "expires_at, created_at, updated_at, version, user_key, account_key) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
      {c.id,
       c.workspace,
       c.app,
       c.user,
       to_string(c.state),
       c.state_reason,
       c.external_account,
       to_json(c.granted_scopes),
       to_json(c.missing_scopes),
       to_json(c.metadata),
       std::move(sealed.access),
       std::move(sealed.refresh),
       seconds_of(c.life),
       c.expires_at,
       c.created_at,
       c.updated_at,
       c.version,
       to_lower(c.user),
       to_lower(c.external_account)}));
}

/// Everything but identity and creation, where the version is still the one before.
Result<> replace(db::Transaction& tx, const Connection& c, Sealed sealed) {
  return changed_one(
      tx.execute("UPDATE connection SET state = $3, state_reason = $4, external_account = $5, "
                 "granted_scopes = $6, missing_scopes = $7, metadata = $8, access_token = $9, "
                 "refresh_token = $10, life_seconds = $11, expires_at = $12, refreshed_at = $13, "
                 "updated_at = $14, account_key = $15, version = $2 "
                 "WHERE id = $1 AND version = $2 - 1",
                 {c.id,
                  c.version,
                  to_string(c.state),
                  c.state_reason,
                  c.external_account,
                  to_json(c.granted_scopes),
                  to_json(c.missing_scopes),
                  to_json(c.metadata),
                  std::move(sealed.access),
                  std::move(sealed.refresh),
                  seconds_of(c.life),
                  c.expires_at,
                  c.refreshed_at,
                  c.updated_at,
                  to_lower(c.external_account)}));
}

/// The tokens alone. What lists are searched and ordered by stays unnamed, so that a refresh
/// touches none of their indexes.
Result<> replace_tokens(db::Transaction& tx, const Connection& c, Sealed sealed) {
  return changed_one(
      tx.execute("UPDATE connection SET access_token = $3, refresh_token = $4, life_seconds = $5, "
                 "expires_at = $6, refreshed_at = $7, updated_at = $8, version = $2 "
                 "WHERE id = $1 AND version = $2 - 1",
                 {c.id,
                  c.version,
                  std::move(sealed.access),
                  std::move(sealed.refresh),
                  seconds_of(c.life),
                  c.expires_at,
                  c.refreshed_at,
                  c.updated_at}));
}

}  // namespace

std::unexpected<Error> no_such_connection() {
  return fail(ErrorKind::NotFound, "connection_not_found", "there is no such connection");
}

Result<std::optional<Connection>> Connections::find(db::Transaction& tx,
                                                    const AppId& app,
                                                    std::string_view user) const {
  WL_TRY(const auto row,
         tx.query_one(select_connection() + "WHERE app = $1 AND user_id = $2", {app, user}));
  if (!row) return std::optional<Connection>{};
  return std::optional<Connection>{read_connection(*row)};
}

Result<std::optional<Connection>> Connections::find(db::Transaction& tx,
                                                    const ConnectionId& id) const {
  WL_TRY(const auto row, tx.query_one(select_connection() + "WHERE id = $1", {id}));
  if (!row) return std::optional<Connection>{};
  return std::optional<Connection>{read_connection(*row)};
}

Result<Connection> Connections::get(db::Transaction& tx,
                                    const WorkspaceId& workspace,
                                    const ConnectionId& id) const {
  WL_TRY(const auto row,
         tx.query_one(select_connection() + "WHERE id = $1 AND workspace = $2", {id, workspace}));
  if (!row) return no_such_connection();
  return read_connection(*row);
}

Result<Connection> Connections::put(db::Transaction& tx,
                                    Connection connection,
                                    const TokenUpdate& update,
                                    Instant now) const {
  WL_TRY(const auto old, find(tx, connection.app, connection.user));
  connection.state = State::Active;
  connection.state_reason.clear();
  connection.expires_at = update.expires_at;
  connection.life = update.life;
  connection.has_refresh_token = !update.tokens.refresh_token.empty();
  connection.refreshed_at.reset();
  connection.created_at = old ? old->created_at : now;
  connection.updated_at = now;
  connection.version = 1;
  if (old) {
    connection.id = old->id;
    connection.version = old->version + 1;
  }
  auto sealed = seal(keys_, update.tokens, connection);
  WL_CHECK(old ? replace(tx, connection, std::move(sealed))
               : insert(tx, connection, std::move(sealed)));
  WL_CHECK(note(tx, connection, now));
  return connection;
}

Result<Tokens> Connections::tokens(db::Transaction& tx, const Connection& connection) const {
  WL_TRY(const auto row,
         tx.query_one("SELECT access_token, refresh_token FROM connection "
                      "WHERE id = $1 AND version = $2",
                      {connection.id, connection.version}));
  if (!row) {
    return fail(ErrorKind::Conflict, "conflict", "the connection was changed at the same time");
  }
  Tokens tokens;
  WL_TRY(tokens.access_token,
         open_sealed(tx, keys_, (*row)[0].blob(), place_of(connection, "access_token")));
  if (!(*row)[1].is_null()) {
    WL_TRY(tokens.refresh_token,
           open_sealed(tx, keys_, (*row)[1].blob(), place_of(connection, "refresh_token")));
  }
  return tokens;
}

Result<Connection> Connections::swap_tokens(db::Transaction& tx,
                                            const Connection& connection,
                                            const TokenUpdate& update,
                                            Instant now) const {
  Connection next = connection;
  next.version += 1;
  next.state = State::Active;
  next.state_reason.clear();
  next.expires_at = update.expires_at;
  next.life = update.life;
  next.has_refresh_token = !update.tokens.refresh_token.empty();
  next.refreshed_at = next.updated_at = now;
  const bool same_state = connection.state == next.state && connection.state_reason.empty();
  auto sealed = seal(keys_, update.tokens, next);
  WL_CHECK(same_state ? replace_tokens(tx, next, std::move(sealed))
                      : replace(tx, next, std::move(sealed)));
  WL_CHECK(note(tx, next, now));
  return next;
}

Result<Connection> Connections::set_state(db::Transaction& tx,
                                          const Connection& connection,
                                          State state,
                                          std::string_view reason,
                                          Instant now) const {
  // The version is bound into the seals, so that the tokens are sealed anew, unchanged.
  WL_TRY(const Tokens tokens, this->tokens(tx, connection));
  Connection next = connection;
  next.version += 1;
  next.state = state;
  next.state_reason = reason;
  next.updated_at = now;
  WL_CHECK(replace(tx, next, seal(keys_, tokens, next)));
  WL_CHECK(note(tx, next, now));
  return next;
}

Result<> Connections::remove(db::Transaction& tx, const Connection& connection, Instant now) const {
  WL_CHECK(forget_work(tx, connection.id));
  WL_TRY(const auto removed, tx.execute("DELETE FROM connection WHERE id = $1", {connection.id}));
  if (removed == 0) {
    return no_such_connection();
  }
  return note(tx, connection, now);
}

}  // namespace wayleave::vault
