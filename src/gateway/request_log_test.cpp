#include "gateway/request_log.hpp"

#include <gtest/gtest.h>

#include <string>

#include "db/temporary_database.hpp"

namespace wayleave::gateway {
namespace {

TEST(RowBudget, KeepsWhatIsNotUsedForOneSecond) {
  const Tick start{};
  RowBudget budget(1'000, start);
  EXPECT_EQ(budget.left(), 1'000U);
  budget.spend(1'000);
  EXPECT_EQ(budget.left(), 0U);
  EXPECT_EQ(budget.left_in(Millis{500}), 500U);
  budget.refill(start + Millis{250});
  EXPECT_EQ(budget.left(), 250U);
  budget.refill(start + std::chrono::hours{1});
  EXPECT_EQ(budget.left(), 1'000U);
}

TEST(RowBudget, SlowRatesAddUpOverManyShortRounds) {
  Tick now{};
  RowBudget budget(1, now);
  budget.spend(1);
  for (int i = 0; i < 999; ++i) budget.refill(now += Millis{1});
  EXPECT_EQ(budget.left(), 0U);
  for (int i = 0; i < 10; ++i) budget.refill(now += std::chrono::microseconds{100});
  EXPECT_EQ(budget.left(), 1U);
}

TEST(RowBudget, WhatWasSpentInAdvanceIsPaidBack) {
  const Tick start{};
  RowBudget budget(10, start);
  budget.spend(15);
  EXPECT_EQ(budget.left(), 0U);
  budget.refill(start + Millis{500});
  EXPECT_EQ(budget.left(), 0U);
  budget.refill(start + Millis{1'000});
  EXPECT_EQ(budget.left(), 5U);
}

class RequestLogTest : public testing::Test {
 protected:
  static RequestLog::Options options(std::uint32_t rate) {
    RequestLog::Options made;
    made.rate = rate;
    return made;
  }
  /// What a worker does at the end of a call.
  void call(RequestInlet& inlet, std::string_view path, bool failed = false) {
    if (!inlet.admit(failed)) return;
    RequestRecord record;
    record.facts.ended = clock_.tick();
    record.facts.status = failed ? 500 : 200;
    record.facts.failed = failed;
    record[RequestText::Workspace] = "default";
    record[RequestText::Method] = "GET";
    record[RequestText::Path] = path;
    record[RequestText::RequestId] = "req_1";
    inlet.put(record);
  }
  std::vector<StoredRequest> stored(RequestFilter filter = {}) {
    filter.limit = 1'000;
    auto found = database_->read_blocking([filter](db::Transaction& tx) {
      return list_requests(tx, WorkspaceId("default"), filter);
    });
    EXPECT_TRUE(found);
    return found ? found->requests : std::vector<StoredRequest>{};
  }

  db::TemporaryDatabase database_{migrations()};
  FakeClock clock_;
  Log log_{Log::Level::Off};
};

TEST_F(RequestLogTest, StoresWhatWorkersLeaveWithTheMomentItEnded) {
  RequestLog log(*database_, clock_, log_, options(100));
  RequestInlet& inlet = *log.add_inlet();
  const Instant ended = clock_.now();
  call(inlet, "/first");
  clock_.advance(Millis{300});
  call(inlet, "/second");
  clock_.advance(Millis{200});
  log.drain();
  const auto found = stored();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].path, "/second");
  EXPECT_EQ(found[0].ended, ended + Millis{300});
  EXPECT_EQ(found[1].path, "/first");
  EXPECT_EQ(found[1].ended, ended);
  EXPECT_EQ(log.totals().stored, 2U);
}

TEST_F(RequestLogTest, KeepsFailedCallsBeforeOthersOfAllWorkers) {
  RequestLog log(*database_, clock_, log_, options(10));
  RequestInlet& one = *log.add_inlet();
  RequestInlet& other = *log.add_inlet();
  for (int i = 0; i < 100; ++i) call(one, "/fine");
  for (int i = 0; i < 7; ++i) call(other, "/failed", true);
  log.drain();
  RequestFilter failed;
  failed.status_class = 5;
  EXPECT_EQ(stored().size(), 10U);
  EXPECT_EQ(stored(failed).size(), 7U);
  EXPECT_EQ(log.totals().dropped_failed_rate, 0U);
  EXPECT_EQ(log.totals().dropped_other_rate, 97U);
}

TEST_F(RequestLogTest, EvenFailedCallsStayWithinTheRate) {
  RequestLog log(*database_, clock_, log_, options(10));
  RequestInlet& inlet = *log.add_inlet();
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 50; ++i) call(inlet, "/failed", true);
    clock_.advance(Millis{500});
    log.drain();
  }
  const auto totals = log.totals();
  EXPECT_EQ(totals.stored, 10U + 9U * 5U);  // what a second saves up, then five in each half
  EXPECT_EQ(totals.stored + totals.dropped_failed_rate, 500U);
}

TEST_F(RequestLogTest, StopStoresWhatIsStillThere) {
  RequestLog log(*database_, clock_, log_, options(10));
  RequestInlet& inlet = *log.add_inlet();
  log.start();
  for (int i = 0; i < 10; ++i) call(inlet, "/last");
  log.stop();
  EXPECT_EQ(stored().size(), 10U);
}

TEST_F(RequestLogTest, CountsWhatFitsIntoNoRing) {
  RequestLog log(*database_, clock_, log_, options(50'000));
  RequestInlet& inlet = *log.add_inlet();
  const std::string path(kRequestTextBytesMax, 'x');
  for (int i = 0; i < 50'000; ++i) call(inlet, path);
  EXPECT_GT(log.totals().dropped_ring_full, 0U);
}

TEST_F(RequestLogTest, CountsWhatTheDatabaseDoesNotTake) {
  db::TemporaryDatabase without_tables;
  RequestLog log(*without_tables, clock_, log_, options(10));
  call(*log.add_inlet(), "/lost");
  log.drain();
  EXPECT_EQ(log.totals().dropped_not_stored, 1U);
  EXPECT_EQ(log.totals().stored, 0U);
}

TEST_F(RequestLogTest, ThereIsNoInletWithoutARate) {
  RequestLog log(*database_, clock_, log_, options(0));
  EXPECT_EQ(log.add_inlet(), nullptr);
}

TEST_F(RequestLogTest, DeletesWhatIsTooOldAndWhatIsTooMuch) {
  RequestLog::Options kept = options(2'000);
  kept.days = 2;
  kept.rows = 100;
  RequestLog log(*database_, clock_, log_, kept);
  RequestInlet& inlet = *log.add_inlet();
  for (int i = 0; i < 1'300; ++i) call(inlet, "/" + std::to_string(i));
  log.drain();
  log.prune();
  auto left = stored();
  ASSERT_EQ(left.size(), 100U);
  EXPECT_EQ(left.front().path, "/1299");
  EXPECT_EQ(left.back().path, "/1200");

  clock_.advance(std::chrono::hours{24});
  call(inlet, "/a day later");
  log.drain();
  clock_.advance(std::chrono::hours{25});
  log.prune();
  left = stored();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.front().path, "/a day later");
  EXPECT_EQ(log.totals().deleted, 1'300U);
}

}  // namespace
}  // namespace wayleave::gateway
