#include "vault/refresh/refresher.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <vector>

#include "vault/refresh/ride.hpp"

namespace wayleave::vault {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds kRenewalCoolDown{30};  // TK-17
constexpr Millis kAskAgain{1'000};

Error refused_again() {
  return {ErrorKind::Retry,
          "refresh_cooling_down",
          "the token was refreshed a moment ago and the provider still refuses it"};
}

Error stopping() { return {ErrorKind::Retry, "unavailable", "the gateway is stopping"}; }

}  // namespace

/// Ends a flight whichever way its coroutine ends, even when it is destroyed with its executor.
class Refresher::Landing {
 public:
  Landing(std::shared_ptr<Refresher> self, FlightPtr flight, ConnectionId id)
      : self_(std::move(self)), flight_(std::move(flight)), id_(std::move(id)) {}
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;
  ~Landing() {
    {
      const std::lock_guard lock(self_->mutex_);
      self_->flights_.erase(id_);
    }
    // Only now: whoever hears the outcome and finds it stale must be able to begin anew.
    flight_->say(std::move(outcome_));
    flight_->over.set();
  }
  void land(Outcome outcome) { outcome_ = std::move(outcome); }

 private:
  std::shared_ptr<Refresher> self_;
  FlightPtr flight_;
  ConnectionId id_;
  Outcome outcome_ = std::unexpected(stopping());
};

Task<Result<Connection>> Refresher::refresh(Connection seen, Occasion occasion) {
  const auto executor = co_await asio::this_coro::executor;
  while (true) {
    WL_CO_TRY(const auto flight, share(executor, seen, occasion));
    co_await flight->landed.wait();
    if (occasion == Occasion::Scheduled || !flight->gave_way()) co_return *flight->said;
  }
}

Task<> Refresher::start(Connection seen) {
  const auto executor = co_await asio::this_coro::executor;
  (void)share(executor, std::move(seen), Occasion::Due);
}

Result<Refresher::FlightPtr> Refresher::share(asio::any_io_executor executor,
                                              Connection seen,
                                              Occasion occasion) {
  WL_TRY(auto boarded, join_or_begin(seen.id, occasion));
  FlightPtr flight = boarded.flight;
  if (boarded.landing) {
    const Attempt::Terms terms{.occasion = occasion, .seen = seen.version};
    take_off(
        std::move(executor), flight, std::move(seen), terms, nullptr, std::move(boarded.landing));
  }
  return flight;
}

Task<> Refresher::salvage(std::shared_ptr<const Journal::Entry> entry) {
  const auto executor = co_await asio::this_coro::executor;
  auto boarded = join_or_begin(entry->connection, Occasion::Asked);
  if (!boarded || !boarded->landing) co_return;
  Connection about;
  about.id = entry->connection;
  about.workspace = entry->workspace;
  const Attempt::Terms terms{.occasion = Occasion::Asked, .salvage = true, .fence = entry->fence};
  take_off(executor,
           boarded->flight,
           std::move(about),
           terms,
           std::move(entry),
           std::move(boarded->landing));
}

Result<Refresher::Boarded> Refresher::join_or_begin(const ConnectionId& id, Occasion occasion) {
  const std::string& name = id.str();
  const Tick now = parts_.clock.tick();
  const std::lock_guard lock(mutex_);
  if (const auto found = flights_.find(id); found != flights_.end()) {
    return Boarded{found->second, nullptr};
  }
  if (draining_) return std::unexpected(stopping());
  if (occasion != Occasion::Asked) {
    if (auto failed = failures_.active(name, now)) return std::unexpected(failed->outcome);
  }
  if (occasion == Occasion::Rejected) {
    if (auto renewed = renewals_.active(name, now)) return std::unexpected(renewed->outcome);
    renewals_.start(name, now, now + kRenewalCoolDown, refused_again());
  }
  auto flight = std::make_shared<Flight>(occasion);
  flights_.emplace(id, flight);
  return Boarded{flight, std::make_unique<Landing>(shared_from_this(), flight, id)};
}

void Refresher::take_off(asio::any_io_executor executor,
                         FlightPtr flight,
                         Connection seen,
                         Attempt::Terms terms,
                         std::shared_ptr<const Journal::Entry> answer,
                         LandingPtr landing) {
  // The attempt and the renewal of its lease take turns, also on an executor of many threads.
  const asio::any_io_executor strand = asio::make_strand(executor);
  auto ride = std::make_shared<Ride>(strand, std::move(flight), std::move(seen), terms);
  if (answer) {
    ride->sent_fingerprint = answer->fingerprint;
    ride->lease = {answer->connection, answer->fence, 0};
    ride->answer = std::move(answer);
  }
  asio::co_spawn(strand,
                 fly(shared_from_this(), std::move(ride), std::move(landing)),
                 asio::detached);  // it logs its own end
}

Millis Refresher::quiet_time(const ConnectionId& id) const {
  const Tick now = parts_.clock.tick();
  const auto failed = failures_.active(id.str(), now);
  return failed ? std::chrono::ceil<Millis>(failed->until - now) : kAskAgain;
}

RefreshTotals Refresher::totals() const {
  return {stored_, failed_, unknown_, condemned_, kept_, unkept_};
}

Task<> Refresher::settled() {
  std::vector<FlightPtr> flights;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, flight] : flights_) flights.push_back(flight);
  }
  for (const auto& flight : flights) co_await flight->over.wait();
}

Task<> Refresher::drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  co_await settled();
}

Task<> Refresher::fly(std::shared_ptr<Refresher> self, RidePtr ride, LandingPtr landing) {
  try {
    landing->land(co_await self->run(ride));
  } catch (const std::exception& error) {
    self->parts_.log.error("token.refresh_broke",
                           {{"connection", ride->seen.id.str()}, {"what", error.what()}});
    landing->land(internal("a refresh ended with an exception"));
  }
  ride->over = true;
  ride->beat_timer.cancel();
  landing.reset();
}

}  // namespace wayleave::vault
