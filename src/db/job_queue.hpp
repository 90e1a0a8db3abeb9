#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::db {

/// One function of a caller and what to tell when it is over.
struct Job {
  std::move_only_function<Result<>(Transaction&)> work;
  std::move_only_function<void(Result<>)> done;
};

/// Hands jobs from callers to driver threads, first come first served. Any thread.
class JobQueue {
 public:
  explicit JobQueue(std::size_t jobs_max) : jobs_max_(jobs_max) {}

  /// Takes the job, or leaves it with the caller and says why: full (`database_busy`) or closed.
  [[nodiscard]] Result<> push(Job& job);
  /// Waits for jobs, at most for `patience`, and puts at most `max` of them into `taken`. False
  /// once the queue is closed and empty.
  [[nodiscard]] bool take(std::size_t max, Millis patience, std::vector<Job>& taken);
  /// Takes no more; what is queued is still given out.
  void close();

 private:
  const std::size_t jobs_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool closed_ = false;
};

/// Runs a caller's function; an exception becomes an `internal` error.
[[nodiscard]] Result<> run_guarded(Job& job, Transaction& tx);

}  // namespace wayleave::db
