#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "vault/app_health.hpp"
#include "vault/cool_down.hpp"
#include "vault/holding.hpp"
#include "vault/refresh/attempt.hpp"
#include "vault/refresh/journal.hpp"
#include "vault/refresh/pace.hpp"
#include "vault/refresh/totals.hpp"
#include "vault/token_endpoint.hpp"

namespace wayleave::vault {

/// Carries attempts out. At most one at a time per connection in this process; whoever comes
/// meanwhile shares it (TK-01), and the lease keeps other processes away. A refresh that began goes
/// on although all its callers left, on the executor of the first. No transaction is open while a
/// provider is asked (TK-03). Shared by the vault and the flights under way, which may end after
/// it; what `Parts` refers to must outlive both.
class Refresher : public std::enable_shared_from_this<Refresher> {
 public:
  struct Parts {
    db::Database& database;
    net::Client& client;
    const Clock& clock;
    Random& random;
    Log& log;
    const Journal& journal;
    Store store;
    bool ahead = true;      ///< tokens are refreshed before they expire although nobody uses them
    unsigned rate = 1'000;  ///< requests per second and token endpoint
  };
  explicit Refresher(Parts parts) : parts_(std::move(parts)), pace_(parts_.rate) {}

  /// Waits for the outcome of a refresh of what was read as `seen`; when the store has moved on
  /// since, that is the outcome. Errors as of `Vault::credential`.
  [[nodiscard]] Task<Result<Connection>> refresh(Connection seen, Occasion occasion);
  /// Starts one and waits for nothing; does nothing within a cool-down.
  [[nodiscard]] Task<> start(Connection seen);
  /// Stores an answer from the emergency journal, however long that takes.
  [[nodiscard]] Task<> salvage(std::shared_ptr<const Journal::Entry> entry);
  /// How long callers need not ask again for this connection.
  [[nodiscard]] Millis quiet_time(const ConnectionId& id) const;
  /// When the scheduler should take up tokens that are stored at `now`.
  [[nodiscard]] std::optional<Instant> due_after(const TokenUpdate& update,
                                                 const provider::Provider& provider,
                                                 Instant now);
  /// Waits for the flights there are now.
  [[nodiscard]] Task<> settled();
  /// Waits until no flight is left; new ones are refused from now on.
  [[nodiscard]] Task<> drain();

  [[nodiscard]] RefreshTotals totals() const;

 private:
  struct Flight;
  class Landing;
  struct Ride;
  using FlightPtr = std::shared_ptr<Flight>;  // shared by the flight and those who wait for it
  using LandingPtr = std::unique_ptr<Landing>;
  using RidePtr = std::shared_ptr<Ride>;  // shared by the flight and the renewal of its lease
  using Outcome = Result<Connection>;
  using Step = Attempt::Step;

  // refresher.cpp: who waits for what.
  struct Boarded {
    FlightPtr flight;
    LandingPtr landing;  ///< set when this caller began the flight and has to run it
  };
  /// The flight there is, or one that begins now.
  Result<FlightPtr> share(boost::asio::any_io_executor executor,
                          Connection seen,
                          Occasion occasion);
  Result<Boarded> join_or_begin(const ConnectionId& id, Occasion occasion);
  static Task<> fly(std::shared_ptr<Refresher> self, RidePtr ride, LandingPtr landing);
  void take_off(boost::asio::any_io_executor executor,
                FlightPtr flight,
                Connection seen,
                Attempt::Terms terms,
                std::shared_ptr<const Journal::Entry> answer,
                LandingPtr landing);

  // flight.cpp: the steps of one attempt.
  Task<Outcome> run(RidePtr ride);
  Task<Step> on(RidePtr ride, Attempt::Load step);
  Task<Step> on(RidePtr ride, Attempt::Claim step);
  Task<Step> on(RidePtr ride, Attempt::Pause step);
  Task<Step> on(RidePtr ride, Attempt::Ask step);
  Task<Step> on(RidePtr ride, Attempt::Commit step);
  Task<Step> on(RidePtr ride, Attempt::Keep step);
  Task<Step> on(RidePtr ride, Attempt::Forget step);
  Task<Step> on(RidePtr ride, Attempt::Settle step);
  Task<Step> on(RidePtr ride, Attempt::Finish step);
  Task<Result<>> board(RidePtr ride);
  [[nodiscard]] Result<> may_board(const Ride& ride) const;
  Task<> rest(RidePtr ride, Millis time);
  Task<Step> yield_to_other(RidePtr ride);
  static Task<> renew(std::shared_ptr<Refresher> self, RidePtr ride);

  // outcome.cpp: what an ending means to callers, operators and other refreshes.
  Task<Outcome> conclude(RidePtr ride, Attempt::Ending ending);
  Task<Outcome> stored(RidePtr ride);
  Outcome dead(const Ride& ride);
  Task<> discard(RidePtr ride);
  std::shared_ptr<const Journal::Entry> granted(const Ride& ride,
                                                oauth::TokenSet set,
                                                Instant sent_at);
  [[nodiscard]] std::optional<Store::Finding> finding(const Ride& ride,
                                                      Attempt::Settlement as) const;
  Leases::Release release_after(const Ride& ride, Attempt::Settlement as);
  [[nodiscard]] static std::string reason_of(const Ride& ride);
  void note_failure(Ride& ride, Attempt::Settlement as);
  void note_kept(const Ride& ride, const Result<>& kept);
  void note_abandoned(const Ride& ride);
  Task<> note_client_refused(RidePtr ride);
  [[nodiscard]] double chance();

  Parts parts_;
  AppHealth health_;
  Pace pace_;
  CoolDown failures_;  ///< by connection: how the last refresh failed
  CoolDown renewals_;  ///< by connection: a 401 led to a refresh lately (TK-17)

  mutable std::mutex mutex_;
  std::unordered_map<ConnectionId, FlightPtr> flights_;
  std::atomic<bool> draining_ = false;
  std::atomic<std::uint64_t> stored_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
  std::atomic<std::uint64_t> unknown_ = 0;
  std::atomic<std::uint64_t> condemned_ = 0;
  std::atomic<std::uint64_t> kept_ = 0;
  std::atomic<std::uint64_t> unkept_ = 0;
};

}  // namespace wayleave::vault
