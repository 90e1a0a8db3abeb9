#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "db/postgres/connection.hpp"
#include "db/postgres/error.hpp"

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

  /// `log`, when given, is told once when the connection goes and once when it is back.
  Link(const Address& address, const Timeouts& timeouts, Closing& closing, Log* log = nullptr)
      : address_(address), timeouts_(timeouts), closing_(closing), log_(log) {}

  /// Takes up one that is already open.
  void adopt(std::unique_ptr<Connection> connection) { connection_ = std::move(connection); }
  /// A connection that was not known to be lost a moment ago.
  [[nodiscard]] Result<Connection*> get();
  /// The connection did what it was given for: should it be lost now, the next one is made at once.
  void note_use() { useful_ = true; }
  /// The connection if there is one.
  [[nodiscard]] Connection* current() const { return connection_.get(); }
  /// One try when it is due; for an idle moment.
  void look();
  /// The last try to use it went well.
  [[nodiscard]] bool up() const { return up_; }

 private:
  [[nodiscard]] bool usable();
  [[nodiscard]] Result<> connect();
  void drop();
  void put_off();
  void note_away();
  void note_back();

  const Address& address_;
  const Timeouts timeouts_;
  Closing& closing_;
  Log* log_;
  std::unique_ptr<Connection> connection_;
  std::atomic<bool> up_ = true;
  std::optional<Tick> away_since_;
  Tick next_try_{};
  Millis pause_ = first_pause;
  bool useful_ = true;  // the connection has done what it was made for
  Error why_ = unreachable("the connection to the database was lost; try again", {});
};

}  // namespace wayleave::db::postgres
