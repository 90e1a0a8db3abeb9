#include "net/client/pool.hpp"

namespace wayleave::net {

void IdlePool::close_old() {
  const Tick now = clock_.tick();
  for (auto at = idle_.begin(); at != idle_.end();) {
    auto& queue = at->second;
    while (!queue.empty() && now - queue.front().since >= kIdleTime) {
      queue.pop_front();
      --count_;
    }
    at = queue.empty() ? idle_.erase(at) : std::next(at);
  }
}

std::unique_ptr<Connection> IdlePool::take(const Origin& origin, Millis idle_max) {
  const std::lock_guard lock(mutex_);
  close_old();
  const auto at = idle_.find(origin);
  if (at == idle_.end()) return nullptr;
  auto& queue = at->second;
  std::unique_ptr<Connection> taken;
  while (!queue.empty() && !taken && clock_.tick() - queue.back().since <= idle_max) {
    taken = std::move(queue.back().connection);
    queue.pop_back();
    --count_;
    if (!taken->silent()) taken.reset();
  }
  if (queue.empty()) idle_.erase(at);
  return taken;
}

void IdlePool::put(const Origin& origin, std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  close_old();
  auto& queue = idle_[origin];
  if (queue.size() < kPerOriginMax && count_ < kAllMax) {
    queue.push_back({std::move(connection), clock_.tick()});
    ++count_;
  }
  if (queue.empty()) idle_.erase(origin);
}

}  // namespace wayleave::net
