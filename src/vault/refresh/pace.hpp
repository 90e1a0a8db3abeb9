#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace wayleave::vault {

/// The pace at which each token endpoint is asked: so many requests a second at most, evenly, also
/// after a time in which none were sent (TK-18). On the steady clock (TK-16). Any thread.
class Pace {
 public:
  /// More endpoints than this are not told apart.
  static constexpr std::size_t kEndpointsMax = 10'000;

  explicit Pace(unsigned per_second);
  /// When the next request to that endpoint may leave; the place is taken. Not before `now`.
  [[nodiscard]] Tick reserve(const std::string& endpoint, Tick now);

 private:
  const Tick::duration interval_;
  std::mutex mutex_;
  std::unordered_map<std::string, Tick> next_;
};

}  // namespace wayleave::vault
