#include "connect/budget.hpp"

#include <algorithm>

namespace wayleave::connect {

Budget::Take Budget::take(Instant now) {
  const std::scoped_lock lock(mutex_);
  if (granted_ > 0) {
    --granted_;
    return Take::Granted;
  }
  return now < full_until_ ? Take::Full : Take::CountFirst;
}

void Budget::counted(std::int64_t open, Instant now) {
  constexpr std::chrono::seconds pause{1};
  const std::scoped_lock lock(mutex_);
  const std::int64_t left = max_ - open;
  if (left <= 0) {
    granted_ = 0;
    full_until_ = now + pause;
  } else {
    granted_ = std::max<std::int64_t>(1, left / 4) - 1;  // the asker takes one
  }
}

}  // namespace wayleave::connect
