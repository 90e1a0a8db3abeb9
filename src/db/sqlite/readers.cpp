#include "db/sqlite/readers.hpp"

#include <utility>

#include "base/thread.hpp"

namespace wayleave::db::sqlite {
namespace {

Result<> run_in_snapshot(Connection& connection, Job& job) {
  if (auto begun = connection.control("BEGIN DEFERRED"); !begun) {
    return std::unexpected(std::move(begun).error());
  }
  SqliteTransaction tx(connection);
  Result<> outcome = run_guarded(job, tx);
  if (outcome) outcome = tx.health();
  // Nothing was written, so this only lets go of the snapshot.
  if (connection.in_transaction()) (void)connection.control("ROLLBACK");
  return outcome;
}

}  // namespace

Readers::Readers(std::vector<std::unique_ptr<Connection>> connections)
    : connections_(std::move(connections)) {
  for (const auto& connection : connections_) {
    threads_.emplace_back([this, &held = *connection] { loop(held); });
  }
}

Readers::~Readers() {
  queue_.close();
  for (std::thread& thread : threads_) thread.join();
}

void Readers::submit(Job job) {
  if (Result<> taken = queue_.push(job); !taken) job.done(std::move(taken));
}

void Readers::loop(Connection& connection) {
  name_background_thread("db-read");
  for (auto jobs = queue_.take(1); !jobs.empty(); jobs = queue_.take(1)) {
    jobs.front().done(run_in_snapshot(connection, jobs.front()));
  }
}

}  // namespace wayleave::db::sqlite
