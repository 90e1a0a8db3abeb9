#include "gateway/retry.hpp"

#include <gtest/gtest.h>

namespace wayleave::gateway {
namespace {

using namespace std::chrono_literals;

TEST(CallPolicy, TakesNumbersWithinTheirBoundsOnly) {
  EXPECT_EQ(parse_call_policy("", "")->timeout, 60s);
  EXPECT_EQ(parse_call_policy("5", "3")->retries, 3U);
  for (const auto* bad : {"0", "601", "-1", "1.5", "5s", " 5", "99999999999"}) {
    EXPECT_EQ(parse_call_policy(bad, "").error().field, "Wayleave-Timeout") << bad;
  }
  for (const auto* bad : {"6", "-1", "x"}) {
    EXPECT_EQ(parse_call_policy("", bad).error().field, "Wayleave-Retries") << bad;
  }
}

TEST(NextTry, TriesOnlyWhatCannotActTwice) {  // HT-22
  const CallPolicy policy{.retries = 2};
  const TryOutcome lost{.status = 0, .untouched = false};
  const TryOutcome never_sent{.status = 0, .untouched = true};
  EXPECT_TRUE(next_try_in(policy, "GET", 1, lost, 0ms, 0));
  EXPECT_FALSE(next_try_in(policy, "POST", 1, lost, 0ms, 0));
  EXPECT_TRUE(next_try_in(policy, "POST", 1, never_sent, 0ms, 0));
  EXPECT_FALSE(next_try_in(policy, "PATCH", 1, {.status = 503}, 0ms, 0));
  EXPECT_TRUE(next_try_in(policy, "DELETE", 1, {.status = 503}, 0ms, 0));
  EXPECT_FALSE(next_try_in(policy, "GET", 1, {.status = 500}, 0ms, 0));
  EXPECT_FALSE(next_try_in(policy, "GET", 1, {.status = 404}, 0ms, 0));
}

TEST(NextTry, StopsAtTheCountAndTheDeadline) {
  const CallPolicy policy{.timeout = 10s, .retries = 2};
  EXPECT_TRUE(next_try_in(policy, "GET", 2, {.status = 429}, 0ms, 0));
  EXPECT_FALSE(next_try_in(policy, "GET", 3, {.status = 429}, 0ms, 0));
  EXPECT_FALSE(next_try_in(policy, "GET", 1, {.status = 429}, 9'900ms, 0));
  EXPECT_FALSE(next_try_in(CallPolicy{}, "GET", 1, {.status = 429}, 0ms, 0));
}

TEST(NextTry, ObeysRetryAfterAndSpreadsTheBackOff) {
  const CallPolicy policy{.timeout = 60s, .retries = 5};
  EXPECT_EQ(next_try_in(policy, "GET", 1, {.status = 429, .retry_after = "7"}, 0ms, 0), 7s);
  EXPECT_FALSE(next_try_in(policy, "GET", 1, {.status = 429, .retry_after = "61"}, 0ms, 0));
  EXPECT_EQ(next_try_in(policy, "GET", 1, {.status = 429, .retry_after = "soon"}, 0ms, 0), 200ms);
  EXPECT_EQ(next_try_in(policy, "GET", 3, {.status = 503}, 0ms, 0.5), 1'200ms);
}

}  // namespace
}  // namespace wayleave::gateway
