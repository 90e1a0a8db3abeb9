#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "vault/app_health.hpp"
#include "vault/cool_down.hpp"
#include "vault/holding.hpp"
#include "vault/token_endpoint.hpp"

namespace wayleave::vault {

/// Why a refresh is wanted.
enum class Occasion {
  Due,       ///< expired or about to
  Rejected,  ///< the provider answered 401
  Asked,     ///< an operator: overrides every cool-down
};

/// At most one refresh at a time per connection in this process; whoever comes meanwhile shares it
/// (TK-01). A refresh that began goes on although all its callers left, on the executor of the
/// first. No transaction is open while a provider is asked (TK-03). Shared by the vault and the
/// flights under way, which may end after it; what `Parts` refers to must outlive both.
class Refresher : public std::enable_shared_from_this<Refresher> {
 public:
  struct Parts {
    db::Database& database;
    net::Client& client;
    const Clock& clock;
    Log& log;
    Store store;
  };
  explicit Refresher(Parts parts) : parts_(std::move(parts)) {}

  /// Waits for the outcome of a refresh of what was read as `seen`; when the store has moved on
  /// since, that is the outcome. Errors as of `Vault::credential`.
  [[nodiscard]] Task<Result<Connection>> refresh(Connection seen, Occasion occasion);
  /// Starts one and waits for nothing; does nothing within a cool-down.
  [[nodiscard]] Task<> start(Connection seen);
  /// How long callers need not ask again for this connection.
  [[nodiscard]] Millis quiet_time(const ConnectionId& id) const;
  /// Waits until no flight is left; new ones are refused from now on.
  [[nodiscard]] Task<> drain();

 private:
  struct Flight;
  class Landing;
  using FlightPtr = std::shared_ptr<Flight>;  // shared by the flight and those who wait for it
  using LandingPtr = std::unique_ptr<Landing>;
  using HoldingPtr = std::shared_ptr<const Holding>;  // shared with database work, which is copied
  using UpdatePtr = std::shared_ptr<const TokenUpdate>;
  using Outcome = Result<Connection>;

  // refresher.cpp: who waits for what.
  struct Boarded {
    FlightPtr flight;
    LandingPtr landing;  ///< set when this caller began the flight and has to run it
  };
  Result<Boarded> join_or_begin(const Connection& seen, Occasion occasion);
  static Task<> fly(std::shared_ptr<Refresher> self,
                    FlightPtr flight,
                    LandingPtr landing,
                    Connection seen,
                    Occasion occasion);

  // refresh_attempt.cpp: one refresh from reading the store to the provider's answer.
  Task<Outcome> attempt(Connection seen, Occasion occasion);
  Task<Outcome> ask(HoldingPtr held, Occasion occasion);
  Task<Outcome> stored_instead(HoldingPtr held);
  Task<TokenAnswer> request(HoldingPtr held);

  // refresh_outcome.cpp: what the answer leads to.
  Task<Outcome> settle(HoldingPtr held, Occasion occasion, TokenAnswer answer);
  Task<Outcome> keep(HoldingPtr held, TokenAnswer answer);
  Task<Outcome> commit(HoldingPtr held, UpdatePtr update);
  Task<> discard(HoldingPtr held, UpdatePtr update);
  Task<Outcome> condemn(HoldingPtr held, std::string reason, std::string provider_code);
  Task<Outcome> cool_down(HoldingPtr held, oauth::TokenFailure failure, bool lost);
  Task<Outcome> blame_app(HoldingPtr held, oauth::TokenFailure failure);

  Parts parts_;
  AppHealth health_;
  CoolDown failures_;  ///< by connection: how the last refresh failed
  CoolDown renewals_;  ///< by connection: a 401 led to a refresh lately (TK-17)

  mutable std::mutex mutex_;
  std::unordered_map<ConnectionId, FlightPtr> flights_;
  bool draining_ = false;
};

}  // namespace wayleave::vault
