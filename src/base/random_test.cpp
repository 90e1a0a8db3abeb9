#include "base/random.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "base/bytes.hpp"

namespace wayleave {
namespace {

TEST(SystemRandom, TokensDoNotRepeat) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(random_token(random, 32));
  EXPECT_EQ(seen.size(), 10'000U);
  EXPECT_EQ(seen.begin()->size(), 43U);
}

TEST(RandomUuid, IsVersionFour) {
  SystemRandom random;
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(std::regex_match(random_uuid(random), form));
}

TEST(RandomBase62, UsesEveryDigit) {
  SeededRandom random(1);
  const std::string text = random_base62(random, 5000);
  EXPECT_EQ(std::set<char>(text.begin(), text.end()).size(), 62U);
}

TEST(SeededRandom, RepeatsForTheSameSeed) {
  SeededRandom a(42);
  SeededRandom b(42);
  EXPECT_EQ(random_token(a, 32), random_token(b, 32));
}

}  // namespace
}  // namespace wayleave
