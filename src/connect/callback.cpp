#include <utility>

#include "connect/callback_check.hpp"
#include "connect/callback_params.hpp"
#include "connect/flow_repository.hpp"
#include "connect/installer_impl.hpp"
#include "connect/link_repository.hpp"
#include "connect/state.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::connect {
namespace {

using Ended = std::expected<Connected, NotConnected>;

/// A flow with its app; the app is missing when it was removed meanwhile.
struct Loaded {
  Flow flow;
  std::optional<AppInUse> in_use;
  Scene scene;
};

/// One callback on its way. Shared by the coroutine and the transactions it starts, which may run
/// more than once and only read it.
struct Trip {
  Installer::Impl& impl;
  Flow flow;
  AppInUse in_use;
  Scene scene;
  CallbackParams params;
  std::string peer;
};

Result<std::optional<Loaded>> load(db::Transaction& tx,
                                   const Installer::Impl& impl,
                                   const std::string& digest) {
  WL_TRY(auto flow, find_flow_by_state(tx, digest));
  if (!flow) return std::nullopt;
  if (!flow->verifier.empty()) {
    WL_CHECK(vault::take_up_key_of(tx, impl.parts.keys, flow->verifier));
  }
  auto in_use = impl.find_app(tx, flow->app);
  if (!in_use && in_use.error().kind != ErrorKind::NotFound) {
    return std::unexpected(std::move(in_use).error());
  }
  Loaded loaded{*std::move(flow), std::nullopt, {}};
  if (in_use) {
    WL_TRY(loaded.scene, scene_of(tx, *in_use));
    loaded.in_use = *std::move(in_use);
  }
  loaded.scene.language = loaded.flow.language;
  return loaded;
}

Result<> audit(
    db::Transaction& tx, const Trip& trip, Outcome outcome, std::string target, Instant now) {
  access::AuditRecord record;
  record.at = now;
  record.workspace = trip.flow.workspace;
  record.actor = {.kind = "browser", .id = {}, .address = trip.peer};
  record.action = outcome == Outcome::Connected ? "connection.connected"
                  : outcome == Outcome::Denied  ? "connection.denied"
                                                : "connection.failed";
  record.target = std::move(target);
  record.detail = R"({"app":)" + json_quote(trip.in_use.app.slug) + R"(,"user":)" +
                  json_quote(trip.flow.user) + R"(,"outcome":)" + json_quote(to_string(outcome)) +
                  "}";
  return access::append_audit(tx, record);
}

/// Records how a flow ended without a connection.
Result<> end(db::Transaction& tx, const Trip& trip, Outcome outcome, Instant now) {
  WL_CHECK(set_flow_outcome(tx, trip.flow.id, outcome));
  return audit(tx, trip, outcome, trip.flow.app.str(), now);
}

/// Consumes the flow; nullopt: it is ours now. An error the provider sent ends it at once.
Result<std::optional<Outcome>> consume(db::Transaction& tx, const Trip& trip, Instant now) {
  auto in_use = trip.impl.find_app(tx, trip.flow.app);
  if (!in_use && in_use.error().kind != ErrorKind::NotFound) {
    return std::unexpected(std::move(in_use).error());
  }
  if (!in_use || in_use->app.version != trip.flow.app_version) return Outcome::AppChanged;
  if (!trip.flow.link.empty() && trip.flow.repeats.empty()) {
    WL_TRY(const auto link, find_link(tx, trip.flow.link));
    if (!link || link->used_at) return Outcome::LinkUsed;
  }
  WL_TRY(const bool taken, consume_flow(tx, trip.flow.state_digest, now));
  if (!taken) return Outcome::UsedState;
  if (!trip.params.error.empty()) {
    WL_CHECK(end(tx, trip, outcome_of_error(trip.params.error), now));
  }
  return std::nullopt;
}

/// The transaction that makes the connection: tokens, link, flow and audit together or not at all.
Result<vault::Connection> connect(db::Transaction& tx,
                                  const Trip& trip,
                                  const vault::Grant& grant,
                                  Instant now) {
  WL_CHECK(trip.impl.find_app(tx, trip.flow.app));
  if (!trip.flow.link.empty() && trip.flow.repeats.empty()) {
    WL_TRY(const bool used, use_link(tx, trip.flow.link, now));
    if (!used) return std::unexpected(error_of(Outcome::LinkUsed, {}));
  }
  WL_TRY(auto connection, trip.impl.parts.vault.store(tx, grant, now));
  WL_CHECK(set_flow_outcome(tx, trip.flow.id, Outcome::Connected, connection.missing_scopes));
  WL_CHECK(audit(tx, trip, Outcome::Connected, connection.id.str(), now));
  return connection;
}

Outcome outcome_of_store(const Error& error) {
  if (error.code == "account_mismatch") return Outcome::AccountMismatch;
  if (error.code == "gone") return Outcome::LinkUsed;
  if (error.code == "app_not_found") return Outcome::AppChanged;
  return Outcome::Failed;
}

/// The answer to a callback that did not end its flow.
NotConnected refused(Log& log, Outcome outcome, Error error, const Loaded* loaded) {
  NotConnected out;
  out.outcome = outcome;
  if (loaded != nullptr) out.scene = loaded->scene;
  // These are found after the browser was: it is the one that began.
  const bool own = outcome == Outcome::UsedState || outcome == Outcome::ExpiredState ||
                   outcome == Outcome::AppChanged || outcome == Outcome::LinkUsed;
  if (own && loaded != nullptr && loaded->in_use) {
    tell_traveller(out.scene, loaded->flow, *loaded->in_use, outcome, {});
  }
  out.error = std::move(error);
  log.warn("connect.refused",
           {{"outcome", to_string(outcome)},
            {"app", out.scene.app_slug},
            {"detail", out.error.operator_detail}});
  return out;
}

NotConnected refused(Log& log, Outcome outcome, const Loaded* loaded) {
  const std::string name =
      loaded != nullptr && loaded->in_use ? loaded->in_use->provider->name : "";
  return refused(log, outcome, error_of(outcome, name), loaded);
}

/// The answer to a callback that ended its flow without a connection.
NotConnected ended(const Trip& trip, Outcome outcome, Error error) {
  NotConnected out;
  out.outcome = outcome;
  out.scene = trip.scene;
  out.scene.provider_text = trip.params.description;
  tell_traveller(out.scene, trip.flow, trip.in_use, outcome, {});
  out.result_id = trip.flow.id;
  // A window that somebody waits for shows how it ended; its page leads on.
  if (trip.flow.opener.empty()) out.return_url = return_url_of(trip.flow, outcome, error.code);
  trip.impl.parts.log.warn("connect.failed",
                           {{"outcome", to_string(outcome)},
                            {"app", out.scene.app_slug},
                            {"code", error.code},
                            {"detail", error.operator_detail}});
  out.error = std::move(error);
  return out;
}

/// Ends a consumed flow. The outcome is recorded if it can be; the customer hears it either way.
Task<NotConnected> fail_flow(std::shared_ptr<const Trip> trip, Outcome outcome, Error error) {
  auto work = [trip, outcome, now = trip->impl.parts.clock.now()](db::Transaction& tx) {
    return end(tx, *trip, outcome, now);
  };
  const Result<> noted = co_await trip->impl.parts.database.write(std::move(work));
  if (!noted) {
    trip->impl.parts.log.error("connect.outcome_lost", {{"detail", noted.error().operator_detail}});
  }
  co_return ended(*trip, outcome, std::move(error));
}

/// Brings the consumed flow's code to the provider and keeps what comes back.
Task<Ended> exchange(std::shared_ptr<const Trip> trip,
                     std::optional<SecretString> verifier,
                     std::map<std::string, std::string> metadata) {
  vault::Vault& vault = trip->impl.parts.vault;
  const Clock& clock = trip->impl.parts.clock;
  const Instant requested_at = clock.now();
  oauth::TokenOutcome tokens = co_await vault.exchange(
      trip->in_use.app, trip->params.code, trip->flow.redirect_uri, std::move(verifier));
  if (!tokens) {
    const Outcome outcome = outcome_of_failure(tokens.error().failure);
    Error error = error_of(outcome, trip->in_use.provider->name);
    error.operator_detail = tokens.error().code + " " + tokens.error().detail;
    co_return std::unexpected(co_await fail_flow(trip, outcome, std::move(error)));
  }
  vault::Grant grant;
  grant.app = trip->in_use.app;
  grant.user = trip->flow.user;
  grant.tokens = *std::move(tokens);
  grant.requested_scopes = trip->flow.scopes;
  grant.callback_metadata = std::move(metadata);
  grant.requested_at = requested_at;
  vault::Grant identified = co_await vault.identify(std::move(grant));
  // Shared with the transaction, since a grant cannot be copied.
  const auto kept = std::make_shared<const vault::Grant>(std::move(identified));

  auto work = [trip, kept, now = clock.now()](db::Transaction& tx) {
    return connect(tx, *trip, *kept, now);
  };
  auto connection = co_await trip->impl.parts.database.write(std::move(work));
  if (!connection) {
    const Outcome outcome = outcome_of_store(connection.error());
    Error error = error_of(outcome, trip->in_use.provider->name);
    if (outcome == Outcome::AccountMismatch) error.detail = connection.error().detail;
    error.operator_detail = connection.error().code + " " + connection.error().operator_detail;
    co_return std::unexpected(co_await fail_flow(trip, outcome, std::move(error)));
  }
  Connected connected{*std::move(connection), trip->in_use.app, trip->scene, {}, trip->flow.id};
  tell_traveller(connected.scene,
                 trip->flow,
                 trip->in_use,
                 Outcome::Connected,
                 connected.connection.missing_scopes);
  if (trip->flow.opener.empty()) {
    connected.return_url = return_url_of(trip->flow, Outcome::Connected, {});
  }
  trip->impl.parts.log.info("connect.connected",
                            {{"app", trip->in_use.app.slug},
                             {"connection", connected.connection.id.str()},
                             {"account", connected.connection.external_account}});
  co_return connected;
}

/// The verifier must be opened before the flow is consumed, which erases it.
Result<std::optional<SecretString>> open_verifier(const Installer::Impl& impl, const Flow& flow) {
  if (flow.verifier.empty()) return std::nullopt;
  WL_TRY(auto verifier, impl.parts.keys.open(flow.verifier, verifier_place(flow)));
  return verifier;
}

}  // namespace

