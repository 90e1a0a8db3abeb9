#include "vault/refresh/pace.hpp"

#include <gtest/gtest.h>

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

constexpr Tick kStart{1h};

TEST(Pace, SendsNoMoreThanTheSetNumberInAnySecond) {  // TK-18
  Pace pace(50);
  std::vector<Tick> leaving;
  for (int i = 0; i < 10'000; ++i) leaving.push_back(pace.reserve("https://a/token", kStart));
  for (std::size_t i = 0; i + 50 < leaving.size(); ++i) {
    ASSERT_GE(leaving[i + 50] - leaving[i], 1s) << i;
  }
}

TEST(Pace, SavesNothingUpForABurst) {  // TK-18: after an outage of ten minutes
  Pace pace(10);
  (void)pace.reserve("a", kStart);
  const Tick later = kStart + 10min;
  EXPECT_EQ(pace.reserve("a", later), later);
  EXPECT_EQ(pace.reserve("a", later), later + 100ms);
}

TEST(Pace, EndpointsDoNotWaitForEachOther) {
  Pace pace(1);
  EXPECT_EQ(pace.reserve("a", kStart), kStart);
  EXPECT_EQ(pace.reserve("b", kStart), kStart);
  EXPECT_EQ(pace.reserve("a", kStart), kStart + 1s);
}

TEST(Pace, HoldsABoundedNumberOfEndpoints) {
  Pace pace(1);
  for (std::size_t i = 0; i < Pace::kEndpointsMax + 100; ++i) {
    (void)pace.reserve(std::to_string(i), kStart);
  }
  EXPECT_EQ(pace.reserve("0", kStart), kStart + 1s);
  EXPECT_EQ(pace.reserve("new after all have passed", kStart + 1h), kStart + 1h);
}

}  // namespace
}  // namespace wayleave::vault
