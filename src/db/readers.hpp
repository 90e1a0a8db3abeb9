#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "db/job_queue.hpp"

namespace wayleave::db {

/// One of a driver's reading connections; used by one thread.
class ReadSession {
 public:
  virtual ~ReadSession() = default;
  /// Runs one caller's function in one snapshot.
  [[nodiscard]] virtual Result<> run(Job& job) = 0;
  /// What can wait until the caller was told.
  virtual void tidy() {}
};

/// Threads that read, each with its own session. Readers never wait for the writer nor it for them.
/// Destruction finishes the queue.
class Readers {
 public:
  static constexpr std::size_t jobs_max = 4'096;

  explicit Readers(std::vector<std::unique_ptr<ReadSession>> sessions);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  /// Any thread.
  void submit(Job job);

 private:
  void loop(ReadSession& session);

  std::vector<std::unique_ptr<ReadSession>> sessions_;
  JobQueue queue_{jobs_max};
  std::vector<std::thread> threads_;
};

}  // namespace wayleave::db
