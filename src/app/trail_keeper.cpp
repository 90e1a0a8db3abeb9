#include "app/trail_keeper.hpp"

#include "base/thread.hpp"

namespace wayleave::app {

void TrailKeeper::start() {
  thread_ = std::thread([this] { loop(); });
}

void TrailKeeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TrailKeeper::loop() {
  name_background_thread("trail");
  bool more = true;
  while (more) {
    write_uses();
    seal();
    more = wait();
  }
  write_uses();
  seal();
}

bool TrailKeeper::wait() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, parts_.every, [this] { return stopping_; });
  return !stopping_;
}

/// What is not written stays unknown until the next use: it is not worth more.
void TrailKeeper::write_uses() {
  const auto uses = parts_.watch.take_uses();
  if (uses.empty()) return;
  auto work = [&uses](db::Transaction& tx) -> Result<> {
    for (const auto& [key, at] : uses) WL_CHECK(access::ApiKeys::touch(tx, key, at));
    return {};
  };
  if (const auto written = parts_.database.write_blocking(work); !written) {
    parts_.log.warn("key.uses_lost", {{"detail", written.error().operator_detail}});
  }
}

void TrailKeeper::seal() {
  const auto verdict = sealer_.seal();
  if (!verdict) {
    if (!failing_) {
      parts_.log.warn("audit.not_sealed", {{"detail", verdict.error().operator_detail}});
    }
    failing_ = true;
    return;
  }
  failing_ = false;
  if (!verdict->intact && !broken_) {
    parts_.log.error("audit.broken",
                     {{"record", verdict->first_broken.value_or(0)},
                      {"fault", verdict->fault},
                      {"do", "see wayleave audit verify; somebody changed the database by hand"}});
  }
  broken_ = !verdict->intact;
  const std::lock_guard lock(mutex_);
  verdict_ = *verdict;
}

std::optional<access::TrailVerdict> TrailKeeper::verdict() const {
  const std::lock_guard lock(mutex_);
  return verdict_;
}

}  // namespace wayleave::app
