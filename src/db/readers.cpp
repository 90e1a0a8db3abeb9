#include "db/readers.hpp"

#include <utility>

#include "base/thread.hpp"

namespace wayleave::db {
namespace {

constexpr Millis patience{60'000};  // nothing happens then; only a wait has to have an end

}  // namespace

Readers::Readers(std::vector<std::unique_ptr<ReadSession>> sessions)
    : sessions_(std::move(sessions)) {
  for (const auto& session : sessions_) {
    threads_.emplace_back([this, &held = *session] { loop(held); });
  }
}

Readers::~Readers() {
  queue_.close();
  for (std::thread& thread : threads_) thread.join();
}

void Readers::submit(Job job) {
  if (Result<> taken = queue_.push(job); !taken) job.done(std::move(taken));
}

void Readers::loop(ReadSession& session) {
  name_background_thread("db-read");
  std::vector<Job> jobs;
  while (queue_.take(1, patience, jobs)) {
    for (Job& job : jobs) job.done(session.run(job));
    session.tidy();
  }
}

}  // namespace wayleave::db
