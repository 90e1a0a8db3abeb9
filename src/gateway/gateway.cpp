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
    auto made = std::make_unique<ProxyDispatcher>(impl_->parts, port, *counters);
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

Totals Gateway::totals() const {
  Totals sum;
  const std::lock_guard lock(impl_->mutex);
  for (const auto& place : impl_->places) {
    const Counters& counters = *place.counters;
    for (std::size_t i = 0; i < sum.by_class.size(); ++i) {
      sum.by_class[i] += counters.by_class[i].load(std::memory_order_relaxed);
    }
    sum.misses += counters.misses.load(std::memory_order_relaxed);
    sum.renewals += counters.renewals.load(std::memory_order_relaxed);
    sum.retries += counters.retries.load(std::memory_order_relaxed);
    sum.gateway_errors += counters.gateway_errors.load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace wayleave::gateway