Task<Ended> Installer::callback(Callback callback) {
  Impl* const impl = impl_.get();
  db::Database& database = impl->parts.database;
  Log& log = impl->parts.log;

  auto params = read_callback(callback.query);
  if (!params) {
    co_return std::unexpected(refused(log, Outcome::Malformed, std::move(params).error(), nullptr));
  }
  auto look_up = [impl, digest = one_time_digest(params->state)](db::Transaction& tx) {
    return load(tx, *impl, digest);
  };
  auto found = co_await database.read(std::move(look_up));
  if (!found) {
    co_return std::unexpected(refused(log, Outcome::Failed, std::move(found).error(), nullptr));
  }
  if (!*found) co_return std::unexpected(refused(log, Outcome::UnknownState, nullptr));
  Loaded loaded = **std::move(found);

  const Instant now = impl->parts.clock.now();
  const Arrival arrival{callback.provider, callback.app, callback.browser_cookie};
  const auto verdict = check_callback(loaded.flow,
                                      loaded.in_use ? &loaded.in_use->app : nullptr,
                                      loaded.in_use ? &loaded.in_use->provider->auth : nullptr,
                                      *params,
                                      arrival,
                                      now);
  if (verdict) co_return std::unexpected(refused(log, *verdict, &loaded));
  auto verifier = open_verifier(*impl, loaded.flow);
  if (!verifier) {
    co_return std::unexpected(refused(log, Outcome::Failed, std::move(verifier).error(), &loaded));
  }

  auto metadata = callback_metadata(callback.query, loaded.in_use->provider->auth.callback_fields);
  Trip made{*impl,
            loaded.flow,
            *loaded.in_use,
            loaded.scene,
            *std::move(params),
            std::move(callback.peer)};
  const auto trip = std::make_shared<const Trip>(std::move(made));
  auto take = [trip, now](db::Transaction& tx) { return consume(tx, *trip, now); };
  auto lost = co_await database.write(std::move(take));
  if (!lost) {
    co_return std::unexpected(refused(log, Outcome::Failed, std::move(lost).error(), &loaded));
  }
  if (*lost) co_return std::unexpected(refused(log, **lost, &loaded));
  if (!trip->params.error.empty()) {
    const Outcome outcome = outcome_of_error(trip->params.error);
    Error error = error_of(outcome, trip->in_use.provider->name);
    error.operator_detail = trip->params.error;
    co_return std::unexpected(ended(*trip, outcome, std::move(error)));
  }
  co_return co_await exchange(trip, *std::move(verifier), std::move(metadata));
}

}  // namespace wayleave::connect
