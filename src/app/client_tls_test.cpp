#include "app/client_tls.hpp"

#include <gtest/gtest.h>

namespace wayleave::app {
namespace {

constexpr Millis kDay{24 * 3600 * 1000};
constexpr Instant kBegins{Millis{1'800'000'000'000}};
constexpr Instant kEnds = kBegins + 90 * kDay;

TEST(JudgeValidity, KnowsBothEndsAndWarnsInTime) {
  const Millis moment{1};
  EXPECT_EQ(judge_validity(kBegins, kEnds, kBegins - moment), Validity::NotYet);
  EXPECT_EQ(judge_validity(kBegins, kEnds, kBegins), Validity::Good);
  EXPECT_EQ(judge_validity(kBegins, kEnds, kEnds - 14 * kDay), Validity::Good);
  EXPECT_EQ(judge_validity(kBegins, kEnds, kEnds - 14 * kDay + moment), Validity::EndsSoon);
  EXPECT_EQ(judge_validity(kBegins, kEnds, kEnds - moment), Validity::EndsSoon);
  EXPECT_EQ(judge_validity(kBegins, kEnds, kEnds), Validity::Expired);
}

TEST(LoadIdentity, IsEmptyWithoutTheOptions) {
  const auto identity = load_identity(Config{});
  ASSERT_TRUE(identity);
  EXPECT_FALSE(identity->has_value());
}

}  // namespace
}  // namespace wayleave::app
