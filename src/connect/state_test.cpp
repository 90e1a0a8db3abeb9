#include "connect/state.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wayleave::connect {
namespace {

// OA-01: at least 128 bits each, never the same twice.
TEST(OneTime, TenThousandAreDistinctAndLongEnough) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string made = make_one_time(random);
    EXPECT_GE(made.size(), 22U);
    EXPECT_TRUE(is_one_time(made)) << made;
    EXPECT_TRUE(seen.insert(made).second) << made;
  }
}

TEST(OneTime, OtherLayoutsAreRefusedWithoutALookUp) {
  const std::string good(43, 'A');
  ASSERT_TRUE(is_one_time(good));
  for (const std::string& bad : {std::string(),
                                 std::string(42, 'A'),
                                 std::string(44, 'A'),
                                 std::string(42, 'A') + "+",
                                 std::string(42, 'A') + "=",
                                 std::string(42, 'A') + " ",
                                 std::string(42, 'A') + std::string(1, '\0'),
                                 std::string(100'000, 'A')}) {
    EXPECT_FALSE(is_one_time(bad)) << bad.size();
  }
}

// OA-01: what is stored does not contain what the browser carries.
TEST(OneTime, DigestMatchesItsTextOnly) {
  SystemRandom random;
  const std::string text = make_one_time(random);
  const std::string digest = one_time_digest(text);
  EXPECT_EQ(digest.size(), 32U);
  EXPECT_TRUE(matches_digest(text, digest));
  EXPECT_FALSE(matches_digest(make_one_time(random), digest));
  EXPECT_FALSE(matches_digest("", digest));
  EXPECT_FALSE(matches_digest(digest, digest));
  EXPECT_FALSE(matches_digest("", ""));
}

}  // namespace
}  // namespace wayleave::connect
