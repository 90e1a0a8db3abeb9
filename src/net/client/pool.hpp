#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "base/clock.hpp"
#include "net/client/connection.hpp"

namespace wayleave::net {

/// Idle connections by origin. Any thread may call.
class IdlePool {
 public:
  static constexpr std::size_t kPerOriginMax = 8;
  static constexpr std::size_t kAllMax = 256;
  static constexpr Millis kIdleTime{30'000};

  explicit IdlePool(const Clock& clock) : clock_(clock) {}

  /// The connection used last, if one is open, silent and was idle no longer than `idle_max`; else
  /// null. Older ones are closed on the way.
  [[nodiscard]] std::unique_ptr<Connection> take(const Origin& origin, Millis idle_max);
  /// Keeps the connection, or closes it when there is no room.
  void put(const Origin& origin, std::unique_ptr<Connection> connection);

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    Tick since;
  };
  void close_old();

  const Clock& clock_;
  std::mutex mutex_;
  std::map<Origin, std::deque<Idle>> idle_;  ///< oldest first; no empty queues
  std::size_t count_ = 0;
};

}  // namespace wayleave::net
