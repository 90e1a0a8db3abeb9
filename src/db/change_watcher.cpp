#include "db/change_watcher.hpp"

#include <utility>

#include "base/thread.hpp"

namespace wayleave::db {
namespace {

const Change everything{.sequence = 0, .topic = "*", .key = ""};

struct Heard {
  std::vector<Change> changes;
  std::int64_t last = 0;
};

}  // namespace

ChangeWatcher::ChangeWatcher(Database& database, Log& log, Millis interval)
    : database_(database), log_(log), interval_(interval) {}

ChangeWatcher::~ChangeWatcher() { stop(); }

void ChangeWatcher::subscribe(std::function<void(const Change&)> subscriber) {
  subscribers_.push_back(std::move(subscriber));
}

void ChangeWatcher::start() {
  auto last = database_.read_blocking([](Transaction& tx) { return last_change(tx); });
  if (last) {
    position_ = *last;
  } else {
    note_outcome(std::unexpected(std::move(last).error()));
  }
  thread_ = std::thread([this] { loop(); });
  database_.listen([this] { nudge(); });
}

void ChangeWatcher::stop() {
  database_.listen({});
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ChangeWatcher::nudge() {
  {
    const std::lock_guard lock(mutex_);
    nudged_ = true;
  }
  wake_.notify_all();
}

void ChangeWatcher::loop() {
  name_background_thread("changes");
  while (wait()) poll();
}

bool ChangeWatcher::wait() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, interval_, [this] { return nudged_ || stopping_; });
  nudged_ = false;
  return !stopping_;
}

void ChangeWatcher::poll() {
  Result<bool> more = true;
  while (more && *more) more = read_some();
  note_outcome(more ? Result<>() : std::unexpected(std::move(more).error()));
}

Result<bool> ChangeWatcher::read_some() {
  const std::int64_t from = position_.value_or(0);
  WL_TRY(const Heard heard, database_.read_blocking([from](Transaction& tx) -> Result<Heard> {
    Heard found;
    WL_TRY(found.changes, changes_after(tx, from, changes_per_read));
    WL_TRY(found.last, last_change(tx));
    return found;
  }));
  // Numbers have no gaps, so a gap is what was trimmed; a smaller number is a restored backup.
  const bool missed =
      !position_ || heard.last < from ||
      (heard.last > from && (heard.changes.empty() || heard.changes.front().sequence != from + 1));
  if (missed) {
    position_ = heard.last;
    tell(everything);
    return false;
  }
  for (const Change& change : heard.changes) {
    position_ = change.sequence;
    tell(change);
  }
  return position_ < heard.last;
}

void ChangeWatcher::note_outcome(const Result<>& outcome) {
  if (!outcome && !deaf_) {
    log_.warn("changes.unheard",
              {{"code", outcome.error().code}, {"detail", outcome.error().operator_detail}});
  }
  if (outcome && deaf_) log_.info("changes.heard_again");
  deaf_ = !outcome;
}

void ChangeWatcher::tell(const Change& change) {
  for (const auto& subscriber : subscribers_) subscriber(change);
}

}  // namespace wayleave::db
