#pragma once

#include <memory>
#include <string>

#include "net/dispatcher.hpp"
#include "net/handler.hpp"

namespace wayleave::net {

/// A refusal of the data plane itself, to be worded by the product.
struct Refusal {
  int status = 500;
  std::string_view code;    ///< stable, machine-readable
  std::string_view detail;  ///< what to mend
  std::string_view request_id;
};
using WordError = std::function<Response(const Refusal& refusal)>;
[[nodiscard]] Response plain_error(const Refusal& refusal);

/// Serves the slow routes of a router on a worker: collects the body within the route's bound,
/// hands the whole request to the handler on the slow executor and answers with what comes back.
/// The hot path's dispatcher holds one for every path that is not its own.
class SlowRoutes final : public Dispatcher {
 public:
  SlowRoutes(std::shared_ptr<const Router> router, WordError word_error);

  Step begin(Exchange& exchange) override;
  Step body_complete(Exchange& exchange) override;
  Step resume(Exchange& exchange, std::unique_ptr<Job> job) override;
  UpstreamStep upstream_head(Exchange& exchange, const http1::ResponseHead& head) override;
  Wrapping upstream_body(Exchange& exchange, std::string& body) override;
  Step upstream_failed(Exchange& exchange, const UpstreamFailure& failure) override;
  void finished(Exchange&, const Outcome&) override {}
  Response refuse(const Exchange& exchange,
                  int status,
                  std::string_view code,
                  std::string_view detail) override;

 private:
  std::shared_ptr<const Router> router_;  // shared by the workers, read only
  WordError word_error_;
};

/// A parsed request as slow handlers take it, without its body.
[[nodiscard]] Request make_request(const Exchange& exchange);

}  // namespace wayleave::net
