#include "db/job_queue.hpp"

#include <algorithm>
#include <exception>

namespace wayleave::db {

Result<> JobQueue::push(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return fail(ErrorKind::Retry, "database_unavailable", "the database is closing");
    if (jobs_.size() >= jobs_max_) {
      return fail(ErrorKind::Limit,
                  "database_busy",
                  "too many requests wait for the database; try again later",
                  "database queue holds " + std::to_string(jobs_max_) + " jobs");
    }
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return {};
}

bool JobQueue::take(std::size_t max, Millis patience, std::vector<Job>& taken) {
  taken.clear();
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return closed_ || !jobs_.empty(); });
  const std::size_t count = std::min(max, jobs_.size());
  taken.reserve(count);
  for (; taken.size() < count; jobs_.pop_front()) taken.push_back(std::move(jobs_.front()));
  return count > 0 || !closed_;
}

void JobQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

Result<> run_guarded(Job& job, Transaction& tx) {
  try {
    return job.work(tx);
  } catch (const std::exception& e) {
    return internal(std::string("exception in a database function: ") + e.what());
  } catch (...) {
    return internal("unknown exception in a database function");
  }
}

}  // namespace wayleave::db
