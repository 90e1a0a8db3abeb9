#include "vault/refresh/ending.hpp"

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

class EndingTest : public VaultTest {
 protected:
  void connect_for(days life) {
    auto made = grant(rotating_, "ann", "access-0", "refresh-0");
    made.tokens.refresh_expires_in = life;
    must(keep(made));
  }
  std::vector<int> warnings() {
    const auto all = must(store_.write([&](db::Transaction& tx) {
      return warn_of_ends(tx, vault_.connections(), store_.clock.now(), 100);
    }));
    std::vector<int> left;
    for (const auto& warning : all) left.push_back(warning.days);
    return left;
  }
};

TEST_F(EndingTest, WarnsThreeTimesAndOnceEach) {  // TK-22
  connect_for(days{100});
  EXPECT_TRUE(warnings().empty());
  std::vector<int> all;
  for (int day = 0; day < 100; ++day) {
    store_.clock.advance(24h);
    for (const int one : warnings()) all.push_back(one);
  }
  EXPECT_EQ(all, (std::vector<int>{14, 7, 1}));
  EXPECT_EQ(audited(), (std::vector<std::string>(3, "connection.expiring")));
}

TEST_F(EndingTest, GrantThatLivesForDaysIsWarnedOfOnce) {
  connect_for(days{5});
  EXPECT_EQ(warnings(), std::vector<int>{7});
  EXPECT_TRUE(warnings().empty());
}

TEST_F(EndingTest, NewGrantBeginsAnew) {
  connect_for(days{5});
  EXPECT_EQ(warnings(), std::vector<int>{7});
  connect_for(days{100});
  EXPECT_TRUE(warnings().empty());
  connect_for(days{5});
  EXPECT_EQ(warnings(), std::vector<int>{7});
}

TEST_F(EndingTest, RefreshThatProlongsTheGrantIsKnown) {
  connect_for(days{5});
  EXPECT_EQ(warnings(), std::vector<int>{7});
  expire();
  net_.answer_with(
      answer(200,
             R"({"token_type":"bearer","access_token":"a","refresh_token":"r","expires_in":1800,)"
             R"("refresh_token_expires_in":8640000})"));
  must(credential(rotating_));
  EXPECT_TRUE(warnings().empty());
  store_.clock.advance(days{99});
  EXPECT_EQ(warnings(), std::vector<int>{1});
}

TEST_F(EndingTest, NothingIsSaidOfAGrantWithoutAnEnd) {
  connect(rotating_);
  store_.clock.advance(days{10'000});
  EXPECT_TRUE(warnings().empty());
}

}  // namespace
}  // namespace wayleave::vault
