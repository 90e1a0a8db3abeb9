#include "vault/refresh/schedule.hpp"

#include <gtest/gtest.h>

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{Millis{1'700'000'000'000}};
constexpr TokenAge kHalfHour{kNow + 30min, 30min};

TEST(Schedule, RefreshesAheadWithinTheLead) {
  const provider::RefreshRules rules;
  const Instant late = *refresh_due_at(kHalfHour, std::nullopt);
  EXPECT_EQ(next_due(kHalfHour, rules, true, kNow, 0), late);
  const Instant early = *next_due(kHalfHour, rules, true, kNow, 0.999);
  EXPECT_LT(early, late);
  EXPECT_GT(early, kNow + 20min);
}

TEST(Schedule, LeavesAloneWhatNobodyUsesUnlessAsked) {
  EXPECT_FALSE(next_due(kHalfHour, {}, false, kNow, 0));
  EXPECT_FALSE(next_due({}, {}, true, kNow, 0));  // nothing known: a 401 will tell (TK-14)
}

TEST(Schedule, TokenThatLivesForSecondsIsRefreshedWhenItIsUsed) {
  EXPECT_FALSE(next_due({kNow + 9s, 9s}, {}, true, kNow, 0));
  EXPECT_TRUE(next_due({kNow + 10s, 10s}, {}, true, kNow, 0));
}

TEST(Schedule, KeepsGrantsAliveThatDieUnused) {  // TK-21
  provider::RefreshRules xero;
  xero.idle_ttl = 30 * 24h;
  for (const double spread : {0.0, 0.5, 0.999}) {
    const Instant due = *next_due(kHalfHour, xero, false, kNow, spread);
    EXPECT_GE(due, kNow + 17 * 24h);
    EXPECT_LE(due, kNow + 25 * 24h);
  }
  EXPECT_LT(*next_due(kHalfHour, xero, true, kNow, 0), kNow + 30min);
}

TEST(Schedule, BacksOffExponentiallyWithFullJitterAndACap) {  // TK-18
  EXPECT_EQ(back_off(0, std::nullopt, 0.9), 30s);
  EXPECT_EQ(back_off(3, std::nullopt, 0), 30s);
  EXPECT_EQ(back_off(3, std::nullopt, 0.5), 120s);
  EXPECT_LE(back_off(1'000'000, std::nullopt, 0.999), 1h);
  EXPECT_EQ(back_off(1'000'000, std::nullopt, 1), 1h);
}

TEST(Schedule, ObeysRetryAfterWithinReason) {  // TK-18
  EXPECT_EQ(back_off(0, 120s, 0), 120s);
  EXPECT_GT(back_off(0, 120s, 0.5), 120s);
  EXPECT_LE(back_off(0, std::chrono::seconds(10'000'000), 1), 1h + 30s);
  EXPECT_EQ(back_off(0, 1s, 0), 30s);
}

TEST(Schedule, AsksForALostAnswerWithinTheGraceTime) {  // TK-07
  provider::RefreshRules rules;
  EXPECT_EQ(unknown_pause(rules), 30s);
  rules.grace = 30s;
  EXPECT_EQ(unknown_pause(rules), 15s);
  rules.grace = 1800s;
  EXPECT_EQ(unknown_pause(rules), 30s);
  rules.grace = 1s;
  EXPECT_EQ(unknown_pause(rules), 1s);
}

}  // namespace
}  // namespace wayleave::vault
