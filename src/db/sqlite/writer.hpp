#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "db/job_queue.hpp"
#include "db/sqlite/connection.hpp"

namespace wayleave::db::sqlite {

/// The one thread that writes. Whatever has queued up while a commit was synced goes into the next
/// transaction: each caller in a savepoint, so that it fails alone, then one commit for all, and
/// only then their `done`s. Destruction finishes the queue.
class Writer {
 public:
  static constexpr std::size_t jobs_max = 4'096;
  static constexpr std::size_t batch_max = 256;

  Writer(std::unique_ptr<Connection> connection, Log* log);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Any thread.
  void submit(Job job);
  [[nodiscard]] Database::State state() const;

 private:
  void loop();
  void run_batch(std::span<Job> jobs);
  /// The outcome of each job; fewer than jobs when SQLite dropped the transaction on the way.
  [[nodiscard]] std::vector<Result<>> run_in_savepoints(std::span<Job> jobs);
  [[nodiscard]] Result<> run_in_savepoint(Job& job);
  [[nodiscard]] Result<> commit();
  [[nodiscard]] Result<> control(std::string_view sql);
  void roll_back();
  /// Refuses all further writes once the file cannot be trusted.
  void stop_when_damaged(const Result<>& why);

  std::unique_ptr<Connection> connection_;
  Log* log_;
  JobQueue queue_{jobs_max};
  std::atomic<bool> writable_ = true;
  std::atomic<std::uint64_t> writes_ = 0;
  std::atomic<std::uint64_t> commits_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace wayleave::db::sqlite
