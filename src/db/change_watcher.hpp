#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "db/database.hpp"

namespace wayleave::db {

/// Hears of changes that any process noted, this one included, by asking the change feed every
/// `interval` on its own thread. Subscribers are called on that thread, in the order of the
/// changes, and must not block it or call `stop`. A change with topic `*` means that some were
/// missed: drop whatever was cached. The database and log outlive the watcher.
class ChangeWatcher {
 public:
  static constexpr int changes_per_read = 1'000;

  ChangeWatcher(Database& database, Log& log, Millis interval = Millis{250});
  ~ChangeWatcher();
  ChangeWatcher(const ChangeWatcher&) = delete;
  ChangeWatcher& operator=(const ChangeWatcher&) = delete;

  /// Before `start` only.
  void subscribe(std::function<void(const Change&)> subscriber);
  /// From here on every change is heard; fill caches after it. Reads the database once.
  void start();
  /// Waits for a subscriber that is being called. May be called twice.
  void stop();
  /// Asks at once. Any thread; for use after a write of this process.
  void nudge();

 private:
  void loop();
  [[nodiscard]] bool wait();
  void poll();
  /// One read; true when there may be more.
  [[nodiscard]] Result<bool> read_some();
  void note_outcome(const Result<>& outcome);
  void tell(const Change& change);

  Database& database_;
  Log& log_;
  const Millis interval_;
  std::vector<std::function<void(const Change&)>> subscribers_;
  std::optional<std::int64_t> position_;  // the last change heard; none while unknown
  bool deaf_ = false;                     // the last read failed

  std::mutex mutex_;
  std::condition_variable wake_;
  bool nudged_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wayleave::db
