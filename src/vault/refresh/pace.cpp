#include "vault/refresh/pace.hpp"

#include <algorithm>

namespace wayleave::vault {

Pace::Pace(unsigned per_second)
    : interval_(std::chrono::duration_cast<Tick::duration>(std::chrono::seconds{1}) /
                std::max(per_second, 1U)) {}

Tick Pace::reserve(const std::string& endpoint, Tick now) {
  const std::lock_guard lock(mutex_);
  if (next_.size() >= kEndpointsMax && !next_.contains(endpoint)) {
    std::erase_if(next_, [now](const auto& one) { return one.second <= now; });
  }
  const bool known = next_.contains(endpoint) || next_.size() < kEndpointsMax;
  Tick& next = next_[known ? endpoint : std::string()];
  const Tick at = std::max(now, next);
  next = at + interval_;
  return at;
}

}  // namespace wayleave::vault
