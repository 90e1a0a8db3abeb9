#include "vault/waiting.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>

#include "vault/cool_down.hpp"

namespace wayleave::vault {
namespace asio = boost::asio;
namespace {

Task<> count_after(Event event, std::atomic<int>& woken) {
  co_await event.wait();
  ++woken;
}

TEST(EventTest, WakesThoseWhoWaitAndThoseWhoComeLater) {
  asio::io_context io;
  const Event event;
  std::atomic<int> woken = 0;
  for (int i = 0; i < 3; ++i) asio::co_spawn(io, count_after(event, woken), asio::detached);
  io.poll();
  EXPECT_EQ(woken, 0);
  event.set();
  io.poll();
  EXPECT_EQ(woken, 3);
  io.restart();
  asio::co_spawn(io, count_after(event, woken), asio::detached);
  io.poll();
  EXPECT_EQ(woken, 4);
}

TEST(EventTest, CancelledWaiterLeavesAloneAndTheOthersStay) {
  asio::io_context io;
  const Event event;
  std::atomic<int> woken = 0;
  asio::cancellation_signal cancel;
  bool aborted = false;
  const auto on_end = [&](std::exception_ptr failure) { aborted = failure != nullptr; };
  asio::co_spawn(
      io, count_after(event, woken), asio::bind_cancellation_slot(cancel.slot(), on_end));
  asio::co_spawn(io, count_after(event, woken), asio::detached);
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.poll();
  EXPECT_TRUE(aborted);
  EXPECT_EQ(woken, 0);
  event.set();
  io.poll();
  EXPECT_EQ(woken, 1);
}

TEST(EventTest, ManyThreadsMayWaitAndSet) {
  asio::thread_pool pool(4);
  std::atomic<int> woken = 0;
  for (int round = 0; round < 200; ++round) {
    const Event event;
    for (int i = 0; i < 5; ++i) asio::co_spawn(pool, count_after(event, woken), asio::detached);
    asio::post(pool, [event] { event.set(); });
  }
  pool.join();
  EXPECT_EQ(woken, 1000);
}

struct Crowd {
  Turnstile turnstile{2, 8};
  Event release;
  int inside = 0;
  int most = 0;
  int passed = 0;
};

Task<> pass(Crowd& crowd, bool succeeds) {
  auto passage = co_await crowd.turnstile.enter();
  crowd.most = std::max(crowd.most, ++crowd.inside);
  co_await crowd.release.wait();
  --crowd.inside;
  ++crowd.passed;
  if (succeeds) passage.succeed();
}

TEST(TurnstileTest, BurstBeginsWithTwoProbes) {
  asio::io_context io;
  Crowd crowd;
  for (int i = 0; i < 100; ++i) asio::co_spawn(io, pass(crowd, true), asio::detached);
  io.poll();
  EXPECT_EQ(crowd.inside, 2);
  crowd.release.set();
  io.run();
}

TEST(TurnstileTest, SuccessWidensItUpToItsLimitAndAllPass) {
  asio::io_context io;
  Crowd crowd;
  for (int i = 0; i < 100; ++i) asio::co_spawn(io, pass(crowd, true), asio::detached);
  io.poll();
  crowd.release.set();
  io.run();
  EXPECT_EQ(crowd.passed, 100);
  EXPECT_GT(crowd.most, 2);
  EXPECT_LE(crowd.most, 8);
}

TEST(TurnstileTest, FailureKeepsItNarrow) {
  asio::io_context io;
  Crowd crowd;
  for (int i = 0; i < 100; ++i) asio::co_spawn(io, pass(crowd, false), asio::detached);
  io.poll();
  crowd.release.set();
  io.run();
  EXPECT_EQ(crowd.passed, 100);
  EXPECT_EQ(crowd.most, 2);
}

TEST(CoolDownTest, HoldsUntilItsTimeAndTellsTheOutcome) {
  FakeClock clock;
  CoolDown cool_down;
  const auto until = clock.tick() + std::chrono::seconds(30);
  cool_down.start("a", clock.tick(), until, Error{ErrorKind::Retry, "why", ""});
  EXPECT_EQ(cool_down.active("a", clock.tick())->outcome.code, "why");
  EXPECT_FALSE(cool_down.active("b", clock.tick()));
  clock.advance(std::chrono::seconds(30));
  EXPECT_FALSE(cool_down.active("a", clock.tick()));
}

TEST(CoolDownTest, NamesAreBounded) {
  FakeClock clock;
  CoolDown cool_down;
  const auto later = clock.tick() + std::chrono::seconds(30);
  for (std::size_t i = 0; i <= CoolDown::kEntriesMax; ++i) {
    cool_down.start(std::to_string(i), clock.tick(), later, Error{});
  }
  EXPECT_FALSE(cool_down.active("0", clock.tick()));
  EXPECT_TRUE(cool_down.active(std::to_string(CoolDown::kEntriesMax), clock.tick()));
}

}  // namespace
}  // namespace wayleave::vault
