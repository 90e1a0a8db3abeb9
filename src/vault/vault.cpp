#include "vault/vault.hpp"

#include <algorithm>

#include "vault/data_keys.hpp"
#include "vault/refresh/plan.hpp"
#include "vault/vault_impl.hpp"

namespace wayleave::vault {
namespace {

constexpr std::chrono::hours kDamageReportPause{1};

/// The refused access token of a dead grant is of no use even before it expires; one whose early
/// refresh failed still is (TK-19).
bool is_spent(const Connection& connection) {
  return connection.state == State::Revoked || (connection.state == State::NeedsReauthorization &&
                                                connection.state_reason == reason::kTokensRejected);
}

bool can_refresh(const Connection& connection) {
  return connection.has_refresh_token && connection.state != State::NeedsReauthorization;
}

std::unexpected<Error> connection_not_found() {
  return fail(
      ErrorKind::NotFound, "connection_not_found", "this user has no connection for this app");
}

/// What was found open at the start.
struct Recovered {
  std::vector<Connection> unknown;
  std::vector<Connection> watched;  ///< perhaps somebody else is at it
};

constexpr int kRecoveredMax = 100'000;

/// What a process that has ended was at: unknown where the provider may have spent the token.
/// Nullopt: there is nothing to worry about.
Result<std::optional<Connection>> recover_one(db::Transaction& tx,
                                              const Store& store,
                                              const Leases::Open& open,
                                              Instant now) {
  WL_CHECK(store.leases.free(tx, open.connection, now));
  WL_TRY(const auto found, store.connections.find(tx, open.connection));
  if (!found) return std::nullopt;
  auto held = store.load(tx, found->workspace, found->id);
  if (!held) {
    // Such a one is left as it is and the others go on (VT-04).
    const auto& code = held.error().code;
    if (is_damage(held.error()) || code == "app_misconfigured") return std::nullopt;
    return std::unexpected(held.error());
  }
  const bool same = held->fingerprint == open.fingerprint;
  if (!held->client.provider->auth.refresh.rotates || !same) return std::nullopt;
  if (found->state != State::Active) return std::optional<Connection>{*found};
  WL_TRY(auto marked,
         store.note(
             tx, *found, {State::RefreshUnknown, std::string(reason::kOutcomeUnknown), {}}, now));
  return std::optional<Connection>{std::move(marked)};
}

}  // namespace

Vault::Impl::Impl(Parts given)
    : parts(given),
      store{Apps(given.keys, given.catalogue), Connections(given.keys), Leases(given.owner)},
      refresher(std::make_shared<Refresher>(Refresher::Parts{given.database,
                                                             given.client,
                                                             given.clock,
                                                             given.random,
                                                             given.log,
                                                             given.journal,
                                                             store,
                                                             given.ahead,
                                                             given.refresh_rate})),
      scheduler(std::make_shared<Scheduler>(
          Scheduler::Parts{given.database, given.clock, given.log, store, refresher})) {}

Vault::Vault(Parts parts) : impl_(std::make_unique<Impl>(parts)) {}
Vault::~Vault() = default;

const Apps& Vault::apps() const { return impl_->store.apps; }
const Connections& Vault::connections() const { return impl_->store.connections; }

Result<Vault::Impl::Reading> Vault::Impl::open(db::Transaction& tx, Connection connection) const {
  Reading reading;
  WL_TRY(auto tokens, store.connections.tokens(tx, connection));
  reading.access_token = std::move(tokens.access_token);
  WL_TRY(const auto app, store.apps.find(tx, connection.app));
  const auto provider = store.apps.provider(app);
  if (!provider) return std::unexpected(app_misconfigured(app));
  reading.lead = (*provider)->auth.refresh.lead;
  reading.connection = std::move(connection);
  return reading;
}

Task<> Vault::Impl::report_damage(AppId app, std::string user) {
  const std::string name = app.str() + "/" + user;
  const Tick now = parts.clock.tick();
  if (damage_reports.active(name, now)) co_return;
  damage_reports.start(name, now, now + kDamageReportPause, Error{});
  auto work = [this, app, user](db::Transaction& tx) -> Result<std::string> {
    WL_TRY(const auto connection, store.connections.find(tx, app, user));
    if (!connection) return std::string{};
    WL_CHECK(access::append_audit(
        tx, connection_record(*connection, "connection.damaged", "{}", parts.clock.now())));
    return connection->id.str();
  };
  const auto id = co_await parts.database.write(std::move(work));
  parts.log.error("connection.damaged", {{"connection", id.value_or("")}, {"audited", bool(id)}});
}

Task<Result<Vault::Impl::Reading>> Vault::Impl::read(AppId app, std::string user) {
  auto work = [this, app, user](db::Transaction& tx) -> Result<Reading> {
    WL_TRY(auto connection, store.connections.find(tx, app, user));
    if (!connection) return connection_not_found();
    return open(tx, *std::move(connection));
  };
  auto reading = co_await parts.database.read(std::move(work));
  if (!reading && is_damage(reading.error())) {
    co_await report_damage(std::move(app), std::move(user));
    co_return std::unexpected(connection_damaged());
  }
  co_return reading;
}

Credential Vault::Impl::credential_of(Reading reading) const {
  const Instant now = parts.clock.now();
  Credential credential;
  credential.connection = reading.connection.id;
  credential.version = reading.connection.version;
  credential.expires_at = reading.connection.expires_at;
  credential.refresh_due_at = refresh_due_at(reading.age(), reading.lead);
  if (!can_refresh(reading.connection)) {
    credential.refresh_due_at = credential.expires_at;
  } else if (token_use(reading.age(), reading.lead, now) == TokenUse::UseAndRefresh) {
    // A refresh is under way or failed lately: no need to ask before it can have changed.
    credential.refresh_due_at =
        std::min(*credential.expires_at, now + refresher->quiet_time(reading.connection.id));
  }
  credential.access_token = std::move(reading.access_token);
  return credential;
}

Task<Result<Credential>> Vault::Impl::usable(AppId app, std::string user) {
  constexpr int kReadings = 3;  // a token that never lives until it is read is no token
  for (int reading_number = 0; reading_number < kReadings; ++reading_number) {
    WL_CO_TRY(auto reading, co_await read(app, user));
    const Connection connection = reading.connection;
    if (is_spent(connection)) co_return std::unexpected(reauthorization_required(connection));
    const auto use = token_use(reading.age(), reading.lead, parts.clock.now());
    if (use == TokenUse::UseAndRefresh && can_refresh(connection)) {
      co_await refresher->start(connection);
    }
    if (use != TokenUse::RefreshFirst) co_return credential_of(std::move(reading));
    WL_CO_CHECK(co_await refresher->refresh(connection, Occasion::Due));
  }
  co_return fail(ErrorKind::Retry,
                 "upstream_unreachable",
                 "the provider issues access tokens that have already expired");
}

Task<Result<Credential>> Vault::credential(AppId app, std::string user) {
  co_return co_await impl_->usable(std::move(app), std::move(user));
}

Task<Result<Credential>> Vault::renew(AppId app, std::string user, std::int64_t seen_version) {
  WL_CO_TRY(const auto reading, co_await impl_->read(app, user));
  const Connection connection = reading.connection;
  if (is_spent(connection)) co_return std::unexpected(reauthorization_required(connection));
  if (connection.version == seen_version) {
    auto refreshed = co_await impl_->refresher->refresh(connection, Occasion::Rejected);
    if (!refreshed) {
      // The refresh that this one is too close to may have landed since the look above.
      WL_CO_TRY(const auto again, co_await impl_->read(app, user));
      if (again.connection.version == seen_version) {
        co_return std::unexpected(std::move(refreshed).error());
      }
    }
  }
  co_return co_await impl_->usable(std::move(app), std::move(user));
}

Task<Result<Connection>> Vault::refresh_now(WorkspaceId workspace, ConnectionId id) {
  auto work = [this, workspace, id](db::Transaction& tx) {
    return impl_->store.connections.get(tx, workspace, id);
  };
  WL_CO_TRY(auto connection, co_await impl_->parts.database.read(std::move(work)));
  AppId app = connection.app;
  std::string user = connection.user;
  auto refreshed = co_await impl_->refresher->refresh(std::move(connection), Occasion::Asked);
  if (!refreshed && is_damage(refreshed.error())) {
    co_await impl_->report_damage(std::move(app), std::move(user));
    co_return std::unexpected(connection_damaged());
  }
  co_return refreshed;
}

Task<Result<int>> Vault::recover() {
  const Clock& clock = impl_->parts.clock;
  const auto salvaged = co_await impl_->begin_salvage();
  auto work = [this, salvaged, &clock](db::Transaction& tx) -> Result<Recovered> {
    Recovered recovered;
    WL_TRY(const auto open, impl_->store.leases.open(tx, kRecoveredMax));
    for (const auto& one : open) {
      if (salvaged.contains(one.connection)) continue;
      if (!one.left) {
        WL_TRY(const auto busy, impl_->store.connections.find(tx, one.connection));
        if (busy) recovered.watched.push_back(*busy);
        continue;
      }
      WL_TRY(const auto marked, recover_one(tx, impl_->store, one, clock.now()));
      if (marked) recovered.unknown.push_back(*marked);
    }
    return recovered;
  };
  WL_CO_TRY(const auto recovered, co_await impl_->parts.database.write(std::move(work)));
  for (const auto& connection : recovered.unknown) {
    impl_->parts.log.warn("connection.refresh_unknown", {{"connection", connection.id.str()}});
    co_await impl_->refresher->start(connection);  // at once, within the grace time (TK-07)
  }
  for (const auto& connection : recovered.watched) co_await impl_->refresher->start(connection);
  co_return static_cast<int>(recovered.unknown.size());
}

Task<std::set<ConnectionId>> Vault::Impl::begin_salvage() {
  parts.journal.prepare();
  auto found = parts.journal.read();
  std::set<ConnectionId> begun;
  for (auto& entry : found.entries) {
    parts.log.warn("token.found_in_journal", {{"connection", entry.connection.str()}});
    begun.insert(entry.connection);
    co_await refresher->salvage(std::make_shared<const Journal::Entry>(std::move(entry)));
  }
  if (found.unreadable > 0) parts.log.error("journal.unreadable", {{"files", found.unreadable}});
  co_return begun;
}

Task<> Vault::settled() { co_await impl_->refresher->settled(); }
Task<> Vault::drain() {
  co_await impl_->scheduler->stop();
  co_await impl_->refresher->drain();
}
Task<> Vault::keep_fresh() { co_await impl_->scheduler->run(); }
RefreshTotals Vault::refreshes() const { return impl_->refresher->totals(); }

}  // namespace wayleave::vault
