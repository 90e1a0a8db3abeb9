#include "vault/refresher.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <vector>

#include "vault/waiting.hpp"

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

struct Refresher::Flight {
  Event landed;
  Outcome outcome = std::unexpected(stopping());  // written before `landed` is set, read after
};

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
    flight_->landed.set();
  }

 private:
  std::shared_ptr<Refresher> self_;
  FlightPtr flight_;
  ConnectionId id_;
};

Task<Result<Connection>> Refresher::refresh(Connection seen, Occasion occasion) {
  const auto executor = co_await asio::this_coro::executor;
  WL_CO_TRY(auto boarded, join_or_begin(seen, occasion));
  const FlightPtr flight = boarded.flight;
  if (boarded.landing) {
    asio::co_spawn(
        executor,
        fly(shared_from_this(), flight, std::move(boarded.landing), std::move(seen), occasion),
        asio::detached);  // it logs its own end
  }
  co_await flight->landed.wait();
  co_return flight->outcome;
}

Task<> Refresher::start(Connection seen) {
  const auto executor = co_await asio::this_coro::executor;
  auto boarded = join_or_begin(seen, Occasion::Due);
  if (!boarded || !boarded->landing) co_return;
  asio::co_spawn(executor,
                 fly(shared_from_this(),
                     boarded->flight,
                     std::move(boarded->landing),
                     std::move(seen),
                     Occasion::Due),
                 asio::detached);
}

Result<Refresher::Boarded> Refresher::join_or_begin(const Connection& seen, Occasion occasion) {
  const std::string& name = seen.id.str();
  const Tick now = parts_.clock.tick();
  const std::lock_guard lock(mutex_);
  if (const auto found = flights_.find(seen.id); found != flights_.end()) {
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
  auto flight = std::make_shared<Flight>();
  flights_.emplace(seen.id, flight);
  return Boarded{flight, std::make_unique<Landing>(shared_from_this(), flight, seen.id)};
}

Millis Refresher::quiet_time(const ConnectionId& id) const {
  const Tick now = parts_.clock.tick();
  const auto failed = failures_.active(id.str(), now);
  return failed ? std::chrono::ceil<Millis>(failed->until - now) : kAskAgain;
}

Task<> Refresher::drain() {
  std::vector<FlightPtr> flights;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    for (const auto& [id, flight] : flights_) flights.push_back(flight);
  }
  for (const auto& flight : flights) co_await flight->landed.wait();
}

Task<> Refresher::fly(std::shared_ptr<Refresher> self,
                      FlightPtr flight,
                      LandingPtr landing,
                      Connection seen,
                      Occasion occasion) {
  try {
    flight->outcome = co_await self->attempt(seen, occasion);
  } catch (const std::exception& error) {
    self->parts_.log.error("token.refresh_broke",
                           {{"connection", seen.id.str()}, {"what", error.what()}});
    flight->outcome = internal("a refresh ended with an exception");
  }
  landing.reset();
}

}  // namespace wayleave::vault
