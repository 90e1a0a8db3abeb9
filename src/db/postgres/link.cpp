#include "db/postgres/link.hpp"

#include <algorithm>
#include <chrono>

namespace wayleave::db::postgres {
namespace {

Tick now() { return std::chrono::steady_clock::now(); }

}  // namespace

void Closing::begin() {
  {
    const std::lock_guard lock(mutex_);
    begun_ = true;
  }
  changed_.notify_all();
}

bool Closing::wait(Millis time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return begun_; });
}

bool Link::usable() {
  if (connection_ && !connection_->lost()) return true;
  if (connection_) drop();
  return false;
}

void Link::drop() {
  connection_.reset();
  if (useful_) {
    pause_ = first_pause;
  } else {
    put_off();  // a server on its way down, or up, ends new sessions as well
  }
}

void Link::put_off() {
  next_try_ = now() + pause_;
  pause_ = std::min(2 * pause_, longest_pause);
}

Result<Connection*> Link::get() {
  const Tick last = away_since_.value_or(now()) + timeouts_.lock;
  while (!usable()) {
    if (now() >= next_try_) {
      if (connect()) break;
      if (why_.kind != ErrorKind::Retry) return std::unexpected(why_);
    }
    if (next_try_ > last) return std::unexpected(why_);
    const auto pause = std::chrono::ceil<Millis>(next_try_ - now());
    if (!closing_.wait(std::max(pause, Millis{1}))) return std::unexpected(why_);
  }
  return connection_.get();
}

Result<> Link::connect() {
  auto opened = Connection::open(address_, timeouts_);
  up_ = opened.has_value();
  if (opened) {
    connection_ = *std::move(opened);
    useful_ = false;
    note_back();
    return {};
  }
  why_ = std::move(opened).error();
  note_away();
  put_off();
  return std::unexpected(why_);
}

void Link::note_away() {
  if (away_since_) return;
  away_since_ = now();
  if (log_ == nullptr) return;
  log_->error("database.unreachable", {{"code", why_.code}, {"detail", why_.operator_detail}});
}

void Link::note_back() {
  if (away_since_ && log_ != nullptr) {
    const auto gone = std::chrono::duration_cast<Millis>(now() - *away_since_);
    log_->info("database.reachable_again", {{"after_ms", gone.count()}});
  }
  away_since_.reset();
}

void Link::look() {
  if (connection_ && !connection_->still_there()) drop();
  if (!connection_ && now() >= next_try_) (void)connect();
}

}  // namespace wayleave::db::postgres
