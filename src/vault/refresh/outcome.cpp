#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "vault/refresh_intent.hpp"
#include "vault/refresh_plan.hpp"
#include "vault/refresher.hpp"

namespace wayleave::vault {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds kCoolDown{30};        // TK-20
constexpr std::chrono::seconds kCoolDownMax{3'600};  // however long a provider's Retry-After is
/// Pauses between tries to store what a provider granted; after the last it is given up.
constexpr Millis kCommitPauses[] = {Millis{100}, Millis{500}, Millis{2'000}, Millis{10'000}};

TokenUpdate update_of(const Holding& held, oauth::TokenSet set, Instant sent_at) {
  TokenUpdate update;
  update.tokens.access_token = std::move(set.access_token);
  // No new refresh token: the old one stays (TK-12); a new one always replaces it (TK-13).
  update.tokens.refresh_token =
      set.refresh_token.empty() ? held.tokens.refresh_token.clone() : std::move(set.refresh_token);
  update.life = set.expires_in ? set.expires_in : held.client.provider->auth.expires_in_default;
  if (update.life) update.expires_at = sent_at + *update.life;
  return update;
}

}  // namespace

Task<Result<Connection>> Refresher::settle(HoldingPtr held, Occasion occasion, TokenAnswer answer) {
  switch (judge(answer.outcome)) {
    case Verdict::Store:
      co_return co_await keep(held, std::move(answer));
    case Verdict::Reauthorize: {
      std::string why{reason::kRefreshTokenRejected};
      if (occasion == Occasion::Rejected) why = reason::kTokensRejected;
      if (answer.lost || held->connection.state == State::RefreshUnknown) {
        why = reason::kOutcomeUnknown;
      }
      co_return co_await condemn(held, std::move(why), answer.outcome.error().code);
    }
    case Verdict::AppBroken:
      co_return co_await blame_app(held, std::move(answer.outcome).error());
    case Verdict::KeepAndCoolDown:
      break;
  }
  co_return co_await cool_down(held, std::move(answer.outcome).error(), answer.lost);
}

Task<Result<Connection>> Refresher::keep(HoldingPtr held, TokenAnswer answer) {
  auto update = std::make_shared<const TokenUpdate>(
      update_of(*held, *std::move(answer.outcome), answer.sent_at));
  health_.accept(held->app.id);
  failures_.clear(held->connection.id.str());
  auto stored = co_await commit(held, update);
  if (stored) {
    parts_.log.info("token.refreshed", {{"connection", stored->id.str()}, {"app", held->app.slug}});
  } else if (stored.error().kind == ErrorKind::NotFound) {
    co_await discard(held, update);
  } else {
    parts_.log.error("token.commit_abandoned",
                     {{"connection", held->connection.id.str()},
                      {"code", stored.error().code},
                      {"detail", stored.error().operator_detail}});
  }
  co_return stored;
}

Task<Result<Connection>> Refresher::commit(HoldingPtr held, UpdatePtr update) {
  const auto executor = co_await asio::this_coro::executor;
  const auto work = [this, held, update](db::Transaction& tx) {
    return parts_.store.commit_refresh(tx, *held, *update, parts_.clock.now());
  };
  auto stored = co_await parts_.database.write(work);
  for (const auto pause : kCommitPauses) {
    if (stored || stored.error().kind != ErrorKind::Retry) break;
    parts_.log.error("token.commit_failed",
                     {{"connection", held->connection.id.str()}, {"code", stored.error().code}});
    asio::steady_timer timer(executor, pause);
    co_await timer.async_wait(asio::use_awaitable);
    stored = co_await parts_.database.write(work);
  }
  co_return stored;
}

Task<> Refresher::discard(HoldingPtr held, UpdatePtr update) {
  // Disconnected while the provider was asked: what it granted in between must not live on.
  if (held->client.provider->auth.revoke.empty()) co_return;
  const bool revoked = co_await request_revocation(
      parts_.client, held->client, update->tokens.refresh_token, "refresh_token");
  parts_.log.info("token.discarded",
                  {{"connection", held->connection.id.str()}, {"revoked", revoked}});
}

Task<Result<Connection>> Refresher::condemn(HoldingPtr held,
                                            std::string reason,
                                            std::string provider_code) {
  auto work = [this, held, reason, provider_code](db::Transaction& tx) {
    return parts_.store.commit_state(
        tx, *held, State::NeedsReauthorization, reason, provider_code, parts_.clock.now());
  };
  WL_CO_TRY(auto stored, co_await parts_.database.write(std::move(work)));
  if (stored.state == State::Active) co_return stored;  // TK-08: the token changed meanwhile
  parts_.log.warn("connection.needs_reauthorization",
                  {{"connection", stored.id.str()},
                   {"app", held->app.slug},
                   {"reason", reason},
                   {"code", provider_code}});
  co_return std::unexpected(reauthorization_required(stored));
}

Task<Result<Connection>> Refresher::cool_down(HoldingPtr held,
                                              oauth::TokenFailure failure,
                                              bool lost) {
  const bool unknown = lost && held->client.provider->auth.refresh.rotates;
  const Error error = unknown ? refresh_unknown() : token_endpoint_failing(failure.code);
  const auto wait = std::clamp(failure.retry_after.value_or(kCoolDown), kCoolDown, kCoolDownMax);
  const Tick now = parts_.clock.tick();
  failures_.start(held->connection.id.str(), now, now + wait, error);
  parts_.log.warn("token.refresh_failed",
                  {{"connection", held->connection.id.str()},
                   {"app", held->app.slug},
                   {"code", failure.code},
                   {"detail", failure.detail},
                   {"wait_s", wait.count()}});
  auto work = [this, held, unknown](db::Transaction& tx) -> Result<> {
    if (!unknown) return end_intent(tx, held->connection.id);
    WL_CHECK(parts_.store.commit_state(
        tx, *held, State::RefreshUnknown, reason::kOutcomeUnknown, {}, parts_.clock.now()));
    return {};
  };
  // When this cannot be written the intent stays, and the next start finds it.
  const auto written = co_await parts_.database.write(std::move(work));
  if (!written) {
    parts_.log.error("token.intent_left",
                     {{"connection", held->connection.id.str()}, {"code", written.error().code}});
  }
  co_return std::unexpected(error);
}

Task<Result<Connection>> Refresher::blame_app(HoldingPtr held, oauth::TokenFailure failure) {
  const App& app = held->app;
  const bool news = health_.refuse(app.id, app.version, parts_.clock.tick());
  if (news) {
    parts_.log.error("app.client_refused",
                     {{"app", app.slug}, {"code", failure.code}, {"detail", failure.detail}});
  }
  auto record = connection_record(held->connection, "app.client_refused", "{}", parts_.clock.now());
  record.target = app.id.str();
  auto work = [record, news, id = held->connection.id](db::Transaction& tx) -> Result<> {
    WL_CHECK(end_intent(tx, id));
    return news ? access::append_audit(tx, record) : Result<>{};
  };
  WL_CO_CHECK(co_await parts_.database.write(std::move(work)));
  co_return std::unexpected(app_misconfigured(app));
}

}  // namespace wayleave::vault
