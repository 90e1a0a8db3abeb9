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
  connection_.reset();
  return false;
}

Result<Connection*> Link::get() {
  while (!usable()) {
    if (now() >= next_try_) {
      if (connect()) break;
      if (why_.kind != ErrorKind::Retry) return std::unexpected(why_);
    }
    const Tick last = *away_since_ + timeouts_.lock;
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
    away_since_.reset();
    pause_ = first_pause;
    return {};
  }
  why_ = std::move(opened).error();
  if (!away_since_) away_since_ = now();
  next_try_ = now() + pause_;
  pause_ = std::min(2 * pause_, longest_pause);
  return std::unexpected(why_);
}

void Link::look() {
  if (connection_ && !connection_->still_there()) connection_.reset();
  if (!connection_ && now() >= next_try_) (void)connect();
}

}  // namespace wayleave::db::postgres
