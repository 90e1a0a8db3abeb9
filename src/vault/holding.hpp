#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "access/audit.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "vault/app.hpp"
#include "vault/connection.hpp"
#include "vault/refresh/lease.hpp"
#include "vault/token_endpoint.hpp"

namespace wayleave::vault {

/// A connection with all that is needed to speak to its provider.
struct Holding {
  App app;
  Connection connection;
  Tokens tokens;
  std::string fingerprint;  ///< of the refresh token, see token_fingerprint
  Client client;
};

/// The tables and what they say together; shared by the vault and its refresher.
struct Store {
  Apps apps;
  Connections connections;
  Leases leases;

  /// The newest state; `connection_not_found`, `app_misconfigured` when the provider is gone.
  [[nodiscard]] Result<Holding> load(db::Transaction& tx,
                                     const WorkspaceId& workspace,
                                     const ConnectionId& id) const;

  /// Takes the lease for a refresh of what was loaded. What a holder that has ended may have sent
  /// to a provider that rotates is made `refresh_unknown` before it is sent again, and the outcome
  /// is `Moved` (TK-04).
  [[nodiscard]] Result<Leases::Outcome> claim(db::Transaction& tx,
                                              const Holding& loaded,
                                              const Attempt::Claim& step,
                                              Instant now) const;

  /// What was written, and the connection as it is now stored; none when it is gone.
  struct Change {
    Attempt::Written written = Attempt::Written::Done;
    std::optional<Connection> connection;
  };
  struct Brought {
    const TokenUpdate& update;
    std::optional<Instant> due_at;  ///< when the scheduler takes it up; missing: never
    bool contested = false;         ///< as of Attempt::Commit
  };
  /// Stores what a refresh brought and ends its lease; when the connection was not well, records
  /// its recovery. `Moved`: the stored refresh token is no longer the one that was sent, somebody
  /// else was first and theirs stays (TK-08, TK-24). `Fenced`: the lease is no longer ours (TK-02).
  [[nodiscard]] Result<Change> commit_refresh(db::Transaction& tx,
                                              const Holding& sent,
                                              const Lease& lease,
                                              const Brought& brought,
                                              Instant now) const;
  /// What a failed refresh says of a connection.
  struct Finding {
    State state = State::NeedsReauthorization;
    std::string reason;
    std::string provider_code;
  };
  /// Ends the lease; with a finding, writes it with its audit record where the connection has not
  /// changed since (`Moved`).
  [[nodiscard]] Result<Change> settle(db::Transaction& tx,
                                      const Holding& sent,
                                      const Lease& lease,
                                      const Leases::Release& release,
                                      const std::optional<Finding>& finding,
                                      Instant now) const;
  /// After an answer that was not stored, as another one was: when that one is not of a user who
  /// connected again but of another refresh, which of the two is newer is not known.
  [[nodiscard]] Result<> doubt_overtaker(db::Transaction& tx,
                                         const Lease& lease,
                                         Instant now) const;
  /// Writes a finding where the connection is still at the version it was `seen` at; else gives it
  /// as it is stored.
  [[nodiscard]] Result<Connection> note(db::Transaction& tx,
                                        const Connection& seen,
                                        const Finding& finding,
                                        Instant now) const;
};

/// What the audit trail keeps of a connection's state, for before and after.
[[nodiscard]] std::string state_of(const Connection& connection);

/// An audit record about a connection, by the gateway itself unless an actor is given.
[[nodiscard]] access::AuditRecord connection_record(const Connection& connection,
                                                    std::string action,
                                                    std::string detail,
                                                    Instant now,
                                                    access::Actor actor = {"system", {}, {}});

namespace reason {
inline constexpr std::string_view kRefreshTokenRejected = "refresh_token_rejected";
/// The access token was refused as well: it is not tried again although it has not expired.
inline constexpr std::string_view kTokensRejected = "tokens_rejected";
inline constexpr std::string_view kNoRefreshToken = "refresh_token_missing";
inline constexpr std::string_view kOutcomeUnknown = "refresh_outcome_unknown";
}  // namespace reason

// The errors of `Vault::credential`.
[[nodiscard]] Error reauthorization_required(const Connection& connection);
[[nodiscard]] Error refresh_unknown();
[[nodiscard]] Error token_endpoint_failing(std::string_view provider_code);
[[nodiscard]] Error app_misconfigured(const App& app);
/// Its seals do not open (VT-03, VT-04): only a new consent brings tokens that do.
[[nodiscard]] Error connection_damaged();

}  // namespace wayleave::vault
