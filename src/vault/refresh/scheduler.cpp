#include "vault/refresh/scheduler.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "vault/refresh/ending.hpp"

namespace wayleave::vault {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

constexpr Millis kPollMin = 50ms;
constexpr Millis kPollMax = 2s;
/// Taken ones come up again after this, whatever becomes of their refresh.
constexpr Millis kHold = 2min;
/// Not worth a transaction of its own while others are under way.
constexpr int kRoomMin = Scheduler::kWindow / 4;
constexpr std::chrono::minutes kWarnEvery{10};
constexpr int kWarningsMax = 500;

}  // namespace

Task<> Scheduler::run() {
  const auto executor = co_await asio::this_coro::executor;
  if (!begin(asio::make_strand(executor))) co_return;
  co_await asio::co_spawn(strand_, work(shared_from_this()), asio::use_awaitable);
}

bool Scheduler::begin(asio::any_io_executor strand) {
  const std::lock_guard lock(mutex_);
  if (started_) return false;
  strand_ = std::move(strand);
  timer_.emplace(strand_);
  return started_ = true;
}

Task<> Scheduler::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (!started_) co_return;
  }
  asio::post(strand_, [self = shared_from_this()] { self->timer_->cancel(); });
  co_await ended_.wait();
}

Task<> Scheduler::work(std::shared_ptr<Scheduler> self) {
  while (!self->stopping_) {
    const Instant now = self->parts_.clock.now();
    const int room = kWindow - self->under_way_;
    if (room < kRoomMin) {
      self->waiting_for_room_ = true;
      co_await self->pause(kPollMax);
      self->waiting_for_room_ = false;
      continue;
    }
    const auto due = co_await self->next_due();
    self->note(due ? nullptr : &due.error());
    if (!due || !*due || **due > now) {
      co_await self->warn_of_ends(now);
      const Millis wait = due && *due ? std::clamp(**due - now, kPollMin, kPollMax) : kPollMax;
      co_await self->pause(wait);
      continue;
    }
    auto taken = co_await self->take(now, room);
    self->note(taken ? nullptr : &taken.error());
    if (!taken || taken->empty()) {
      co_await self->pause(kPollMin);
      continue;
    }
    for (auto& connection : *taken) {
      ++self->under_way_;
      asio::co_spawn(self->strand_, refresh(self, std::move(connection)), asio::detached);
    }
  }
  self->ended_.set();
}

Task<> Scheduler::refresh(std::shared_ptr<Scheduler> self, Connection connection) {
  // Its outcome is told and written where it happens.
  (void)co_await self->parts_.refresher->refresh(std::move(connection), Occasion::Scheduled);
  --self->under_way_;
  if (self->waiting_for_room_ && kWindow - self->under_way_ >= kRoomMin) self->timer_->cancel();
}

Task<> Scheduler::pause(Millis time) {
  if (stopping_) co_return;
  timer_->expires_after(time);
  boost::system::error_code ended;
  co_await timer_->async_wait(asio::redirect_error(asio::use_awaitable, ended));
}

Task<Result<std::optional<Instant>>> Scheduler::next_due() {
  auto work = [this](db::Transaction& tx) { return parts_.store.leases.next_due(tx); };
  co_return co_await parts_.database.read(std::move(work));
}

Task<> Scheduler::warn_of_ends(Instant now) {
  const Tick tick = parts_.clock.tick();
  if (tick < warn_at_) co_return;
  warn_at_ = tick + kWarnEvery;
  auto work = [this, now](db::Transaction& tx) {
    return vault::warn_of_ends(tx, parts_.store.connections, now, kWarningsMax);
  };
  const auto warnings = co_await parts_.database.write(std::move(work));
  note(warnings ? nullptr : &warnings.error());
  if (!warnings) co_return;
  for (const auto& warning : *warnings) {
    parts_.log.warn("connection.expiring",
                    {{"connection", warning.connection.id.str()}, {"days", warning.days}});
  }
  if (warnings->size() == std::size_t{kWarningsMax}) warn_at_ = tick;  // there are more
}

Task<Result<std::vector<Connection>>> Scheduler::take(Instant now, int limit) {
  auto work = [this, now, limit](db::Transaction& tx) -> Result<std::vector<Connection>> {
    WL_TRY(const auto ids, parts_.store.leases.take_due(tx, now, now + kHold, limit));
    std::vector<Connection> taken;
    taken.reserve(ids.size());
    for (const auto& id : ids) {
      WL_TRY(auto connection, parts_.store.connections.find(tx, id));
      if (connection) taken.push_back(*std::move(connection));
    }
    return taken;
  };
  co_return co_await parts_.database.write(std::move(work));
}

void Scheduler::note(const Error* error) {
  if (error != nullptr && !failing_) {
    parts_.log.warn("scheduler.failing",
                    {{"code", error->code}, {"detail", error->operator_detail}});
  }
  if (error == nullptr && failing_) parts_.log.info("scheduler.works_again");
  failing_ = error != nullptr;
}

}  // namespace wayleave::vault
