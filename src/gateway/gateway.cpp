#include "gateway/gateway.hpp"

#include <mutex>
#include <string>
#include <vector>

#include "gateway/proxy_dispatcher.hpp"

namespace wayleave::gateway {

struct Gateway::Impl {
  explicit Impl(Parts p) : parts(std::move(p)) {}

  struct Place {
    net::WorkerPort* port;
    ProxyDispatcher* dispatcher;  // owned by its worker
    std::unique_ptr<Counters> counters;
  };
  Parts parts;
  mutable std::mutex mutex;  // guards the list, which only start-up changes
  std::vector<Place> places;
};

Gateway::Gateway(Parts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}

Gateway::~Gateway() = default;

net::Server::MakeDispatcher Gateway::dispatchers() {
  return [this](net::WorkerPort& port) -> std::unique_ptr<net::Dispatcher> {
    const std::lock_guard lock(impl_->mutex);
    auto counters = std::make_unique<Counters>();
    RequestLog* const log = impl_->parts.request_log;
    RequestInlet* const inlet = log == nullptr ? nullptr : log->add_inlet();
    SystemRandom random;
    auto made = std::make_unique<ProxyDispatcher>(impl_->parts, port, *counters, inlet, random);
    impl_->places.push_back({&port, made.get(), std::move(counters)});
    return made;
  };
}

void Gateway::forget(std::string_view topic, std::string_view key) {
  const std::lock_guard lock(impl_->mutex);
  for (const auto& place : impl_->places) {
    place.port->post([dispatcher = place.dispatcher,
                      topic = std::string(topic),
                      key = std::string(key)] { dispatcher->forget(topic, key); });
  }
}

CacheTotals Gateway::cache_totals() const {
  CacheTotals sum;
  const std::lock_guard lock(impl_->mutex);
  for (const auto& place : impl_->places) place.dispatcher->add_to(sum);
  return sum;
}

Totals Gateway::totals() const {
  Totals sum;
  const std::lock_guard lock(impl_->mutex);
  for (const auto& place : impl_->places) sum.add(*place.counters);
  return sum;
}

}  // namespace wayleave::gateway
