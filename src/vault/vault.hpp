#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "access/audit.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/task.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "net/client.hpp"
#include "oauth/token_response.hpp"
#include "provider/catalogue.hpp"
#include "vault/app.hpp"
#include "vault/connection.hpp"
#include "vault/refresh/journal.hpp"
#include "vault/refresh/totals.hpp"

namespace wayleave::vault {

/// What the gateway needs to attach a token: opened, with how long it may be used.
struct Credential {
  ConnectionId connection;
  std::int64_t version = 0;
  SecretString access_token;
  std::optional<Instant> expires_at;  ///< missing: not known
  /// From then on the gateway asks the vault again; never after `expires_at`.
  std::optional<Instant> refresh_due_at;
};

/// A grant as the callback brings it.
struct Grant {
  App app;
  std::string user;
  oauth::TokenSet tokens;
  std::vector<std::string> requested_scopes;
  std::map<std::string, std::string> callback_metadata;
  Instant requested_at;  ///< when the token request was sent: life counts from there (TK-15)
  bool allow_account_change = false;
  std::string external_account = {};  ///< filled in by Vault::identify
};

/// Keeps grants and keeps them fresh. One refresh at a time per connection in this process: callers
/// join the flight (TK-01). Everything a constructor takes must outlive the vault; any coroutine on
/// any thread may call. Construction does no I/O.
class Vault {
 public:
  struct Parts {
    db::Database& database;
    const crypto::KeyRing& keys;
    const provider::Catalogue& catalogue;
    net::Client& client;
    const Clock& clock;
    Random& random;
    Log& log;
    const Journal& journal;  ///< for what providers grant and the database does not take
    std::string owner;       ///< of leases, by `lease_owner`: no other vault has the same
    bool ahead = true;       ///< tokens are refreshed before they expire although nobody uses them
    unsigned refresh_rate = 1'000;  ///< token requests per second and endpoint, at most (TK-18)
  };
  explicit Vault(Parts parts);
  ~Vault();

  [[nodiscard]] const Apps& apps() const;
  [[nodiscard]] const Connections& connections() const;

  /// Asks the token endpoint to exchange the code (not yet stored).
  [[nodiscard]] Task<oauth::TokenOutcome> exchange(App app,
                                                   std::string code,
                                                   std::string redirect_uri,
                                                   std::optional<SecretString> verifier);
  /// Finds the external account (token answer, then look-up) and completes the grant's metadata;
  /// a failed look-up leaves it empty.
  [[nodiscard]] Task<Grant> identify(Grant grant);
  /// Seals and stores inside the caller's transaction; the caller adds its audit record.
  /// `account_mismatch` (kind Conflict) when the user reconnects with another external account, or
  /// with one that could not be found out although the old one is known (OA-25).
  [[nodiscard]] Result<Connection> store(db::Transaction& tx,
                                         const Grant& grant,
                                         Instant now) const;

  /// A usable token, refreshed first when it is due or expired. Codes: `connection_not_found`,
  /// `reauthorization_required`, `refresh_unknown`, `upstream_unreachable` (kind Retry: the token
  /// is expired and the provider cannot be asked now), `app_misconfigured`.
  [[nodiscard]] Task<Result<Credential>> credential(AppId app, std::string user);
  /// After a 401 with the token of `seen_version`: refreshes unless the token changed meanwhile
  /// (TK-17), at most one refresh per connection per cool-down; within it the error is
  /// `refresh_cooling_down` (kind Retry) and the 401 should be passed on.
  [[nodiscard]] Task<Result<Credential>> renew(AppId app,
                                               std::string user,
                                               std::int64_t seen_version);
  /// Refreshes now because an operator asked; overrides the cool-down.
  [[nodiscard]] Task<Result<Connection>> refresh_now(WorkspaceId workspace, ConnectionId id);

  /// Removes the connection at once and revokes it at the provider, refresh token first (OA-22).
  /// The local removal stands even when the provider cannot be reached; `revoked` tells the
  /// outcome. Writes the audit records `connection.disconnected` and `connection.revoked`.
  struct Disconnected {
    Connection connection;
    bool revoked = false;
  };
  [[nodiscard]] Task<Result<Disconnected>> disconnect(WorkspaceId workspace,
                                                      ConnectionId id,
                                                      access::Actor actor = {"system", {}, {}});

  /// The raw access token for an operator or a backend, good for at least `min_validity` (TK-25):
  /// refreshed first when need be, an error (field `minValidity`) when the provider's tokens do not
  /// live that long. The record `token.revealed` is durable before the token is given (LG-03).
  [[nodiscard]] Task<Result<Credential>> reveal(WorkspaceId workspace,
                                                ConnectionId id,
                                                std::chrono::seconds min_validity,
                                                access::Actor actor);

  /// Once at the start of a server. Answers in the emergency journal are stored (TK-06). A refresh
  /// that a crash cut short on a provider whose refresh tokens rotate leaves its connection
  /// `refresh_unknown` (TK-04) and is tried again at once, on the caller's executor and beyond this
  /// call; one that another process may still be at is watched. Tells how many were unknown.
  [[nodiscard]] Task<Result<int>> recover();
  /// Refreshes what is due, on the caller's executor, until `drain`. Once.
  [[nodiscard]] Task<> keep_fresh();
  [[nodiscard]] RefreshTotals refreshes() const;
  /// Waits until no refresh is in flight; others may begin meanwhile.
  [[nodiscard]] Task<> settled();
  /// Waits for refreshes in flight, so that a stop never falls between a provider's answer and its
  /// commit (OP-07). New ones are refused from then on.
  [[nodiscard]] Task<> drain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] std::vector<db::Migration> migrations();

}  // namespace wayleave::vault
