#include "crypto/api_key.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace wayleave::crypto {
namespace {

std::string new_key(Random& random) {
  return make_api_key(random).expose([](std::string_view key) { return std::string(key); });
}

// AK-01: prefix, at least 160 random bits in base62, checksum.
TEST(ApiKey, EveryKeyHasTheLayout) {
  SystemRandom random;
  const std::regex layout("^wlk_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = new_key(random);
    EXPECT_TRUE(std::regex_match(key, layout)) << key;
    EXPECT_TRUE(is_api_key(key)) << key;
    seen.insert(key);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

// AK-01: a mistyped key is refused without asking the database. CRC-32 finds every single change.
TEST(ApiKey, EveryMistypedCharacterIsRefused) {
  SeededRandom random(1);
  const std::string key = new_key(random);
  for (std::size_t at = 0; at < key.size(); ++at) {
    for (const char typed : {'a', 'Z', '7', '_', '-', ' ', '\0'}) {
      std::string wrong = key;
      if (wrong[at] == typed) continue;
      wrong[at] = typed;
      EXPECT_FALSE(is_api_key(wrong)) << wrong;
    }
  }
}

TEST(ApiKey, AnythingElseIsRefused) {
  SeededRandom random(2);
  const std::string key = new_key(random);
  EXPECT_FALSE(is_api_key(""));
  EXPECT_FALSE(is_api_key("wlk_"));
  EXPECT_FALSE(is_api_key(key.substr(0, key.size() - 1)));
  EXPECT_FALSE(is_api_key(key + "0"));
  EXPECT_FALSE(is_api_key(" " + key));
  EXPECT_FALSE(is_api_key("WLK_" + key.substr(4)));
}

// The layout is for ever: keys in use must stay valid. The checksum was worked out separately.
TEST(ApiKey, TheChecksumIsCrc32InBase62) {
  EXPECT_TRUE(is_api_key("wlk_00000000000000000000000000000000000000000001YTGJ1"));
}

// AK-02: what is stored tells nothing of the key.
TEST(ApiKey, TheDigestIsOverTheWholeKey) {
  SeededRandom random(3);
  const std::string key = new_key(random);
  EXPECT_EQ(api_key_digest(key), sha256(key));
}

}  // namespace
}  // namespace wayleave::crypto
