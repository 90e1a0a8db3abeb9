#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "access/audit.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "vault/app.hpp"
#include "vault/connection.hpp"
#include "vault/token_endpoint.hpp"

namespace wayleave::vault {

/// A connection with all that is needed to speak to its provider.
struct Holding {
  App app;
  Connection connection;
  Tokens tokens;
  Client client;
};

/// The two tables and what they say together; shared by the vault and its refresher.
struct Store {
  Apps apps;
  Connections connections;

  /// The newest state; `connection_not_found`, `app_misconfigured` when the provider is gone.
  [[nodiscard]] Result<Holding> load(db::Transaction& tx,
                                     const WorkspaceId& workspace,
                                     const ConnectionId& id) const;

  /// Stores what a refresh brought, ends its intent and, when the connection was not well, records
  /// its recovery. When the stored refresh token is no longer the one that was sent, somebody else
  /// was first: theirs stays and is returned (TK-08, TK-24).
  [[nodiscard]] Result<Connection> commit_refresh(db::Transaction& tx,
                                                  const Holding& sent,
                                                  const TokenUpdate& update,
                                                  Instant now) const;
  /// Writes a state that a failed refresh led to, with its audit record, and ends the intent unless
  /// the outcome is unknown. Returns what is stored when that is newer than `sent`.
  [[nodiscard]] Result<Connection> commit_state(db::Transaction& tx,
                                                const Holding& sent,
                                                State state,
                                                std::string_view reason,
                                                std::string_view provider_code,
                                                Instant now) const;
};

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

}  // namespace wayleave::vault
