#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/postgres/connection.hpp"

namespace wayleave::db::postgres {

/// Ends the waiting of all sessions of a database when it closes. Any thread.
class Closing {
 public:
  void begin();
  /// Waits, or less when closing; false then.
  [[nodiscard]] bool wait(Millis time);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;
};

/// A connection that is made again when it was lost. Callers wait for a server that restarts; once
/// it has been away for longer than `patience`, they are refused at once and only tried for again
/// with growing pauses. One thread, but for `up`.
class Link {
 public:
  static constexpr Millis first_pause{50};
  static constexpr Millis longest_pause{2'000};

  Link(const Address& address, const Timeouts& timeouts, Closing& closing)
      : address_(address), timeouts_(timeouts), closing_(closing) {}

  /// Takes up one that is already open.
  void adopt(std::unique_ptr<Connection> connection) { connection_ = std::move(connection); }
  /// A connection that was not known to be lost a moment ago.
  [[nodiscard]] Result<Connection*> get();
  /// The connection if there is one.
  [[nodiscard]] Connection* current() const { return connection_.get(); }
  /// One try when it is due; for an idle moment.
  void look();
  /// The last try to use it went well.
  [[nodiscard]] bool up() const { return up_; }

 private:
  [[nodiscard]] bool usable();
  [[nodiscard]] Result<> connect();

  const Address& address_;
  const Timeouts timeouts_;
  Closing& closing_;
  std::unique_ptr<Connection> connection_;
  std::atomic<bool> up_ = true;
  std::optional<Tick> away_since_;
  Tick next_try_{};
  Millis pause_ = first_pause;
  Error why_;
};

}  // namespace wayleave::db::postgres
