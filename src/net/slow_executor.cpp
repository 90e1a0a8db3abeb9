#include <boost/asio/executor_work_guard.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.hpp"
#include "base/thread.hpp"
#include "net/server.hpp"

namespace wayleave::net {
namespace {

/// Runs what there is to run until the context is stopped or nothing can come any more.
void work(boost::asio::io_context& context) {
  const SystemClock clock;
  Stretch stretch(clock.tick());
  for (;;) {
    if (context.poll_one() > 0) {
      if (stretch.over(clock.tick())) std::this_thread::yield();
    } else {
      if (context.run_one() == 0) return;
      stretch.begin(clock.tick());
    }
  }
}

}  // namespace

struct SlowExecutor::Impl {
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  explicit Impl(unsigned count) : wanted(count), context(static_cast<int>(count)) {}

  unsigned wanted;
  boost::asio::io_context context;
  std::optional<Guard> guard;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable ended;
  unsigned running = 0;
};

SlowExecutor::SlowExecutor(unsigned threads)
    : impl_(std::make_unique<Impl>(threads == 0 ? 1 : threads)) {}

SlowExecutor::~SlowExecutor() { stop(Millis{0}); }

boost::asio::io_context& SlowExecutor::context() { return impl_->context; }

void SlowExecutor::start() {
  impl_->guard.emplace(impl_->context.get_executor());
  for (unsigned i = 0; i < impl_->wanted; ++i) {
    ++impl_->running;
    impl_->threads.emplace_back([this] {
      name_background_thread("slow");
      work(impl_->context);
      const std::lock_guard lock(impl_->mutex);
      if (--impl_->running == 0) impl_->ended.notify_all();
    });
  }
}

void SlowExecutor::stop(Millis grace) {
  if (impl_->threads.empty()) return;
  // Without the guard the threads end by themselves once nothing is left to do.
  impl_->guard.reset();
  {
    std::unique_lock lock(impl_->mutex);
    impl_->ended.wait_for(lock, grace, [this] { return impl_->running == 0; });
  }
  impl_->context.stop();
  for (auto& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

}  // namespace wayleave::net
