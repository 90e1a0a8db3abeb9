#include "vault/refresh/scheduler.hpp"

#include <boost/asio/io_context.hpp>

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

class SchedulerTest : public VaultTest {
 protected:
  ~SchedulerTest() override {
    run(vault_.drain());
    if (scheduler_.valid()) scheduler_.get();
  }
  void start() { scheduler_ = begin(vault_.keep_fresh()); }
  /// Waits until the network was asked so often.
  void wait_for_calls(std::size_t count) {
    while (net_.count() < count) std::this_thread::yield();
  }
  std::optional<Instant> due(const App& app, const std::string& user = "ann") {
    const auto rows = store_.rows("SELECT due_at FROM refresh_work WHERE connection = $1",
                                  {stored(app, user).id});
    return rows.at(0).at(0).optional_time();
  }

  std::future<void> scheduler_;
};

TEST_F(SchedulerTest, RefreshesBeforeTokensExpireAlthoughNobodyAsks) {
  connect(steady_);
  connect(rotating_);
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  store_.clock.advance(27min);
  start();
  wait_for_calls(2);
  run(vault_.settled());
  EXPECT_EQ(shown(must(credential(steady_)).access_token), "access-1");
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
  EXPECT_EQ(net_.count(), 2U);
  EXPECT_GT(*due(steady_), store_.clock.now() + 20min);
}

TEST_F(SchedulerTest, LeavesFreshTokensAlone) {
  connect(steady_);
  EXPECT_GT(*due(steady_), store_.clock.now() + 20min);
  EXPECT_LT(*due(steady_), store_.clock.now() + 28min);
  net_.answer_with(tokens_answer("access-1", ""));
  connect(rotating_, "bob");
  store_.clock.advance(10min);
  start();
  EXPECT_EQ(net_.count(), 0U);
}

TEST_F(SchedulerTest, ManyAreRefreshedOnceEach) {
  constexpr int kMany = 400;
  for (int i = 0; i < kMany; ++i) connect(steady_, "user-" + std::to_string(i));
  net_.answer_with(tokens_answer("access-1", ""));
  expire();
  start();
  wait_for_calls(kMany);
  run(vault_.settled());
  EXPECT_EQ(net_.count(), std::size_t{kMany});
  EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_work WHERE owner IS NOT NULL").empty());
  EXPECT_TRUE(
      store_.rows("SELECT connection FROM refresh_work WHERE due_at <= $1", {store_.clock.now()})
          .empty());
}

TEST_F(SchedulerTest, FailureIsTriedAgainLaterNotAtOnce) {  // TK-18, TK-20
  connect(steady_);
  expire();
  net_.answer_with(answer(503, ""));
  start();
  wait_for_calls(1);
  run(vault_.settled());
  const Instant next = *due(steady_);
  EXPECT_GE(next, store_.clock.now() + 30s);
  EXPECT_LE(next, store_.clock.now() + 31s);
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(SchedulerTest, RetryAfterHoldsForTheWholeApp) {  // TK-18
  for (int i = 0; i < 50; ++i) connect(steady_, "user-" + std::to_string(i));
  expire();
  net_.answer_with(answer(429, "{}", "application/json", "120"));
  EXPECT_FALSE(credential(steady_, "user-0"));
  start();
  for (int i = 1; i < 50; ++i) EXPECT_FALSE(credential(steady_, "user-" + std::to_string(i)));
  run(vault_.settled());
  EXPECT_EQ(net_.count(), 1U);
  store_.clock.advance(121s);
  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_TRUE(credential(steady_, "user-1"));
}

TEST_F(SchedulerTest, DeadGrantIsNotAskedForAgain) {
  connect(steady_);
  expire();
  net_.answer_with(oauth_error("invalid_grant"));
  start();
  wait_for_calls(1);
  run(vault_.settled());
  EXPECT_FALSE(due(steady_));
  EXPECT_EQ(stored(steady_).state, State::NeedsReauthorization);
}

TEST_F(SchedulerTest, RefusedClientDoesNotBurnThroughItsConnections) {  // TK-11
  for (int i = 0; i < 1'000; ++i) connect(steady_, "user-" + std::to_string(i));
  expire();
  net_.answer_with(oauth_error("invalid_client", 401));
  start();
  const auto all_put_off = [&] {
    return store_
        .rows("SELECT connection FROM refresh_work WHERE due_at <= $1", {store_.clock.now()})
        .empty();
  };
  while (!all_put_off()) std::this_thread::yield();
  run(vault_.settled());
  EXPECT_LE(net_.count(), 3U);
  EXPECT_TRUE(store_.rows("SELECT id FROM connection WHERE state <> 'active'").empty());
  EXPECT_EQ(audited(), (std::vector<std::string>{"app.client_refused"}));
}

TEST_F(SchedulerTest, ClockThatJumpsRefreshesEachConnectionOnce) {  // TK-16
  constexpr int kMany = 200;
  for (int i = 0; i < kMany; ++i) connect(steady_, "user-" + std::to_string(i));
  net_.answer_with(tokens_answer("access-1", ""));
  store_.clock.advance(24h);
  start();
  wait_for_calls(kMany);
  run(vault_.settled());
  store_.clock.advance(-48h);
  EXPECT_EQ(shown(must(credential(steady_, "user-7")).access_token), "access-1");
  run(vault_.settled());
  EXPECT_LE(net_.count(), std::size_t{kMany + 1});
}

TEST_F(SchedulerTest, TwoServersShareWhatIsDue) {  // TK-01
  constexpr int kMany = 200;
  for (int i = 0; i < kMany; ++i) connect(rotating_, "user-" + std::to_string(i));
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  expire();
  Vault other(parts(*store_.database, "there", journal_));
  auto second = begin(other.keep_fresh());
  start();
  wait_for_calls(kMany);
  run(vault_.settled());
  run(other.drain());
  second.get();
  run(vault_.settled());
  EXPECT_EQ(net_.count(), std::size_t{kMany});
}

TEST_F(SchedulerTest, CallerIsNotPutOffBecauseTheSchedulerMetAnotherServer) {  // TK-01
  connect(rotating_);
  expire();
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  const Event held = net_.hold();
  // The first write takes what is due; then, at the same time, one claims it and one looks for
  // grants that end.
  database_.judge_writes([](int number) {
    return number == 0 ? FlakyDatabase::Fate::Pass : FlakyDatabase::Fate::Hang;
  });
  start();
  while (database_.hanging() < 2) std::this_thread::yield();
  Vault other(parts(*store_.database, "there", journal_));
  auto theirs = begin(other.credential(rotating_.id, "ann"));
  run(net_.arrived().wait());

  boost::asio::io_context here;
  auto ours =
      boost::asio::co_spawn(here, vault_.credential(rotating_.id, "ann"), boost::asio::use_future);
  here.poll();  // it waits for the scheduler's flight now
  database_.pass();
  database_.release();
  held.set();
  here.run();
  EXPECT_EQ(shown(must(ours.get()).access_token), "access-1");
  EXPECT_TRUE(theirs.get());
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(SchedulerTest, StopEndsItSoonAndLeavesNothingHeld) {  // OP-07
  for (int i = 0; i < 50; ++i) connect(rotating_, "user-" + std::to_string(i));
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  expire();
  const auto release = net_.hold();
  start();
  run(net_.arrived().wait());
  auto drained = begin(vault_.drain());
  release.set();
  drained.get();
  EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_work WHERE owner IS NOT NULL").empty());
}

}  // namespace
}  // namespace wayleave::vault
