#include "net/slow_routes.hpp"

#include <utility>

#include "net/server.hpp"

namespace wayleave::net {
namespace {

class RouteCall final : public Call {
 public:
  RouteCall(const Route* route, std::vector<std::string> params)
      : route(route), params(std::move(params)) {}
  const Route* route;  // in the router, which outlives every exchange
  std::vector<std::string> params;
};

class RouteJob final : public Job {
 public:
  RouteJob(const Route* route, Request request) : route_(route), request_(std::move(request)) {}
  Task<> run() override { response = co_await route_->handler(std::move(request_)); }
  Response response;

 private:
  const Route* route_;
  Request request_;
};

}  // namespace

Response plain_error(const Refusal& refusal) {
  return text_response(refusal.status, std::string(refusal.detail) + "\n");
}

Request make_request(const Exchange& exchange) {
  const auto& head = exchange.head();
  Request request;
  request.method = head.method;
  request.target = head.target;
  request.path = head.path;
  request.query = head.query;
  for (const auto& field : head)
    request.fields.add(std::string(field.name), std::string(field.value));
  request.peer = exchange.peer();
  request.request_id = exchange.request_id();
  return request;
}

SlowRoutes::SlowRoutes(std::shared_ptr<const Router> router, WordError word_error)
    : router_(std::move(router)), word_error_(std::move(word_error)) {}

Step SlowRoutes::begin(Exchange& exchange) {
  const auto& head = exchange.head();
  auto match = router_->match(head.method, head.path);
  if (match.route == nullptr) {
    if (match.allow.empty()) return Answer{refuse(exchange, 404, "not_found", "no such path")};
    Response refused = refuse(exchange, 405, "method_not_allowed", "use one of: " + match.allow);
    refused.fields.set("Allow", match.allow);
    return Answer{std::move(refused)};
  }
  exchange.call = std::make_unique<RouteCall>(match.route, std::move(match.params));
  if (match.route->sink) return SinkBody{match.route->sink()};
  return CollectBody{match.route->body_bytes_max};
}

Step SlowRoutes::body_complete(Exchange& exchange) {
  auto& call = static_cast<RouteCall&>(*exchange.call);
  Request request = make_request(exchange);
  request.params = std::move(call.params);
  request.body = std::move(exchange.body());
  request.body_sink = exchange.take_sink();
  request.body_bytes = exchange.body_bytes();
  return Park{std::make_unique<RouteJob>(call.route, std::move(request))};
}

Step SlowRoutes::resume(Exchange&, std::unique_ptr<Job> job) {
  return Answer{std::move(static_cast<RouteJob&>(*job).response)};
}

// A slow route never forwards; these can only be reached by a fault of ours.
UpstreamStep SlowRoutes::upstream_head(Exchange& exchange, const http1::ResponseHead&) {
  return Answer{refuse(exchange, 500, "internal", "internal error")};
}
Wrapping SlowRoutes::upstream_body(Exchange&, std::string&) { return {}; }
Step SlowRoutes::upstream_failed(Exchange& exchange, const UpstreamFailure&) {
  return Answer{refuse(exchange, 500, "internal", "internal error")};
}

Response SlowRoutes::refuse(const Exchange& exchange,
                            int status,
                            std::string_view code,
                            std::string_view detail) {
  return word_error_({status, code, detail, exchange.request_id()});
}

Server::MakeDispatcher slow_routes(std::shared_ptr<const Router> router) {
  return [router = std::move(router)](WorkerPort&) -> std::unique_ptr<Dispatcher> {
    return std::make_unique<SlowRoutes>(router, plain_error);
  };
}

}  // namespace wayleave::net
