#include "gateway/request_summary.hpp"

#include <gtest/gtest.h>

#include "db/temporary_database.hpp"
#include "gateway/request_conditions.hpp"

namespace wayleave::gateway {
namespace {

using namespace std::chrono_literals;

const Instant kNoon = from_millis(1'700'049'600'000);  // 2023-11-15T12:00:00Z

TEST(BucketLength, CoversAnyTimeInAtMostSixtyThatBeginAtMultiples) {
  EXPECT_EQ(bucket_length(kNoon, kNoon + 1ms), 1s);
  EXPECT_EQ(bucket_length(kNoon, kNoon + 60s), 1s);
  EXPECT_EQ(bucket_length(kNoon + 1ms, kNoon + 60s + 1ms), 2s);  // it would take 61
  EXPECT_EQ(bucket_length(kNoon, kNoon + 1h), 1min);
  EXPECT_EQ(bucket_length(kNoon, kNoon + 24h), 30min);
  EXPECT_EQ(bucket_length(kNoon, kNoon + 24h * 7), 3h);
  for (Millis time = 1ms; time < 24h * 400; time = time * 3 / 2 + 7ms) {
    const Instant since = kNoon + time / 3;
    const Millis length = bucket_length(since, since + time);
    Summarizer summarizer(since, since + time);
    const auto summary = summarizer.finish();
    EXPECT_LE(summary.buckets.size(), 60U) << time.count();
    EXPECT_EQ(to_millis(summary.buckets.front().at) % length.count(), 0);
    EXPECT_LE(summary.buckets.front().at, since);
    EXPECT_GE(summary.buckets.back().at + length, since + time);
    EXPECT_LT(summary.buckets.back().at, since + time);
  }
}

TEST(DurationIndex, ABoundBelongsToWhatIsUpToIt) {
  EXPECT_EQ(duration_index(0), 0U);
  EXPECT_EQ(duration_index(1), 0U);
  EXPECT_EQ(duration_index(2), 1U);
  EXPECT_EQ(duration_index(30'000), kDurationBoundsMs.size() - 1);
  EXPECT_EQ(duration_index(30'001), kDurationBoundsMs.size());
}

TEST(Summarizer, CountsEachCallInItsStretch) {
  Summarizer summarizer(kNoon, kNoon + 1h);
  for (int i = 1; i <= 100; ++i) summarizer.add(kNoon + 5min, i, i > 90);
  summarizer.add(kNoon, 7, false);
  summarizer.add(kNoon + 1h - 1ms, 40'000, true);
  summarizer.add(kNoon - 1ms, 1, true);
  summarizer.add(kNoon + 1h, 1, true);
  const auto summary = summarizer.finish();
  ASSERT_EQ(summary.buckets.size(), 60U);
  EXPECT_EQ(summary.total, 102);
  EXPECT_EQ(summary.failed, 11);
  EXPECT_EQ(summary.buckets[5].at, kNoon + 5min);
  EXPECT_EQ(summary.buckets[5].total, 100);
  EXPECT_EQ(summary.buckets[5].failed, 10);
  EXPECT_EQ(summary.buckets[5].p50_ms, 50);
  EXPECT_EQ(summary.buckets[5].p95_ms, 95);
  EXPECT_EQ(summary.buckets[0].p95_ms, 7);
  EXPECT_EQ(summary.buckets[59].total, 1);
  EXPECT_EQ(summary.buckets[6].total, 0);
  EXPECT_EQ(summary.buckets[6].p50_ms, std::nullopt);
  EXPECT_EQ(summary.durations.back(), 1);
  EXPECT_EQ(summary.durations[duration_index(10)], 6);  // 6 to 10 and the one of 7
}

class RequestSummaryTest : public testing::Test {
 protected:
  /// `count` calls, so many milliseconds apart, from noon on.
  void store(std::size_t count, Millis apart = 1ms, const std::string& app = "hbdev") {
    std::vector<DatedRequest> calls;
    for (std::size_t i = 0; i < count; ++i) {
      RequestRecord record;
      record.facts.status = i % 10 == 0 ? 503 : 200;
      record.facts.duration_ms = 3;
      record[RequestText::Workspace] = "default";
      record[RequestText::App] = app;
      record[RequestText::Method] = i % 2 == 0 ? "GET" : "POST";
      calls.push_back({kNoon + apart * static_cast<int>(i), OwnedRequest(record)});
    }
    auto work = [&](db::Transaction& tx) { return store_requests(tx, calls); };
    ASSERT_TRUE(database_->write_blocking(std::move(work)));
  }
  RequestSummary summarize(RequestFilter filter) {
    filter.since = filter.since.value_or(kNoon);
    filter.until = filter.until.value_or(kNoon + 1h);
    auto work = [filter](db::Transaction& tx) {
      return summarize_requests(tx, WorkspaceId("default"), filter);
    };
    auto summary = database_->read_blocking(std::move(work));
    EXPECT_TRUE(summary);
    return summary.value_or(RequestSummary{});
  }
  db::TemporaryDatabase database_{migrations()};
};

TEST_F(RequestSummaryTest, KnowsTheFiltersOfTheList) {
  store(20, 1s);
  store(5, 1s, "other");
  const auto total = [&](RequestFilter filter) { return summarize(std::move(filter)).total; };
  EXPECT_EQ(total({}), 25);
  EXPECT_EQ(summarize({}).failed, 3);
  EXPECT_EQ(total({.app = "other"}), 5);
  EXPECT_EQ(total({.method = "POST"}), 12);
  EXPECT_EQ(total({.status = 503}), 3);
  EXPECT_EQ(total({.status_class = 2}), 22);
  EXPECT_EQ(total({.since = kNoon + 10s}), 10);
  EXPECT_EQ(total({.until = kNoon + 1s}), 2);
  EXPECT_EQ(total({.duration_ms_min = 4}), 0);
  EXPECT_EQ(total({.user = "nobody"}), 0);
}

TEST_F(RequestSummaryTest, SaysWhenItLookedAtTheNewestOnly) {
  const auto most = static_cast<std::size_t>(kRequestsLookedAt);
  store(most - 1);
  EXPECT_EQ(summarize({}).total, kRequestsLookedAt - 1);
  EXPECT_FALSE(summarize({}).partial);
  store(1'000, 1ms, "other");
  RequestFilter filter{.method = "GET"};
  const auto some = summarize(filter);
  EXPECT_TRUE(some.partial);
  EXPECT_LE(some.total, kRequestsLookedAt);
  filter.app = "other";
  EXPECT_EQ(summarize(filter).total, 500);
  EXPECT_FALSE(summarize(filter).partial);
}

}  // namespace
}  // namespace wayleave::gateway
