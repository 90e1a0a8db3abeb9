#include "vault/refresh/past.hpp"

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using Outcome = PastRefresh::Outcome;

PastRefresh past(std::int64_t ms, Outcome outcome, std::string code = {}) {
  return {from_millis(ms), outcome, std::move(code)};
}

TEST(PastRefreshText, ComesBackAsItWasWritten) {
  const auto found = read_past(write_past(past(1'700'000'000'123, Outcome::Failed, "http_503")) +
                               write_past(past(1'600'000'000'000, Outcome::Stored)));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(to_millis(found[0].at), 1'700'000'000'123);
  EXPECT_EQ(found[0].outcome, Outcome::Failed);
  EXPECT_EQ(found[0].reason, "http_503");
  EXPECT_EQ(found[1].outcome, Outcome::Stored);
  EXPECT_EQ(found[1].reason, "");
}

TEST(PastRefreshText, ReasonOfAProviderCannotWriteALine) {
  const auto found =
      read_past(write_past(past(1, Outcome::Rejected, "bad\n2 stored \n" + std::string(99, 'x'))));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].reason.substr(0, 12), "bad2 stored ");
  EXPECT_LE(found[0].reason.size(), 60U);
}

TEST(PastRefreshText, WhatIsCutOrForeignIsLeftOut) {
  EXPECT_TRUE(read_past("").empty());
  EXPECT_TRUE(read_past("1 stored ").empty());
  EXPECT_EQ(read_past("x stored \n1 spent a\n2 failed b\n3 stor").size(), 1U);
}

class PastRefreshes : public VaultTest {
 protected:
  std::vector<PastRefresh> past_of(const App& app) {
    const auto id = stored(app).id;
    return must(store_.write([&](db::Transaction& tx) { return past_refreshes(tx, id); }));
  }
};

TEST_F(PastRefreshes, AreToldNewestFirstWithTheReasonOfFailures) {
  connect(steady_);
  expire();
  net_.answer_with(answer(503, ""));
  EXPECT_FALSE(credential(steady_));
  expire();
  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_TRUE(credential(steady_));
  expire();
  net_.answer_with(oauth_error("invalid_grant"));
  EXPECT_FALSE(credential(steady_));

  const auto found = past_of(steady_);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].outcome, Outcome::Rejected);
  EXPECT_EQ(found[0].reason, "invalid_grant");
  EXPECT_EQ(found[0].at, store_.clock.now());
  EXPECT_EQ(found[1].outcome, Outcome::Stored);
  EXPECT_EQ(found[2].outcome, Outcome::Failed);
  EXPECT_EQ(found[2].reason, "HTTP 503, the body is not a sound JSON object");
}

TEST_F(PastRefreshes, LostAnswerIsUnknown) {
  connect(rotating_);
  expire();
  net_.answer_with(no_answer(net::Reached::Maybe));
  EXPECT_FALSE(credential(rotating_));
  ASSERT_FALSE(past_of(rotating_).empty());
  EXPECT_EQ(past_of(rotating_)[0].outcome, Outcome::Unknown);
}

TEST_F(PastRefreshes, OnlyTheLastAreKept) {
  connect(steady_);
  for (int i = 0; i < 30; ++i) {
    expire();
    net_.answer_with(tokens_answer("access-" + std::to_string(i), ""));
    EXPECT_TRUE(credential(steady_));
  }
  EXPECT_EQ(past_of(steady_).size(), kPastRefreshesMax);
  const auto rows = store_.rows("SELECT length(past) FROM refresh_work");
  EXPECT_LE(rows.at(0).at(0).integer(), 1024);
}

}  // namespace
}  // namespace wayleave::vault
