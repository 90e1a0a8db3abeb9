#include "vault/waiting.hpp"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <vector>

namespace wayleave::vault {
namespace asio = boost::asio;
namespace {

using Resume = std::move_only_function<void(boost::system::error_code)>;
using Token = decltype(asio::use_awaitable);

/// Posts to the waiter's own executor, so that it may be called with a mutex held.
template <class Handler>
Resume resume_on_own_executor(Handler handler) {
  auto executor = asio::get_associated_executor(handler);
  return [executor, handler = std::move(handler)](boost::system::error_code error) mutable {
    asio::post(executor, [handler = std::move(handler), error]() mutable { handler(error); });
  };
}

}  // namespace

struct Event::State {
  std::mutex mutex;
  bool happened = false;
  std::uint64_t last_id = 0;
  std::list<std::pair<std::uint64_t, Resume>> waiters;

  void cancel(std::uint64_t id) {
    const std::lock_guard lock(mutex);
    const auto waiter =
        std::ranges::find(waiters, id, [](const auto& entry) { return entry.first; });
    if (waiter == waiters.end()) return;
    waiter->second(asio::error::operation_aborted);
    waiters.erase(waiter);
  }
};

Event::Event() : state_(std::make_shared<State>()) {}

Task<> Event::wait() const {
  auto start = [shared = state_](auto handler) {
    const auto state = shared;  // the coroutine, and this with it, may end before we unlock
    const auto slot = asio::get_associated_cancellation_slot(handler);
    const std::lock_guard lock(state->mutex);
    const auto id = ++state->last_id;
    auto resume = resume_on_own_executor(std::move(handler));
    if (state->happened) return resume({});
    state->waiters.emplace_back(id, std::move(resume));
    if (slot.is_connected()) {
      auto cancel = [weak = std::weak_ptr(state), id](asio::cancellation_type) {
        if (const auto alive = weak.lock()) alive->cancel(id);
      };
      asio::cancellation_slot(slot).assign(std::move(cancel));
    }
  };
  co_await asio::async_initiate<Token, void(boost::system::error_code)>(start, asio::use_awaitable);
}

void Event::set() const {
  const auto state = state_;
  std::list<std::pair<std::uint64_t, Resume>> woken;
  {
    const std::lock_guard lock(state->mutex);
    state->happened = true;
    woken.swap(state->waiters);
  }
  for (auto& [id, resume] : woken) resume({});
}

struct Turnstile::State {
  std::mutex mutex;
  const std::size_t low;
  const std::size_t high;
  std::size_t limit;
  std::size_t inside = 0;
  std::deque<Resume> queue;

  State(std::size_t least, std::size_t most) : low(least), high(most), limit(least) {}

  void leave(bool success) {
    const std::lock_guard lock(mutex);
    --inside;
    limit = success ? std::min(limit + 1, high) : std::max(limit / 2, low);
    while (inside < limit && !queue.empty()) {
      ++inside;
      auto resume = std::move(queue.front());
      queue.pop_front();
      resume({});
    }
    if (inside == 0) limit = low;
  }
};

Turnstile::Turnstile(std::size_t low, std::size_t high)
    : state_(std::make_shared<State>(low, high)) {}

Turnstile::Passage::~Passage() {
  if (state_) state_->leave(success_);
}

Task<Turnstile::Passage> Turnstile::enter() const {
  const auto shared = state_;
  auto start = [shared](auto handler) {
    const auto state = shared;  // as in Event::wait
    auto resume = resume_on_own_executor(std::move(handler));
    const std::lock_guard lock(state->mutex);
    if (state->inside < state->limit) {
      ++state->inside;
      return resume({});
    }
    state->queue.push_back(std::move(resume));
  };
  co_await asio::async_initiate<Token, void(boost::system::error_code)>(start, asio::use_awaitable);
  co_return Passage(shared);
}

}  // namespace wayleave::vault
