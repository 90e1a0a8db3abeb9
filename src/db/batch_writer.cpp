#include "db/batch_writer.hpp"

#include <utility>

#include "base/thread.hpp"

namespace wayleave::db {

BatchWriter::BatchWriter(std::unique_ptr<WriteSession> session)
    : session_(std::move(session)), thread_([this] { loop(); }) {}

BatchWriter::~BatchWriter() {
  queue_.close();
  thread_.join();
}

void BatchWriter::submit(Job job) {
  if (Result<> taken = queue_.push(job); !taken) job.done(std::move(taken));
}

Database::State BatchWriter::state() const {
  return {.writable = session_->writable(), .writes = writes_, .commits = commits_};
}

void BatchWriter::loop() {
  name_background_thread("db-write");
  std::vector<Job> jobs;
  while (queue_.take(batch_max, idle_interval, jobs)) {
    if (jobs.empty()) {
      session_->idle();
    } else {
      run_batch(jobs);
      session_->tidy();
    }
  }
}

void BatchWriter::run_batch(std::span<Job> jobs) {
  Ending ending = Ending::LostByChance;
  for (int tries = 1; tries <= tries_max && ending == Ending::LostByChance; ++tries) {
    ending = try_batch(jobs, tries == tries_max);
  }
  if (ending == Ending::Told) return;
  // One job takes all others with it (a full disk, say); alone, each fails for itself.
  for (Job& job : jobs) run_batch({&job, 1});
}

BatchWriter::Ending BatchWriter::try_batch(std::span<Job> jobs, bool last_try) {
  if (const Result<> begun = session_->begin(jobs.size()); !begun) {
    for (Job& job : jobs) job.done(begun);
    return Ending::Told;
  }
  std::vector<Result<>> outcomes = run_all(jobs);
  const bool kept = session_->in_transaction();
  const Result<> committed = kept ? session_->commit() : internal("the transaction is gone");
  if (committed) ++commits_;
  // A caller that is alone keeps its error in the end.
  const bool final = jobs.size() == 1 && (last_try || !session_->lost_by_chance());
  if (!committed && session_->lost_by_chance() && !final) return Ending::LostByChance;
  if (!kept && !final) return Ending::LostByACaller;
  tell(jobs, std::move(outcomes), committed);
  return Ending::Told;
}

std::vector<Result<>> BatchWriter::run_all(std::span<Job> jobs) {
  std::vector<Result<>> outcomes;
  for (Job& job : jobs) {
    outcomes.push_back(session_->run(job));
    if (!session_->in_transaction()) break;
  }
  return outcomes;
}

void BatchWriter::tell(std::span<Job> jobs,
                       std::vector<Result<>> outcomes,
                       const Result<>& committed) {
  writes_ += jobs.size();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].done(outcomes[i] && !committed ? committed : std::move(outcomes[i]));
  }
}

}  // namespace wayleave::db
