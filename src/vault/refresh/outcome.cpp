#include <algorithm>
#include <array>

#include "vault/refresh/ride.hpp"
#include "vault/refresh/schedule.hpp"

namespace wayleave::vault {
namespace {

constexpr std::chrono::minutes kClientPause{5};  // as long as AppHealth refuses

}  // namespace

double Refresher::chance() {
  std::array<std::uint8_t, 4> bytes{};
  parts_.random.fill(bytes);
  const auto drawn = (std::uint32_t{bytes[0]} << 16) | (std::uint32_t{bytes[1]} << 8) | bytes[2];
  return static_cast<double>(drawn) / (1 << 24);
}

std::shared_ptr<const Journal::Entry> Refresher::granted(const Ride& ride,
                                                         oauth::TokenSet set,
                                                         Instant sent_at) {
  const Holding& held = *ride.held;
  const auto& auth = held.client.provider->auth;
  auto entry = std::make_shared<Journal::Entry>();
  entry->workspace = held.connection.workspace;
  entry->connection = held.connection.id;
  entry->fingerprint = ride.sent_fingerprint;
  entry->fence = ride.lease.fence;
  TokenUpdate& update = entry->update;
  update.tokens.access_token = std::move(set.access_token);
  // No new refresh token: the old one stays (TK-12); a new one always replaces it (TK-13).
  update.tokens.refresh_token =
      set.refresh_token.empty() ? held.tokens.refresh_token.clone() : std::move(set.refresh_token);
  update.life = set.expires_in ? set.expires_in : auth.expires_in_default;
  if (update.life) update.expires_at = sent_at + *update.life;
  if (set.refresh_expires_in) update.dies_at = sent_at + *set.refresh_expires_in;
  return entry;
}

std::optional<Instant> Refresher::due_after(const TokenUpdate& update,
                                            const provider::Provider& provider,
                                            Instant now) {
  if (update.tokens.refresh_token.empty()) return std::nullopt;
  const TokenAge age{update.expires_at, update.life};
  return next_due(age, provider.auth.refresh, parts_.ahead, now, chance());
}

/// Cool-down of callers and the log's line.
void Refresher::note_failure(Ride& ride, Attempt::Settlement as) {
  if (as == Attempt::Settlement::Condemn || !ride.failure) return;
  const oauth::TokenFailure& failure = *ride.failure;
  if (failure.failure == oauth::FailureClass::Config) {
    ride.error = app_misconfigured(ride.held->app);
    return;
  }
  const bool unknown = as == Attempt::Settlement::Unknown;
  ride.error = unknown ? refresh_unknown() : token_endpoint_failing(failure.code);
  const auto& rules = ride.held->client.provider->auth.refresh;
  // The first failure has the shortest pause; later ones only matter to the scheduler.
  ride.pause = as == Attempt::Settlement::Unspent ? back_off(0, failure.retry_after, 0)
                                                  : unknown_pause(rules);
  const Tick now = parts_.clock.tick();
  failures_.start(ride.seen.id.str(), now, now + ride.pause, ride.error);
  if (failure.retry_after) {
    health_.pause(ride.held->app.id, now + std::min<Millis>(*failure.retry_after, kRetryAfterMax));
  }
  parts_.log.warn("token.refresh_failed",
                  {{"connection", ride.seen.id.str()},
                   {"app", ride.held->app.slug},
                   {"code", failure.code},
                   {"detail", failure.detail},
                   {"wait_s", std::chrono::ceil<std::chrono::seconds>(ride.pause).count()}});
}

Leases::Release Refresher::release_after(const Ride& ride, Attempt::Settlement as) {
  Leases::Release release;
  release.tries = ride.lease.tries + 1;
  release.doubtful = as == Attempt::Settlement::Doubtful;
  if (as == Attempt::Settlement::Condemn) return release;
  const Instant now = parts_.clock.now();
  if (ride.failure && ride.failure->failure == oauth::FailureClass::Config) {
    release.due_at = now + kClientPause + back_off(0, std::nullopt, chance());
    return release;
  }
  const auto retry_after = ride.failure ? ride.failure->retry_after : std::nullopt;
  const bool prompt = as != Attempt::Settlement::Unspent && ride.lease.tries == 0;
  release.due_at = now + (prompt ? ride.pause : back_off(ride.lease.tries, retry_after, chance()));
  return release;
}

std::optional<Store::Finding> Refresher::finding(const Ride& ride, Attempt::Settlement as) const {
  if (as == Attempt::Settlement::Unknown) {
    return Store::Finding{State::RefreshUnknown, std::string(reason::kOutcomeUnknown), {}};
  }
  if (as != Attempt::Settlement::Condemn) return std::nullopt;
  const bool rejected = ride.occasion == Occasion::Rejected;
  std::string_view why = reason::kRefreshTokenRejected;
  if (!ride.failure) why = reason::kNoRefreshToken;
  if (rejected) why = reason::kTokensRejected;
  // Asking for a dead one again does not make the reason better known.
  const bool was_unknown = ride.held->connection.state_reason == reason::kOutcomeUnknown;
  if (ride.attempt.in_doubt() || was_unknown) why = reason::kOutcomeUnknown;
  return Store::Finding{State::NeedsReauthorization,
                        std::string(why),
                        ride.failure ? ride.failure->code : std::string()};
}

void Refresher::note_kept(const Ride& ride, const Result<>& kept) {
  const std::string id = ride.seen.id.str();
  if (kept) {
    ++kept_;
    parts_.log.error("token.kept_in_journal", {{"connection", id}, {"code", ride.error.code}});
    return;
  }
  ++unkept_;
  parts_.log.error(
      "token.journal_failed",
      {{"connection", id}, {"code", ride.error.code}, {"detail", kept.error().operator_detail}});
}

Task<Result<Connection>> Refresher::conclude(RidePtr ride, Attempt::Ending ending) {
  switch (ending) {
    case Attempt::Ending::Stored:
      co_return co_await stored(ride);
    case Attempt::Ending::Dead:
      co_return dead(*ride);
    case Attempt::Ending::Gone:
      if (ride->answer) co_await discard(ride);
      co_return fail(ErrorKind::NotFound, "connection_not_found", "there is no such connection");
    case Attempt::Ending::ClientRefused:
      co_await note_client_refused(ride);
      co_return std::unexpected(app_misconfigured(ride->held->app));
    case Attempt::Ending::Unknown:
      ++unknown_;
      co_return std::unexpected(refresh_unknown());
    case Attempt::Ending::Busy:
      co_return fail(ErrorKind::Retry, std::string(kBusy), "another process refreshes this token");
    case Attempt::Ending::StoreFailed:
      if (ride->answer && !ride->attempt.is_kept()) note_abandoned(*ride);
      break;
    case Attempt::Ending::Failing:
      ++failed_;
      break;
  }
  co_return std::unexpected(ride->error);
}

Task<Result<Connection>> Refresher::stored(RidePtr ride) {
  if (ride->stored_ours && ride->result) {
    failures_.clear(ride->seen.id.str());
    ++stored_;
    parts_.log.info("token.refreshed",
                    {{"connection", ride->seen.id.str()}, {"app", ride->held->app.slug}});
    co_return *ride->result;
  }
  // Somebody else was faster, or decided otherwise.
  auto read = [this, ride](db::Transaction& tx) {
    return parts_.store.connections.get(tx, ride->seen.workspace, ride->seen.id);
  };
  WL_CO_TRY(auto connection, co_await parts_.database.read(std::move(read)));
  if (is_dead(connection.state)) co_return std::unexpected(reauthorization_required(connection));
  if (connection.state == State::Active) failures_.clear(ride->seen.id.str());
  co_return connection;
}

Result<Connection> Refresher::dead(const Ride& ride) {
  const Connection& now = ride.result ? *ride.result : ride.held->connection;
  if (ride.result) {
    ++condemned_;
    parts_.log.warn("connection.needs_reauthorization",
                    {{"connection", now.id.str()},
                     {"app", ride.held->app.slug},
                     {"reason", now.state_reason},
                     {"code", ride.failure ? ride.failure->code : std::string()}});
  }
  if (!ride.held->connection.has_refresh_token && ride.occasion == Occasion::Asked) {
    return fail(ErrorKind::Reauthorize,
                "reauthorization_required",
                "the provider gave no refresh token; the user must connect again");
  }
  return std::unexpected(reauthorization_required(now));
}

Task<> Refresher::discard(RidePtr ride) {
  // Disconnected while the provider was asked: what it granted in between must not live on.
  if (!ride->held || ride->held->client.provider->auth.revoke.empty()) co_return;
  const bool revoked = co_await request_revocation(parts_.client,
                                                   ride->held->client,
                                                   ride->answer->update.tokens.refresh_token,
                                                   "refresh_token");
  parts_.log.info("token.discarded", {{"connection", ride->seen.id.str()}, {"revoked", revoked}});
}

void Refresher::note_abandoned(const Ride& ride) {
  parts_.log.error("token.commit_abandoned",
                   {{"connection", ride.seen.id.str()},
                    {"code", ride.error.code},
                    {"detail", ride.error.operator_detail}});
}

Task<> Refresher::note_client_refused(RidePtr ride) {
  const App& app = ride->held->app;
  if (!ride->client_refusal_is_news) co_return;
  parts_.log.error(
      "app.client_refused",
      {{"app", app.slug}, {"code", ride->failure->code}, {"detail", ride->failure->detail}});
  auto record =
      connection_record(ride->held->connection, "app.client_refused", "{}", parts_.clock.now());
  record.target = app.id.str();
  auto work = [record](db::Transaction& tx) { return access::append_audit(tx, record); };
  const auto written = co_await parts_.database.write(std::move(work));
  if (!written) parts_.log.error("audit.lost", {{"app", app.slug}});
}

}  // namespace wayleave::vault
