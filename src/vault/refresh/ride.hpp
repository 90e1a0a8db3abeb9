#pragma once
// What one refresh in flight carries along. Included by the parts of Refresher only.

#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "vault/refresh/refresher.hpp"
#include "vault/waiting.hpp"

namespace wayleave::vault {

/// Code of a refresh that was left to another process.
inline constexpr std::string_view kBusy = "refresh_busy";

struct Refresher::Flight {
  explicit Flight(Occasion why) : occasion(why) {}

  const Occasion occasion;
  Event landed;                 ///< callers know the outcome
  Event over;                   ///< nothing is done any more
  std::optional<Outcome> said;  ///< written before `landed` is set, read after

  /// Nobody waited for it, so it left the token to another process: no answer for those who wait.
  [[nodiscard]] bool gave_way() const {
    return occasion == Occasion::Scheduled && !*said && said->error().code == kBusy;
  }
  void say(Outcome outcome) {
    if (said) return;
    said = std::move(outcome);
    landed.set();
  }
};

/// Belongs to the strand its flight runs on.
struct Refresher::Ride {
  Ride(const boost::asio::any_io_executor& strand,
       FlightPtr of,
       Connection from,
       Attempt::Terms terms)
      : flight(std::move(of)),
        seen(std::move(from)),
        occasion(terms.occasion),
        attempt(terms),
        timer(strand),
        beat_timer(strand) {}

  /// For the network client, which asks on a strand of its own.
  void publish_ask_until() const {
    ask_until->store(attempt.ask_until().time_since_epoch().count());
  }

  FlightPtr flight;
  Connection seen;
  Occasion occasion;
  Attempt attempt;
  boost::asio::steady_timer timer;
  boost::asio::steady_timer beat_timer;
  bool beating = false;
  bool over = false;

  std::shared_ptr<const Holding> held;  // shared with database work, which is copied
  std::optional<Turnstile::Passage> passage;
  Lease lease;
  std::string sent_fingerprint;  ///< of the refresh token the answer is for
  std::optional<oauth::TokenFailure> failure;
  bool client_refusal_is_news = false;
  Millis pause{0};                               ///< after that failure
  std::shared_ptr<const Journal::Entry> answer;  // shared with database work
  std::optional<Connection> result;              ///< as the last write left it
  bool stored_ours = false;
  Error error{ErrorKind::Retry, "unavailable", "the refresh did not begin"};
  /// Until when the request may leave.
  std::shared_ptr<std::atomic<Tick::rep>> ask_until = std::make_shared<std::atomic<Tick::rep>>(0);
};

}  // namespace wayleave::vault
