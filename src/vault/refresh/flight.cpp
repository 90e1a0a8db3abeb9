#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "vault/refresh/past.hpp"
#include "vault/refresh/ride.hpp"
#include "vault/refresh/schedule.hpp"

namespace wayleave::vault {
namespace asio = boost::asio;
namespace {

/// Whoever stood so long in the queue of a failing endpoint does not go in as well.
constexpr std::chrono::seconds kQueueTimeMax{30};
/// A provider that wants to be left alone for no longer is waited for.
constexpr Millis kPauseWaitMax{5'000};
/// A pause is ended this soon when the gateway stops.
constexpr Millis kPauseSlice{200};

Attempt::Answer classify(const TokenAnswer& answer) {
  if (answer.outcome) return Attempt::Answer::Granted;
  switch (answer.outcome.error().failure) {
    case oauth::FailureClass::Terminal:
      return Attempt::Answer::Refused;
    case oauth::FailureClass::Config:
      return Attempt::Answer::ClientRefused;
    case oauth::FailureClass::Transient:
      break;
  }
  if (answer.lost) return Attempt::Answer::Lost;
  return answer.odd ? Attempt::Answer::Doubtful : Attempt::Answer::Unspent;
}

PastRefresh::Outcome outcome_of(Attempt::Settlement as) {
  switch (as) {
    case Attempt::Settlement::Unspent:
      return PastRefresh::Outcome::Failed;
    case Attempt::Settlement::Condemn:
      return PastRefresh::Outcome::Rejected;
    case Attempt::Settlement::Unknown:
    case Attempt::Settlement::Doubtful:
    case Attempt::Settlement::Overtaken:
      break;
  }
  return PastRefresh::Outcome::Unknown;
}

}  // namespace

std::string Refresher::reason_of(const Ride& ride) {
  if (!ride.failure) return {};
  return ride.failure->code.empty() ? ride.failure->detail : ride.failure->code;
}

Task<Refresher::Outcome> Refresher::run(RidePtr ride) {
  Step step = ride->attempt.begin();
  while (!std::holds_alternative<Attempt::Finish>(step)) {
    auto next = std::visit([&](const auto& now) { return on(ride, now); }, step);
    step = co_await std::move(next);
  }
  co_return co_await conclude(ride, std::get<Attempt::Finish>(step).ending);
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Load) {
  auto work = [this, ride](db::Transaction& tx) {
    return parts_.store.load(tx, ride->seen.workspace, ride->seen.id);
  };
  auto loaded = co_await parts_.database.read(std::move(work));
  if (!loaded) {
    ride->error = std::move(loaded).error();
    if (ride->error.kind == ErrorKind::NotFound) co_return ride->attempt.loaded(Attempt::Gone{});
    co_return ride->attempt.loaded(Attempt::Failed{});
  }
  ride->held = std::make_shared<const Holding>(*std::move(loaded));
  const Holding& held = *ride->held;
  const auto& rules = held.client.provider->auth.refresh;
  Attempt::Loaded now;
  now.version = held.connection.version;
  now.state = held.connection.state;
  now.has_refresh_token = !held.tokens.refresh_token.empty();
  now.same_token = ride->sent_fingerprint == held.fingerprint;
  now.rotates = rules.rotates;
  now.grace = rules.grace;
  co_return ride->attempt.loaded(now);
}

/// Waits until its turn at the token endpoint has come.
Task<Result<>> Refresher::board(RidePtr ride) {
  const App& app = ride->held->app;
  WL_CO_CHECK(may_board(*ride));
  const Millis left_alone = health_.pause_left(app.id, parts_.clock.tick());
  if (ride->occasion != Occasion::Asked && left_alone.count() > 0) {
    if (left_alone > kPauseWaitMax)
      co_return std::unexpected(token_endpoint_failing("rate_limited"));
    co_await rest(ride, left_alone);
  }
  const Tick queued = parts_.clock.tick();
  const auto gate = health_.gate(app.id);
  ride->passage.emplace(co_await gate->enter());
  const Tick now = parts_.clock.tick();
  const Tick turn = pace_.reserve(ride->held->client.provider->auth.token, now);
  if (turn - queued > kQueueTimeMax) co_return std::unexpected(token_endpoint_failing("timeout"));
  if (turn > now) co_await rest(ride, std::chrono::ceil<Millis>(turn - now));
  co_return may_board(*ride);
}

Result<> Refresher::may_board(const Ride& ride) const {
  const App& app = ride.held->app;
  const bool asked = ride.occasion == Occasion::Asked;
  if (draining_) return fail(ErrorKind::Retry, "unavailable", "the gateway is stopping");
  if (!asked && health_.refused(app.id, app.version, parts_.clock.tick())) {
    return std::unexpected(app_misconfigured(app));
  }
  return {};
}

/// Ends early when the gateway stops.
Task<> Refresher::rest(RidePtr ride, Millis time) {
  while (time.count() > 0 && !draining_) {
    const Millis slice = std::min(time, kPauseSlice);
    ride->timer.expires_after(slice);
    co_await ride->timer.async_wait(asio::use_awaitable);
    time -= slice;
  }
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Claim step) {
  if (!ride->answer && !ride->passage && !ride->held->tokens.refresh_token.empty()) {
    auto boarded = co_await board(ride);
    if (!boarded) {
      ride->error = std::move(boarded).error();
      co_return Attempt::Finish{Attempt::Ending::Failing};
    }
  }
  const Tick issued = parts_.clock.tick();
  auto work = [this, held = ride->held, step](db::Transaction& tx) {
    return parts_.store.claim(tx, *held, step, parts_.clock.now());
  };
  const auto outcome = co_await parts_.database.write(std::move(work));
  const Tick now = parts_.clock.tick();
  if (!outcome) {
    ride->error = outcome.error();
    co_return ride->attempt.claimed(Attempt::Failed{}, issued, now);
  }
  if (std::holds_alternative<Attempt::Gone>(*outcome)) {
    co_return ride->attempt.claimed(Attempt::Gone{}, issued, now);
  }
  if (std::holds_alternative<Attempt::Moved>(*outcome)) {
    co_return ride->attempt.claimed(Attempt::Moved{}, issued, now);
  }
  if (const auto* holder = std::get_if<Holder>(&*outcome)) {
    co_return ride->attempt.claimed(*holder, issued, now);
  }
  const auto& grant = std::get<Leases::Grant>(*outcome);
  ride->lease = grant.lease;
  Step next = ride->attempt.claimed(Attempt::Claimed{grant.doubt, grant.lease.fence}, issued, now);
  ride->publish_ask_until();
  if (!std::exchange(ride->beating, true)) {
    const auto strand = co_await asio::this_coro::executor;
    asio::co_spawn(strand, renew(shared_from_this(), ride), asio::detached);
  }
  co_return next;
}

Task<> Refresher::renew(std::shared_ptr<Refresher> self, RidePtr ride) {
  boost::system::error_code ended;
  while (true) {
    ride->beat_timer.expires_after(ride->attempt.beat_pause());
    co_await ride->beat_timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (ride->over) co_return;
    const Lease lease = ride->lease;
    const Tick issued = self->parts_.clock.tick();
    auto work = [self, lease](db::Transaction& tx) {
      return self->parts_.store.leases.beat(tx, lease);
    };
    const auto ours = co_await self->parts_.database.write(std::move(work));
    if (lease.fence != ride->lease.fence) continue;  // claimed anew meanwhile
    const auto written = !ours   ? Attempt::Written::Failed
                         : *ours ? Attempt::Written::Done
                                 : Attempt::Written::Fenced;
    ride->attempt.beat(written, issued);
    ride->publish_ask_until();
  }
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Pause step) {
  co_await rest(ride, step.time);
  co_return ride->attempt.paused(draining_);
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Ask) {
  const auto held = ride->held;
  ride->sent_fingerprint = held->fingerprint;
  auto wanted = [this, until = ride->ask_until] {
    return parts_.clock.tick().time_since_epoch().count() < until->load();
  };
  auto answer = co_await request_refresh(
      parts_.client, parts_.clock, held->client, held->tokens.refresh_token, std::move(wanted));
  const auto kind = classify(answer);
  if (answer.outcome) {
    ride->answer = granted(*ride, *std::move(answer.outcome), answer.sent_at);
    health_.accept(held->app.id);
    if (ride->passage) ride->passage->succeed();
  } else {
    ride->failure = std::move(answer.outcome).error();
  }
  if (kind == Attempt::Answer::ClientRefused) {  // before anybody else is let through
    ride->client_refusal_is_news =
        health_.refuse(held->app.id, held->app.version, parts_.clock.tick());
  }
  if (kind == Attempt::Answer::Lost) {
    parts_.log.warn("token.refresh_answer_lost", {{"connection", held->connection.id.str()}});
  }
  Step next = ride->attempt.answered(kind, parts_.clock.tick());
  if (!std::holds_alternative<Attempt::Ask>(next)) ride->passage.reset();
  co_return next;
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Commit step) {
  const Instant now = parts_.clock.now();
  const auto due_at = due_after(ride->answer->update, *ride->held->client.provider, now);
  auto work = [=, this, held = ride->held, lease = ride->lease, answer = ride->answer](
                  db::Transaction& tx) -> Result<Store::Change> {
    const Store::Brought brought{answer->update, due_at, step.contested};
    WL_TRY(auto change, parts_.store.commit_refresh(tx, *held, lease, brought, now));
    if (change.written == Attempt::Written::Done) {
      WL_CHECK(note_past(tx, lease.connection, {now, PastRefresh::Outcome::Stored, {}}));
    }
    return change;
  };
  auto change = co_await parts_.database.write(std::move(work));
  if (!change) {
    ride->error = std::move(change).error();
    co_return ride->attempt.committed(Attempt::Written::Failed);
  }
  ride->result = std::move(change->connection);
  ride->stored_ours = change->written == Attempt::Written::Done;
  co_return ride->attempt.committed(change->written);
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Keep step) {
  if (!step.sync) co_return ride->attempt.kept(parts_.journal.note(*ride->answer));
  const auto kept = parts_.journal.keep(*ride->answer);
  note_kept(*ride, kept);
  // Callers are told now; the answer is looked after for as long as it takes.
  ride->flight->say(std::unexpected(ride->error));
  co_return ride->attempt.kept(kept.has_value());
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Forget) {
  const bool salvaged = ride->attempt.is_kept();
  parts_.journal.forget(ride->seen.id, salvaged);
  if (salvaged) {
    parts_.log.info("token.salvaged",
                    {{"connection", ride->seen.id.str()}, {"stored", ride->stored_ours}});
  }
  co_return ride->attempt.forgotten();
}

/// The tokens in the store are somebody else's; when that leaves a doubt, it is noted.
Task<Attempt::Step> Refresher::yield_to_other(RidePtr ride) {
  auto work = [this, lease = ride->lease](db::Transaction& tx) {
    return parts_.store.doubt_overtaker(tx, lease, parts_.clock.now());
  };
  const auto noted = co_await parts_.database.write(std::move(work));
  parts_.log.warn("token.overtaken", {{"connection", ride->seen.id.str()}, {"noted", bool(noted)}});
  co_return ride->attempt.settled(noted ? Attempt::Written::Done : Attempt::Written::Failed);
}

Task<Attempt::Step> Refresher::on(RidePtr ride, Attempt::Settle step) {
  if (step.as == Attempt::Settlement::Overtaken) co_return co_await yield_to_other(ride);
  note_failure(*ride, step.as);
  const auto release = release_after(*ride, step.as);
  const Instant now = parts_.clock.now();
  const PastRefresh past{now, outcome_of(step.as), reason_of(*ride)};
  auto work = [this, ride, release, now, past, found = finding(*ride, step.as)](
                  db::Transaction& tx) -> Result<Store::Change> {
    WL_TRY(auto change, parts_.store.settle(tx, *ride->held, ride->lease, release, found, now));
    if (change.written == Attempt::Written::Done) {
      WL_CHECK(note_past(tx, ride->lease.connection, past));
    }
    return change;
  };
  auto change = co_await parts_.database.write(std::move(work));
  if (!change) {
    parts_.log.error("token.intent_left",
                     {{"connection", ride->seen.id.str()}, {"code", change.error().code}});
    co_return ride->attempt.settled(Attempt::Written::Failed);
  }
  ride->result = std::move(change->connection);
  co_return ride->attempt.settled(change->written);
}

Task<Attempt::Step> Refresher::on(RidePtr, Attempt::Finish step) { co_return step; }

}  // namespace wayleave::vault
