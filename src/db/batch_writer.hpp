#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "db/job_queue.hpp"

namespace wayleave::db {

/// A driver's one writing connection, as BatchWriter drives it. Used by the writer's thread alone,
/// but for `writable`.
class WriteSession {
 public:
  virtual ~WriteSession() = default;
  /// Opens a transaction that keeps all other writers out, for that many callers. On an error there
  /// is none, and all of them are told.
  [[nodiscard]] virtual Result<> begin(std::size_t callers) = 0;
  /// Runs one caller's function; when it fails, what it did is undone and nothing else.
  [[nodiscard]] virtual Result<> run(Job& job) = 0;
  /// False once the transaction is gone with the work of all its callers.
  [[nodiscard]] virtual bool in_transaction() const = 0;
  /// Makes it durable. After an error there is no transaction any more.
  [[nodiscard]] virtual Result<> commit() = 0;
  /// Nothing was kept, and no caller is to blame (a lost connection, a deadlock): worth doing
  /// again. Speaks of the transaction that was begun last.
  [[nodiscard]] virtual bool lost_by_chance() const { return false; }
  /// What can wait until callers were told.
  virtual void tidy() {}
  /// Called now and then while there is nothing to write.
  virtual void idle() {}
  /// See Database::State. Any thread.
  [[nodiscard]] virtual bool writable() const = 0;
};

/// The one thread that writes. Whatever has queued up while a commit was synced goes into the next
/// transaction: each caller in a savepoint, so that it fails alone, then one commit for all, and
/// only then their `done`s. Destruction finishes the queue.
class BatchWriter {
 public:
  static constexpr std::size_t jobs_max = 4'096;
  static constexpr std::size_t batch_max = 256;
  static constexpr int tries_max = 6;  ///< of a batch that was lost by chance
  static constexpr Millis idle_interval{1'000};

  explicit BatchWriter(std::unique_ptr<WriteSession> session);
  ~BatchWriter();
  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

  /// Any thread.
  void submit(Job job);
  [[nodiscard]] Database::State state() const;

 private:
  void loop();
  void run_batch(std::span<Job> jobs);
  /// What one transaction came to. Unless callers were told, nothing was kept.
  enum class Ending { Told, LostByChance, LostByACaller };
  [[nodiscard]] Ending try_batch(std::span<Job> jobs, bool last_try);
  /// The outcome of each job; fewer than jobs when the transaction went away on the way.
  [[nodiscard]] std::vector<Result<>> run_all(std::span<Job> jobs);
  void tell(std::span<Job> jobs, std::vector<Result<>> outcomes, const Result<>& committed);

  std::unique_ptr<WriteSession> session_;
  JobQueue queue_{jobs_max};
  std::atomic<std::uint64_t> writes_ = 0;
  std::atomic<std::uint64_t> commits_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace wayleave::db
