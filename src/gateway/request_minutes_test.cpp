#include "gateway/request_minutes.hpp"

#include <gtest/gtest.h>

#include "db/temporary_database.hpp"
#include "gateway/request_conditions.hpp"

namespace wayleave::gateway {
namespace {

using namespace std::chrono_literals;

const Instant kNoon = from_millis(1'700'049'600'000);  // 2023-11-15T12:00:00Z
const WorkspaceId kHome{"default"};

class RequestMinutesTest : public testing::Test {
 protected:
  static DatedRequest call(Instant ended, const std::string& app, std::uint16_t status = 200) {
    RequestRecord record;
    record.facts.status = status;
    record.facts.duration_ms = status == 200 ? 15 : 700;
    record[RequestText::Workspace] = "default";
    record[RequestText::App] = app;
    record[RequestText::Method] = "GET";
    return {ended, OwnedRequest(record)};
  }
  void store(const std::vector<DatedRequest>& calls) {
    auto work = [&](db::Transaction& tx) { return store_requests(tx, calls); };
    ASSERT_TRUE(database_->write_blocking(std::move(work)));
  }
  RequestSummary minutes(Instant since, Instant until, std::optional<std::string> app = {}) {
    RequestFilter filter;
    filter.app = std::move(app);
    filter.since = since;
    filter.until = until;
    auto work = [filter](db::Transaction& tx) { return summarize_minutes(tx, kHome, filter); };
    auto summary = database_->read_blocking(std::move(work));
    EXPECT_TRUE(summary) << summary.error().operator_detail;
    return summary.value_or(RequestSummary{});
  }
  db::TemporaryDatabase database_{migrations()};
};

TEST_F(RequestMinutesTest, CountWhatWasStoredByAppAndMinute) {
  store({call(kNoon, "a"), call(kNoon + 59s, "a", 503), call(kNoon + 59s, "b")});
  store({call(kNoon + 30s, "a"), call(kNoon + 1min, "b", 0), call(kNoon + 1min, "")});
  const auto all = minutes(kNoon, kNoon + 1h);
  ASSERT_EQ(all.buckets.size(), 60U);
  EXPECT_EQ(all.total, 6);
  EXPECT_EQ(all.failed, 2);
  EXPECT_EQ(all.buckets[0].total, 4);
  EXPECT_EQ(all.buckets[0].failed, 1);
  EXPECT_EQ(all.buckets[1].total, 2);
  EXPECT_EQ(all.buckets[2].p50_ms, std::nullopt);
  EXPECT_EQ(all.durations[duration_index(15)], 4);
  EXPECT_EQ(all.durations[duration_index(700)], 2);
  EXPECT_EQ(minutes(kNoon, kNoon + 1h, "b").total, 2);
  EXPECT_EQ(minutes(kNoon, kNoon + 1min).total, 4);
}

TEST_F(RequestMinutesTest, AreWholeAlsoWhenTheTimeIsNot) {
  store({call(kNoon, "a"), call(kNoon + 90s, "a")});
  const auto some = minutes(kNoon + 20s, kNoon + 70s);
  EXPECT_EQ(some.since, kNoon);
  EXPECT_EQ(some.until, kNoon + 2min);
  EXPECT_EQ(some.bucket, 1min);
  EXPECT_EQ(some.total, 2);
  const auto week = minutes(kNoon - 24h * 6, kNoon + 24h);
  EXPECT_EQ(week.bucket, 3h);
  EXPECT_EQ(week.total, 2);
}

TEST_F(RequestMinutesTest, ABatchThatFailsCountsNothing) {
  auto work = [&](db::Transaction& tx) -> Result<> {
    WL_CHECK(store_requests(tx, std::vector{call(kNoon, "a")}));
    return internal("later in the same transaction");
  };
  EXPECT_FALSE(database_->write_blocking(std::move(work)));
  EXPECT_EQ(minutes(kNoon, kNoon + 1min).total, 0);
}

TEST_F(RequestMinutesTest, GoWhenTheyAreTooOld) {
  store({call(kNoon, "a"), call(kNoon, "b"), call(kNoon + 1min, "a")});
  const auto prune = [&](Instant oldest) {
    auto due = [oldest](db::Transaction& tx) { return needs_pruning(tx, oldest, 100); };
    auto work = [oldest](db::Transaction& tx) { return prune_requests(tx, oldest, 100, 500); };
    const bool needed = database_->read_blocking(std::move(due)).value_or(false);
    EXPECT_TRUE(database_->write_blocking(std::move(work)));
    return needed;
  };
  EXPECT_FALSE(prune(kNoon));
  EXPECT_TRUE(prune(kNoon + 1min));
  EXPECT_EQ(minutes(kNoon, kNoon + 1h).total, 1);
  EXPECT_FALSE(prune(kNoon + 1min));
}

TEST_F(RequestMinutesTest, AnswerWhatIsTooMuchToLookAt) {
  std::vector<DatedRequest> calls;
  const auto count = static_cast<std::size_t>(kRequestsLookedAt) + 500;
  for (std::size_t i = 0; i < count; ++i) {
    calls.push_back(call(kNoon + Millis{static_cast<int>(i) * 100}, i % 4 == 0 ? "a" : "b"));
  }
  store(calls);
  RequestFilter filter;
  filter.since = kNoon;
  filter.until = kNoon + 1h;
  const auto summarize = [&] {
    auto work = [filter](db::Transaction& tx) { return summarize_requests(tx, kHome, filter); };
    return database_->read_blocking(std::move(work)).value_or(RequestSummary{});
  };
  EXPECT_EQ(summarize().total, static_cast<std::int64_t>(count));
  EXPECT_FALSE(summarize().partial);
  EXPECT_EQ(summarize().buckets[0].p50_ms, 15);  // estimated between 10 and 20
  filter.app = "a";
  EXPECT_EQ(summarize().total, static_cast<std::int64_t>(count) / 4);
  filter.app.reset();
  filter.method = "GET";
  EXPECT_TRUE(summarize().partial);
}

// What was logged before the table existed is counted when it is made.
TEST(RequestMinutesMigration, CountsWhatIsThere) {
  auto all = migrations();
  const db::Migration last = all.back();
  db::TemporaryDatabase database(all);
  auto work = [&](db::Transaction& tx) -> Result<> {
    std::vector<DatedRequest> calls;
    for (const int duration : {1, 2, 31'000}) {
      RequestRecord record;
      record.facts.status = duration == 2 ? 404 : 200;
      record.facts.duration_ms = static_cast<std::uint32_t>(duration);
      record[RequestText::Workspace] = "default";
      if (duration != 1) record[RequestText::App] = "a";
      calls.push_back({kNoon, OwnedRequest(record)});
    }
    WL_CHECK(store_requests(tx, calls));
    WL_CHECK(tx.execute("DELETE FROM request_minute"));
    for (auto fill = last.sql.substr(last.sql.find("INSERT INTO")); !fill.empty();) {
      const auto end = fill.find(";\n");
      WL_CHECK(tx.execute(fill.substr(0, end)));
      fill.remove_prefix(end + 2);
    }
    return {};
  };
  ASSERT_TRUE(database->write_blocking(std::move(work)));
  RequestFilter filter;
  filter.since = kNoon;
  filter.until = kNoon + 1min;
  auto read = [filter](db::Transaction& tx) { return summarize_minutes(tx, kHome, filter); };
  const auto summary = database->read_blocking(std::move(read));
  ASSERT_TRUE(summary) << summary.error().operator_detail;
  EXPECT_EQ(summary->total, 3);
  EXPECT_EQ(summary->failed, 1);
  EXPECT_EQ(summary->durations.front(), 1);
  EXPECT_EQ(summary->durations.back(), 1);
  filter.app = "a";
  auto of_app = [filter](db::Transaction& tx) { return summarize_minutes(tx, kHome, filter); };
  EXPECT_EQ(database->read_blocking(std::move(of_app)).value_or(RequestSummary{}).total, 2);
}

TEST(EstimateQuantile, LiesWithinTheBoundsOfItsDurations) {
  EXPECT_EQ(estimate_quantile({}, 50), std::nullopt);
  DurationCounts counts{};
  counts[duration_index(80)] = 100;  // 51 to 100
  EXPECT_EQ(estimate_quantile(counts, 50), 75);
  EXPECT_EQ(estimate_quantile(counts, 100), 100);
  counts[duration_index(400)] = 100;  // 201 to 500
  EXPECT_EQ(estimate_quantile(counts, 50), 100);
  EXPECT_EQ(estimate_quantile(counts, 95), 200 + 300 * 90 / 100);
  DurationCounts endless{};
  endless.back() = 1;
  EXPECT_EQ(estimate_quantile(endless, 50), kDurationBoundsMs.back());
}

}  // namespace
}  // namespace wayleave::gateway
