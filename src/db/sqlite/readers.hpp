#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "db/job_queue.hpp"
#include "db/sqlite/connection.hpp"

namespace wayleave::db::sqlite {

/// Threads that read, each with its own connection, each function in one snapshot of the file.
/// Readers never wait for the writer nor it for them. Destruction finishes the queue.
class Readers {
 public:
  static constexpr std::size_t jobs_max = 4'096;

  explicit Readers(std::vector<std::unique_ptr<Connection>> connections);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  /// Any thread.
  void submit(Job job);

 private:
  void loop(Connection& connection);

  std::vector<std::unique_ptr<Connection>> connections_;
  JobQueue queue_{jobs_max};
  std::vector<std::thread> threads_;
};

}  // namespace wayleave::db::sqlite
