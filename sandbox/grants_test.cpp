#include "sandbox/grants.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "sandbox/limiter.hpp"
#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

TEST(BoundedMap, OldestMakesRoom) {
  BoundedMap<int> map(2);
  map.put("a", 1);
  map.put("b", 2);
  map.put("a", 3);  // no newcomer
  EXPECT_NE(map.find("b"), nullptr);
  map.put("c", 4);
  EXPECT_EQ(map.find("a"), nullptr);
  EXPECT_EQ(map.size(), 2U);
}

TEST(Grants, CodesAndRefreshTokensCarryTheRegion) {
  Grants grants;
  SeededRandom random(1);
  Grants::CodeRequest request;
  request.client_id = "c";
  request.region = "eu1";
  const std::string code = grants.issue_code(request, {}, Instant{}, random);
  EXPECT_TRUE(code.starts_with("eu1-"));
  const auto pair = grants.exchange(
      {.client_id = "c", .code = code, .redirect_uri = "", .verifier = "", .region = "eu1"},
      {},
      Instant{},
      random);
  ASSERT_TRUE(pair.has_value());
  EXPECT_TRUE(pair->refresh_token.starts_with("eu1-"));
}

TEST(Grants, CodeOfAnotherClientIsUnknown) {
  Grants grants;
  SeededRandom random(1);
  Grants::CodeRequest request;
  request.client_id = "c";
  request.region = "na1";
  const std::string code = grants.issue_code(request, {}, Instant{}, random);
  const auto pair = grants.exchange(
      {.client_id = "d", .code = code, .redirect_uri = "", .verifier = "", .region = "na1"},
      {},
      Instant{},
      random);
  ASSERT_FALSE(pair.has_value());
  EXPECT_EQ(pair.error(), OauthProblem::BadAuthCode);
}

TEST(Grants, OneOfManySimultaneousExchangesWins) {
  TestClient client;
  const std::string code = client.code_for();
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (client.exchange(code).status == 200) ++won;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST(Limiter, WindowRollsAndKeysAreApart) {
  Limiter limiter;
  const Millis window{1'000};
  Instant now{Millis{1'000'000}};
  EXPECT_EQ(limiter.admit("a", 2, window, now).remaining, 1);
  now += Millis{600};
  EXPECT_EQ(limiter.admit("a", 2, window, now).remaining, 0);
  EXPECT_FALSE(limiter.admit("a", 2, window, now).admitted);
  EXPECT_TRUE(limiter.admit("b", 2, window, now).admitted);
  now += Millis{400};  // the first call left the window, the second did not
  EXPECT_TRUE(limiter.admit("a", 2, window, now).admitted);
  EXPECT_FALSE(limiter.admit("a", 2, window, now).admitted);
  EXPECT_TRUE(limiter.admit("a", 0, window, now).admitted);
}

TEST(Limiter, DayStartsAtTheAccountsMidnight) {
  Limiter limiter;
  const std::chrono::minutes berlin{60};
  const Instant before{Millis{(23 * 3600 - 1) * 1'000}};  // 23:59:59 in Berlin
  EXPECT_TRUE(limiter.admit_daily("a", 1, berlin, before).admitted);
  EXPECT_FALSE(limiter.admit_daily("a", 1, berlin, before).admitted);
  EXPECT_EQ(limiter.used_today("a", berlin, before), 1);
  EXPECT_TRUE(limiter.admit_daily("a", 1, berlin, before + Millis{1'000}).admitted);
}

}  // namespace
}  // namespace wayleave::sandbox
