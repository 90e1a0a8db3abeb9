#pragma once

#include <memory>
#include <string>

#include "net/dispatcher.hpp"
#include "net/handler.hpp"

namespace wayleave::net {

/// How this product words the data plane's own refusals: `status`, stable code, what to mend.
using WordError =
    std::function<Response(int status, std::string_view code, std::string_view detail)>;
[[nodiscard]] Response plain_error(int status, std::string_view code, std::string_view detail);

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
  Response upstream_body(Exchange& exchange, std::string body) override;
  Step upstream_failed(Exchange& exchange, const UpstreamFailure& failure) override;
  void finished(Exchange&, int) override {}
  Response refuse(int status, std::string_view code, std::string_view detail) override;

 private:
  std::shared_ptr<const Router> router_;  // shared by the workers, read only
  WordError word_error_;
};

/// A parsed request as slow handlers take it, without its body.
[[nodiscard]] Request make_request(const Exchange& exchange);

}  // namespace wayleave::net
