#include "gateway/histogram.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace wayleave::gateway {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, PutsADurationIntoTheFirstBucketThatReachesIt) {
  EXPECT_EQ(Histogram::bucket_of(nanoseconds{0}), 0U);
  EXPECT_EQ(Histogram::bucket_of(nanoseconds{-5}), 0U);
  EXPECT_EQ(Histogram::bucket_of(nanoseconds{1}), 0U);
  for (std::size_t i = 0; i < Histogram::bounds_count; ++i) {
    EXPECT_EQ(Histogram::bucket_of(Histogram::bound(i)), i);
    EXPECT_EQ(Histogram::bucket_of(Histogram::bound(i) + nanoseconds{1}), i + 1);
    EXPECT_EQ(Histogram::bucket_of(Histogram::bound(i) - nanoseconds{1}), i);
  }
  EXPECT_EQ(Histogram::bucket_of(nanoseconds{std::numeric_limits<std::int64_t>::max()}),
            Histogram::bounds_count);
}

TEST(Histogram, ReachesFromHalfAMillisecondBeyondAMinute) {
  EXPECT_EQ(Histogram::bound(0), std::chrono::microseconds{500});
  EXPECT_GE(Histogram::bound(Histogram::bounds_count - 1), std::chrono::seconds{60});
}

TEST(Histogram, TotalsOfWorkersAddUp) {
  Histogram one;
  Histogram other;
  one.observe(Millis{1});
  other.observe(Millis{1});
  other.observe(std::chrono::hours{1});
  HistogramTotals totals;
  totals.add(one);
  totals.add(other);
  EXPECT_EQ(totals.buckets[1], 2U);
  EXPECT_EQ(totals.buckets[Histogram::bounds_count], 1U);
  EXPECT_EQ(totals.sum_ns, 2U * 1'000'000U + 3'600'000'000'000U);
}

}  // namespace
}  // namespace wayleave::gateway
