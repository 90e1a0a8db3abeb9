#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "vault/refresh/refresher.hpp"
#include "vault/waiting.hpp"

namespace wayleave::vault {

/// Refreshes what is due although nobody asked: before tokens expire, before unused grants die, and
/// again after a failure (TK-18, TK-21). Due connections come from an index; each is put off for a
/// while as it is taken, so that replicas share them and one that dies leaves nothing behind for
/// long. Shared with the refreshes it began, which may end after it.
class Scheduler : public std::enable_shared_from_this<Scheduler> {
 public:
  /// Refreshes of the scheduler under way at once.
  static constexpr int kWindow = 128;

  struct Parts {
    db::Database& database;
    const Clock& clock;
    Log& log;
    Store store;
    std::shared_ptr<Refresher> refresher;
  };
  explicit Scheduler(Parts parts) : parts_(std::move(parts)) {}

  /// Works on the caller's executor until `stop`; once.
  [[nodiscard]] Task<> run();
  /// Ends `run`; waits for it.
  [[nodiscard]] Task<> stop();

 private:
  bool begin(boost::asio::any_io_executor strand);
  static Task<> work(std::shared_ptr<Scheduler> self);
  static Task<> refresh(std::shared_ptr<Scheduler> self, Connection connection);
  Task<> pause(Millis time);
  /// Tells of grants that end soon, now and then.
  Task<> warn_of_ends(Instant now);
  /// When the next one is due.
  Task<Result<std::optional<Instant>>> next_due();
  /// Takes those that are due at `now`, at most `limit`.
  Task<Result<std::vector<Connection>>> take(Instant now, int limit);
  void note(const Error* error);

  Parts parts_;
  std::optional<boost::asio::steady_timer> timer_;  // these on the strand of `work`
  int under_way_ = 0;
  bool waiting_for_room_ = false;
  bool failing_ = false;
  Tick warn_at_{};
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  bool started_ = false;
  boost::asio::any_io_executor strand_;  // as long as not started: none
  Event ended_;
};

}  // namespace wayleave::vault
