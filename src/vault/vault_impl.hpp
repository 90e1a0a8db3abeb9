#pragma once

#include <memory>
#include <set>
#include <string>

#include "vault/cool_down.hpp"
#include "vault/refresh/plan.hpp"
#include "vault/refresh/refresher.hpp"
#include "vault/refresh/scheduler.hpp"
#include "vault/vault.hpp"

namespace wayleave::vault {

struct Vault::Impl {
  explicit Impl(Parts given);

  /// A connection as a call needs it, read anew each time: the gateway keeps it on its workers.
  struct Reading {
    Connection connection;
    SecretString access_token;
    std::optional<std::chrono::seconds> lead;  ///< as its provider wishes

    [[nodiscard]] TokenAge age() const { return {connection.expires_at, connection.life}; }
  };
  [[nodiscard]] Task<Result<Reading>> read(AppId app, std::string user);
  /// Logs and records that a connection's seals do not open, once an hour (VT-03).
  [[nodiscard]] Task<> report_damage(AppId app, std::string user);
  /// Begins to store what lies in the emergency journal; for which connections.
  [[nodiscard]] Task<std::set<ConnectionId>> begin_salvage();
  [[nodiscard]] Result<Reading> open(db::Transaction& tx, Connection connection) const;

  /// The token for a call now, refreshed first or in the background as `token_use` says.
  [[nodiscard]] Task<Result<Credential>> usable(AppId app, std::string user);
  [[nodiscard]] Credential credential_of(Reading reading) const;

  Parts parts;
  Store store;
  CoolDown damage_reports;
  std::shared_ptr<Refresher> refresher;  // shared with flights that outlive their callers
  std::shared_ptr<Scheduler> scheduler;  // shared with what it began
};

}  // namespace wayleave::vault
