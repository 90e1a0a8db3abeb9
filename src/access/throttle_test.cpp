#include "access/throttle.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace wayleave::access {
namespace {

using std::chrono::seconds;

constexpr Tick kStart{std::chrono::hours(1)};
constexpr const char* kHere = "192.0.2.1";
constexpr const char* kElsewhere = "192.0.2.2";

// DS-09
TEST(Throttle, StopsAGuesserAndNotTheOwnerElsewhere) {
  Throttle throttle;
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(throttle.attempt("ann", kHere, kStart)) << i;
  const auto wait = throttle.attempt("ann", kHere, kStart);
  ASSERT_TRUE(wait);
  EXPECT_EQ(*wait, seconds(60));
  EXPECT_FALSE(throttle.attempt("ann", kElsewhere, kStart));
  EXPECT_FALSE(throttle.attempt("bob", kHere, kStart));
}

TEST(Throttle, OneMoreAttemptIsFreeAfterEachInterval) {
  Throttle throttle;
  for (int i = 0; i < 10; ++i) (void)throttle.attempt("ann", kHere, kStart);
  EXPECT_TRUE(throttle.attempt("ann", kHere, kStart + seconds(59)));
  EXPECT_FALSE(throttle.attempt("ann", kHere, kStart + seconds(60)));
  EXPECT_TRUE(throttle.attempt("ann", kHere, kStart + seconds(60)));
}

TEST(Throttle, SuccessForgetsTheAccountHere) {
  Throttle throttle;
  for (int i = 0; i < 10; ++i) (void)throttle.attempt("ann", kHere, kStart);
  throttle.succeeded("ann", kHere);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(throttle.attempt("ann", kHere, kStart)) << i;
}

// One password for many accounts.
TEST(Throttle, AnAddressIsStoppedAcrossAccounts) {
  Throttle throttle;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(throttle.attempt("user-" + std::to_string(i), kHere, kStart)) << i;
  }
  EXPECT_TRUE(throttle.attempt("user-100", kHere, kStart));
  EXPECT_TRUE(throttle.attempt("", kHere, kStart));
  EXPECT_FALSE(throttle.attempt("user-100", kElsewhere, kStart));
}

TEST(Throttle, ASubscriberOfIpv6HasOneCount) {
  Throttle throttle;
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(throttle.attempt("ann", "2001:db8:1:2::" + std::to_string(i), kStart));
  }
  EXPECT_TRUE(throttle.attempt("ann", "2001:db8:1:2:ffff::1", kStart));
  EXPECT_FALSE(throttle.attempt("ann", "2001:db8:1:3::1", kStart));
}

TEST(Throttle, StaysBoundedAndForgetsWhatIsSoonestFree) {
  Throttle::Limits limits;
  limits.entries_max = 100;
  Throttle throttle(limits);
  for (int i = 0; i < 10; ++i) (void)throttle.attempt("ann", kHere, kStart);
  for (int i = 0; i < 1'000; ++i) {
    (void)throttle.attempt(
        "x", "198.51." + std::to_string(i / 250) + "." + std::to_string(i % 250), kStart);
  }
  EXPECT_TRUE(throttle.attempt("ann", kHere, kStart));
}

// Many at once count as many.
TEST(Throttle, CountsAttemptsThatRunAtTheSameTime) {
  Throttle throttle;
  std::atomic<int> through = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        if (!throttle.attempt("ann", kHere, kStart)) ++through;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(through, 10);
}

}  // namespace
}  // namespace wayleave::access
