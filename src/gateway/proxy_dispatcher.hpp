#pragma once

#include <memory>
#include <string>

#include "gateway/gateway.hpp"
#include "gateway/proxy_call.hpp"
#include "gateway/request_inlet.hpp"

namespace wayleave::gateway {

/// One worker's dispatcher: the hot surface itself, every other path through the slow routes.
/// `advance` is the whole way of a call; each step it cannot take at once is parked and comes back
/// to it.
class ProxyDispatcher final : public net::Dispatcher {
 public:
  /// `parts`, `counters` and `inlet` (null: no request log) outlive the worker.
  ProxyDispatcher(const Parts& parts,
                  net::WorkerPort& port,
                  Counters& counters,
                  RequestInlet* inlet,
                  Random& random);

  net::Step begin(net::Exchange& exchange) override;
  net::Step body_complete(net::Exchange& exchange) override;
  net::Step resume(net::Exchange& exchange, std::unique_ptr<net::Job> job) override;
  net::UpstreamStep upstream_head(net::Exchange& exchange,
                                  const net::http1::ResponseHead& head) override;
  net::Wrapping upstream_body(net::Exchange& exchange, std::string& body) override;
  net::Step upstream_failed(net::Exchange& exchange, const net::UpstreamFailure& failure) override;
  void finished(net::Exchange& exchange, const net::Outcome& outcome) override;
  net::Response refuse(const net::Exchange& exchange,
                       int status,
                       std::string_view code,
                       std::string_view detail) override;

  void forget(std::string_view topic, std::string_view key) { snapshot_.forget(topic, key); }
  /// Any thread.
  void add_to(CacheTotals& totals) const { snapshot_.add_to(totals); }

 private:
  [[nodiscard]] ProxyCall& new_call(net::Exchange& exchange);
  /// The time of day, read once a turn.
  [[nodiscard]] Instant now();
  net::Step advance(net::Exchange& exchange, ProxyCall& call);
  net::Step refuse_address(const net::Exchange& exchange, const ProxyCall& call);
  net::Step look_up(const net::Exchange& exchange, const ProxyCall& call);
  net::Step send(net::Exchange& exchange, ProxyCall& call);
  net::Step answer(const net::Exchange& exchange, const Error& error, std::string_view url = {});
  void keep(ResolveJob& job, ProxyCall& call);
  [[nodiscard]] std::optional<Millis> next_try(const net::Exchange& exchange,
                                               const ProxyCall& call,
                                               const TryOutcome& outcome);
  void renew_in_background(const ProxyCall& call);

  const Parts& parts_;
  net::WorkerPort& port_;
  Counters& counters_;
  RequestInlet* inlet_;
  Snapshot snapshot_;
  SeededRandom jitter_;
  net::SlowRoutes slow_;
  std::vector<std::unique_ptr<ProxyCall>> spare_;  // calls that ended, for their memory
  Tick turn_{};
  Instant wall_{};
};

}  // namespace wayleave::gateway
