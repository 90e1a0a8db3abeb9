#include "db/sqlite/writer.hpp"

#include <utility>

#include "base/thread.hpp"

namespace wayleave::db::sqlite {
namespace {

Error stopped() {
  return {ErrorKind::Retry,
          "database_unavailable",
          "the database failed and takes no writes until Wayleave is restarted"};
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, Log* log)
    : connection_(std::move(connection)), log_(log), thread_([this] { loop(); }) {}

Writer::~Writer() {
  queue_.close();
  thread_.join();
}

void Writer::submit(Job job) {
  if (Result<> taken = queue_.push(job); !taken) job.done(std::move(taken));
}

Database::State Writer::state() const {
  return {.writable = writable_, .writes = writes_, .commits = commits_};
}

void Writer::loop() {
  name_background_thread("db-write");
  for (auto jobs = queue_.take(batch_max); !jobs.empty(); jobs = queue_.take(batch_max)) {
    run_batch(jobs);
    stop_when_damaged(connection_->checkpoint_if_due());
  }
}

void Writer::run_batch(std::span<Job> jobs) {
  const Result<> begun = writable_ ? control("BEGIN IMMEDIATE") : std::unexpected(stopped());
  if (!begun) {
    stop_when_damaged(begun);
    for (Job& job : jobs) job.done(begun);
    return;
  }
  std::vector<Result<>> outcomes = run_in_savepoints(jobs);
  if (outcomes.size() < jobs.size()) {
    // One job took all others with it (a full disk, say); alone, each fails for itself.
    for (Job& job : jobs) run_batch({&job, 1});
    return;
  }
  const Result<> committed = commit();
  writes_ += jobs.size();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (outcomes[i] && !committed) outcomes[i] = committed;
    jobs[i].done(std::move(outcomes[i]));
  }
}

std::vector<Result<>> Writer::run_in_savepoints(std::span<Job> jobs) {
  std::vector<Result<>> outcomes;
  for (Job& job : jobs) {
    Result<> outcome = run_in_savepoint(job);
    if (!outcome) stop_when_damaged(outcome);
    if (!connection_->in_transaction() && jobs.size() > 1) break;
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Result<> Writer::run_in_savepoint(Job& job) {
  Result<> entered = control("SAVEPOINT caller");
  if (!entered) return entered;
  SqliteTransaction tx(*connection_);
  Result<> outcome = run_guarded(job, tx);
  if (outcome) outcome = tx.health();
  if (!connection_->in_transaction()) return outcome;
  Result<> left = outcome ? Result<>() : control("ROLLBACK TO caller");
  if (left) left = control("RELEASE caller");
  if (left) return outcome;
  // What this caller did can no longer be told from the work of the others.
  roll_back();
  return left;
}

Result<> Writer::commit() {
  if (!connection_->in_transaction()) return internal("the transaction is gone");
  const bool writable_before = writable_;
  Result<> done = writable_before ? control("COMMIT") : std::unexpected(stopped());
  if (done) {
    ++commits_;
    return done;
  }
  stop_when_damaged(done);
  roll_back();
  if (connection_->damaged() && writable_before) {
    done.error().detail += "; whether this was kept shows after the restart";
  }
  return done;
}

Result<> Writer::control(std::string_view sql) {
  if (auto done = connection_->control(sql); !done) {
    return std::unexpected(std::move(done).error());
  }
  return {};
}

void Writer::roll_back() {
  if (!connection_->in_transaction()) return;
  // SQLite ends the transaction even when it reports an error here.
  stop_when_damaged(control("ROLLBACK"));
}

void Writer::stop_when_damaged(const Result<>& why) {
  if (!connection_->damaged() || !writable_.exchange(false) || log_ == nullptr) return;
  log_->error("database.writes_stopped",
              {{"reason", why ? std::string() : why.error().operator_detail}});
}

}  // namespace wayleave::db::sqlite
