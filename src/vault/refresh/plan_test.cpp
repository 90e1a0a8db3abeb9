#include "vault/refresh/plan.hpp"

#include <gtest/gtest.h>

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

const Instant kNow = from_millis(1'700'000'000'000);

TokenAge age(seconds left, std::optional<seconds> life) { return {kNow + left, life}; }

TEST(RefreshPlanTest, LeadIsATenthOfTheLifeWithinBounds) {  // TK-15
  struct Row {
    seconds life;
    seconds lead;
  };
  for (const auto& [life, lead] : {Row{30min, 3min},
                                   Row{5min, 30s},
                                   Row{60s, 6s},
                                   Row{20s, 5s},
                                   Row{8s, 4s},
                                   Row{24h, 5min}}) {
    EXPECT_EQ(refresh_due_at(age(life, life), {}), kNow + life - lead) << life.count();
  }
}

TEST(RefreshPlanTest, ProvidersOwnLeadHoldsButNeverBeyondHalfOfTheLife) {  // TK-15
  EXPECT_EQ(refresh_due_at(age(1h, 1h), 15min), kNow + 45min);
  EXPECT_EQ(refresh_due_at(age(60s, 60s), 15min), kNow + 30s);
}

TEST(RefreshPlanTest, ShortLivedTokenIsNotRefreshedOnEveryCall) {  // TK-15: at most one per 45 s
  const TokenAge minute = age(60s, 60s);
  EXPECT_EQ(token_use(minute, {}, kNow + 45s), TokenUse::Use);
  EXPECT_EQ(token_use(minute, {}, kNow + 54s), TokenUse::UseAndRefresh);
}

TEST(RefreshPlanTest, UnknownExpiryIsNeitherExpiredNorDue) {  // TK-14
  for (const auto life : {std::optional<seconds>{}, std::optional<seconds>{1h}}) {
    EXPECT_EQ(refresh_due_at({std::nullopt, life}, 5min), std::nullopt);
    EXPECT_EQ(token_use({std::nullopt, life}, 5min, kNow + 24h * 365), TokenUse::Use);
  }
}

TEST(RefreshPlanTest, ExpiredTokenIsRefreshedFirst) {
  EXPECT_EQ(token_use(age(0s, 30min), {}, kNow), TokenUse::RefreshFirst);
  EXPECT_EQ(token_use(age(-1s, 30min), {}, kNow), TokenUse::RefreshFirst);
  EXPECT_EQ(token_use(age(1s, 30min), {}, kNow), TokenUse::UseAndRefresh);
}

TEST(RefreshPlanTest, LifeThatWasNotNotedGetsAFixedLead) {
  EXPECT_EQ(refresh_due_at(age(1h, {}), {}), kNow + 59min);
  EXPECT_EQ(refresh_due_at(age(1h, {}), 5min), kNow + 55min);
}

TEST(RefreshPlanTest, ClockThatWentBackDoesNotMakeADeadTokenLiveLonger) {  // TK-16
  const TokenAge half_hour = age(30min, 30min);
  EXPECT_EQ(token_use(half_hour, {}, kNow), TokenUse::Use);
  EXPECT_EQ(token_use(half_hour, {}, kNow - 30s), TokenUse::Use);
  EXPECT_EQ(token_use(half_hour, {}, kNow - 24h), TokenUse::UseAndRefresh);
}

TEST(RefreshPlanTest, ClockThatWentForwardOnlyMakesTokensDue) {  // TK-16
  EXPECT_EQ(token_use(age(30min, 30min), {}, kNow + 24h), TokenUse::RefreshFirst);
}

TEST(RefreshPlanTest, LongestBelievableLifeDoesNotOverflow) {  // TK-14
  const auto life = oauth::kTokenLifeMax;
  EXPECT_EQ(refresh_due_at(age(life, life), {}), kNow + life - 5min);
}

TEST(RefreshPlanTest, OnlyATerminalAnswerCondemnsTheConnection) {  // TK-09, TK-11
  const auto verdict_of = [](oauth::FailureClass failure) {
    oauth::TokenFailure answer;
    answer.failure = failure;
    return judge(std::unexpected(answer));
  };
  EXPECT_EQ(verdict_of(oauth::FailureClass::Terminal), Verdict::Reauthorize);
  EXPECT_EQ(verdict_of(oauth::FailureClass::Config), Verdict::AppBroken);
  EXPECT_EQ(verdict_of(oauth::FailureClass::Transient), Verdict::KeepAndCoolDown);
  EXPECT_EQ(judge(oauth::TokenSet{}), Verdict::Store);
}

}  // namespace
}  // namespace wayleave::vault
