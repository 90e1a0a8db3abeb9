#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"

namespace wayleave::vault {

enum class State { Active, RefreshUnknown, NeedsReauthorization, Revoked };
/// `active`, `refresh_unknown`, `needs_reauthorization`, `revoked`.
[[nodiscard]] std::string_view to_string(State state);
[[nodiscard]] std::optional<State> parse_state(std::string_view text);

/// `userForeignIdentifier`: UTF-8, 1 to 255 bytes, no control characters.
[[nodiscard]] Result<std::string> parse_user(std::string_view text);
/// The same judgement without a copy.
[[nodiscard]] Result<> check_user(std::string_view text);

/// One user's grant for one app, without its tokens.
struct Connection {
  ConnectionId id;
  WorkspaceId workspace;
  AppId app;
  std::string user;
  State state = State::Active;
  std::string state_reason;  ///< machine-readable, empty when active
  std::string external_account;
  std::vector<std::string> granted_scopes;
  std::vector<std::string> missing_scopes;  ///< requested and not granted (OA-21)
  std::map<std::string, std::string> metadata;
  Instant created_at;
  Instant updated_at;
  std::optional<Instant> expires_at;         ///< of the access token; missing: not known
  std::optional<std::chrono::seconds> life;  ///< of the access token when it was issued
  std::optional<Instant> refreshed_at;
  bool has_refresh_token = false;
  std::int64_t version = 1;  ///< grows with each change of tokens or state; bound into the seals
};

/// Where a connection stands in a list: by when it was made, then by id. It never moves.
struct ConnectionPlace {
  Instant created_at;
  ConnectionId id;
};
[[nodiscard]] inline ConnectionPlace place_of(const Connection& connection) {
  return {connection.created_at, connection.id};
}

/// What is asked for; what is not set does not matter.
struct ConnectionFilter {
  std::optional<AppId> app;
  std::optional<std::string> user;  ///< exactly
  std::optional<State> state;
  /// The beginning of the user or of the external account; ASCII letters in either case. Empty:
  /// any.
  std::string beginning;
  std::optional<ConnectionPlace> after;  ///< the last one of the page before
  bool oldest_first = false;             ///< not together with `beginning`
  int limit = 50;
};

/// The one answer for a connection that is unknown or of another workspace (PX-09).
[[nodiscard]] std::unexpected<Error> no_such_connection();

using StateCounts = std::map<State, std::int64_t>;
/// How many there are in each state, in all workspaces.
[[nodiscard]] Result<StateCounts> count_connections(db::Transaction& tx);

/// The tokens of a connection, opened.
struct Tokens {
  SecretString access_token;
  SecretString refresh_token;  ///< empty: none
};

/// What a grant or a refresh leaves behind.
struct TokenUpdate {
  Tokens tokens;
  std::optional<Instant> expires_at;
  std::optional<std::chrono::seconds> life;  ///< of the access token when it was issued
  std::optional<Instant> dies_at = {};       ///< when the refresh token ends, where that is known
};

/// Connections in the database. Tokens change only by compare-and-swap on `version` (TK-24). Each
/// change is noted in the change feed under topic `connection`, key `<app uuid>/<user>`.
class Connections {
 public:
  explicit Connections(const crypto::KeyRing& keys) : keys_(keys) {}

  [[nodiscard]] Result<std::optional<Connection>> find(db::Transaction& tx,
                                                       const AppId& app,
                                                       std::string_view user) const;
  [[nodiscard]] Result<std::optional<Connection>> find(db::Transaction& tx,
                                                       const ConnectionId& id) const;
  /// `connection_not_found` for an unknown one and for another workspace's (PX-09).
  [[nodiscard]] Result<Connection> get(db::Transaction& tx,
                                       const WorkspaceId& workspace,
                                       const ConnectionId& id) const;
  /// Newest first. An app that is named must be one of the workspace.
  [[nodiscard]] Result<std::vector<Connection>> list(db::Transaction& tx,
                                                     const WorkspaceId& workspace,
                                                     const ConnectionFilter& filter) const;
  /// How many there are in each state, of that app or of all.
  [[nodiscard]] Result<StateCounts> count(db::Transaction& tx,
                                          const WorkspaceId& workspace,
                                          const std::optional<AppId>& app) const;
  /// Users of that one's app who are connected to the same external account, its own among them;
  /// some only when they are many.
  [[nodiscard]] Result<std::vector<std::string>> users_of_account(
      db::Transaction& tx, const Connection& connection) const;
  /// Inserts, or replaces the grant of the same app and user keeping its id (OA-25).
  [[nodiscard]] Result<Connection> put(db::Transaction& tx,
                                       Connection connection,
                                       const TokenUpdate& update,
                                       Instant now) const;
  /// Opens the tokens of that very version; `sealed_value_damaged` when they were tampered with.
  [[nodiscard]] Result<Tokens> tokens(db::Transaction& tx, const Connection& connection) const;
  /// Stores refreshed tokens where the version is still `connection.version`; `conflict` otherwise.
  [[nodiscard]] Result<Connection> swap_tokens(db::Transaction& tx,
                                               const Connection& connection,
                                               const TokenUpdate& update,
                                               Instant now) const;
  /// Changes the state and its reason, tokens untouched (TK-10); `conflict` as above.
  [[nodiscard]] Result<Connection> set_state(db::Transaction& tx,
                                             const Connection& connection,
                                             State state,
                                             std::string_view reason,
                                             Instant now) const;
  [[nodiscard]] Result<> remove(db::Transaction& tx,
                                const Connection& connection,
                                Instant now) const;

 private:
  const crypto::KeyRing& keys_;
};

}  // namespace wayleave::vault
