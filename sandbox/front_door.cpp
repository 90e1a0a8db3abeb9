#include "sandbox/front_door.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.hpp"
#include "sandbox/bearer.hpp"
#include "sandbox/control.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/object_types.hpp"
#include "sandbox/rate_limits.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

constexpr std::string_view kVersionMark = "{ver}";

std::string fill_version(std::string_view path, std::string_view version) {
  std::string out(path);
  if (const auto at = out.find(kVersionMark); at != std::string::npos) {
    out.replace(at, kVersionMark.size(), version);
  }
  return out;
}

/// The `v1`, `v3`, `v4` of a classic path.
std::string version_in(std::string_view path) {
  for (const auto part : split(path, '/')) {
    if (part.size() == 2 && part[0] == 'v' && part[1] >= '0' && part[1] <= '9') {
      return std::string(part);
    }
  }
  return {};
}

/// The reference's named braces as the router's.
std::string router_pattern(std::string_view path) {
  std::string out;
  for (const auto part : split(path.substr(1), '/')) {
    out += '/';
    if (part == "{*}") {
      out += part;
    } else if (part.starts_with('{')) {
      out += "{}";
    } else {
      out += part;
    }
  }
  return out;
}

/// "METHOD /path" with ids as placeholders and object types as sent.
std::string route_name(const Way& way, const net::Request& request) {
  std::string out = request.method + " ";
  std::size_t param = 0;
  for (const auto part : split(std::string_view(way.pattern).substr(1), '/')) {
    out += '/';
    if (!part.starts_with('{')) {
      out += part;
      continue;
    }
    const bool is_type = part.ends_with("Type}") && param < request.params.size() &&
                         find_object_type(request.params[param]) != nullptr;
    out += is_type ? std::string_view(request.params[param]) : part;
    ++param;
  }
  return out;
}

Task<> wait(Millis delay) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, delay);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace

FrontDoor::FrontDoor(const Options& options, const Clock& clock, Random& random)
    : options_(options),
      clock_(clock),
      random_(random),
      unknown_{nullptr, "/{unknown}", ""},
      world_(std::make_unique<World>(options, clock.now())) {}

void FrontDoor::build_ways() {
  const auto add = [&](const Endpoint& endpoint, std::string pattern, std::string version) {
    ways_.push_back(std::make_unique<Way>(Way{&endpoint, std::move(pattern), std::move(version)}));
    const Way* way = ways_.back().get();
    net::Route route;
    route.method = endpoint.method;
    route.pattern = router_pattern(way->pattern);
    route.handler = [self = weak_from_this(), way](net::Request request) {
      return serve(self.lock(), way, std::move(request));
    };
    known_.add(std::move(route));
  };
  for (const Resource& resource : resources()) {
    for (const Endpoint& endpoint : resource.endpoints) {
      const std::string tail(endpoint.path);
      add(endpoint, std::string(resource.path) + tail, version_in(resource.path));
      if (resource.dated_path.empty()) continue;
      for (const auto version : kDatedVersions) {
        add(endpoint, fill_version(resource.dated_path, version) + tail, std::string(version));
      }
    }
  }
}

std::shared_ptr<const net::Router> FrontDoor::router() {
  build_ways();
  auto router = std::make_shared<net::Router>();
  const net::Handler handler = [self = shared_from_this()](net::Request request) {
    return dispatch(self, std::move(request));
  };
  for (const char* pattern : {"/_sandbox/echo", "/_sandbox/echo/{*}"}) {
    net::Route echo{"*", pattern, handler};
    echo.sink = make_echo_sink;
    router->add(std::move(echo));
  }
  router->add({"*", "/{*}", handler, kBodyBytesMax});
  return router;
}

Task<net::Response> FrontDoor::dispatch(std::shared_ptr<FrontDoor> self, net::Request request) {
  const net::Router::Match match = self->known_.match(request.method, request.path);
  request.params = match.params;
  if (match.route != nullptr) co_return co_await match.route->handler(std::move(request));
  const Admission admission = self->admit(self->unknown_, request);
  if (admission.fault) co_await wait(admission.fault->delay);
  net::Response response = self->unknown_path(request, match.allow);
  co_return self->finish(self->unknown_, request, admission, std::move(response));
}

Task<net::Response> FrontDoor::serve(std::shared_ptr<FrontDoor> self,
                                     const Way* way,
                                     net::Request request) {
  const Admission admission = self->admit(*way, request);
  if (admission.fault) co_await wait(admission.fault->delay);
  net::Response response;
  if (!admission.fault || admission.fault->lets_through()) {
    response = self->run(*way, request, admission.correlation_id);
  }
  if (admission.fault) co_await wait(admission.fault->delay_after);
  co_return self->finish(*way, request, admission, std::move(response));
}

FrontDoor::Admission FrontDoor::admit(const Way& way, const net::Request& request) {
  const std::lock_guard lock(mutex_);
  Admission admission;
  admission.correlation_id = random_uuid(random_);
  const bool control = way.endpoint != nullptr && way.endpoint->door == Door::Control;
  if (!control) admission.fault = world_->faults.take(request.method, request.path);
  return admission;
}

net::Response FrontDoor::run(const Way& way,
                             net::Request& request,
                             const std::string& correlation_id) {
  auto query = parse_form(request.query);
  const std::lock_guard lock(mutex_);
  Call call{*world_, random_, request, now(), correlation_id};
  call.api_version = way.version;
  if (!query) return answer(invalid("The query string is malformed").error(), correlation_id);
  call.query = Params(std::move(*query));

  std::optional<WindowState> window;
  const auto enter = [&]() -> Outcome<net::Response> {
    const Door door = way.endpoint->door;
    if (door == Door::Bearer || door == Door::Search || door == Door::Metered) {
      WL_CHECK(check_bearer(call));
    }
    std::optional<net::Response> limited;
    if (door == Door::Bearer) limited = limit_call(call, window);
    if (door == Door::Search) limited = limit_search(call);
    if (limited) return std::move(*limited);
    return way.endpoint->handler(call);
  };
  Outcome<net::Response> outcome = enter();
  net::Response response = outcome ? std::move(*outcome) : answer(outcome.error(), correlation_id);
  if (window) add_rate_headers(response, *window);
  if (world_->reset_requested) world_ = std::make_unique<World>(options_, clock_.now());
  return response;
}

net::Response FrontDoor::finish(const Way& way,
                                const net::Request& request,
                                const Admission& admission,
                                net::Response response) {
  if (admission.fault) admission.fault->bend(response, admission.correlation_id);
  response.fields.set("x-hubspot-correlation-id", admission.correlation_id);
  if (way.endpoint != nullptr && way.endpoint->door == Door::Control) return response;
  const bool hide = way.endpoint != nullptr && way.endpoint->privacy == Privacy::TokenInPath;
  const bool dropped = response.cut_after.has_value() && *response.cut_after == 0;
  const std::lock_guard lock(mutex_);
  LogEntry entry;
  entry.at = now();
  entry.method = request.method;
  entry.path = hide ? way.pattern : without_tokens(request.path);
  entry.status = dropped ? 0 : response.status;
  world_->journal.record(route_name(way, request), std::move(entry));
  return response;
}

net::Response FrontDoor::unknown_path(const net::Request&, std::string_view allow) {
  if (allow.empty()) return net::text_response(404, "Not Found");
  net::Response response = net::text_response(405, "Method Not Allowed");
  response.fields.add("Allow", std::string(allow));
  return response;
}

}  // namespace wayleave::sandbox
