#include "access/key_watch.hpp"

#include <gtest/gtest.h>

namespace wayleave::access {
namespace {

using namespace std::chrono_literals;

const Instant kNow = from_millis(1'700'000'000'000);

ApiKey key(const std::string& id, const std::string& parent = {}) {
  ApiKey made;
  made.id = KeyId{id};
  made.parent = KeyId{parent};
  return made;
}

TEST(KeyWatchTest, TellsEachUseOnce) {  // AK-05
  KeyWatch watch;
  watch.used(key("key_a"), kNow);
  watch.used(key("key_a"), kNow + 5s);
  watch.used(key("key_b"), kNow);
  const auto uses = watch.take_uses();
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].first.str(), "key_a");
  EXPECT_EQ(uses[0].second, kNow + 5s);
  EXPECT_TRUE(watch.take_uses().empty());
  watch.used(key("key_b"), kNow + 9s);
  EXPECT_EQ(watch.take_uses().size(), 1U);
}

TEST(KeyWatchTest, AUseThatIsKeptGoesOnCounting) {
  KeyWatch watch;
  const auto use = watch.use_of(key("key_a"));
  EXPECT_TRUE(watch.take_uses().empty());
  EXPECT_TRUE(watch.take_uses().empty());
  use->note(kNow);
  EXPECT_EQ(watch.take_uses().size(), 1U);
  use->note(kNow + 2s);
  EXPECT_EQ(watch.take_uses().size(), 1U);
}

TEST(KeyWatchTest, UsesOfATokenAreUsesOfItsKey) {
  KeyWatch watch;
  watch.used(key("key_token", "key_a"), kNow);
  EXPECT_EQ(watch.take_uses().at(0).first.str(), "key_a");
}

TEST(KeyWatchTest, ARefusalIsNewsOnceAMinuteForEachKeyAndAddress) {  // LG-02
  KeyWatch watch;
  EXPECT_TRUE(watch.is_news(KeyId{"key_a"}, "::1", kNow));
  EXPECT_FALSE(watch.is_news(KeyId{"key_a"}, "::1", kNow + 59s));
  EXPECT_TRUE(watch.is_news(KeyId{"key_a"}, "::2", kNow));
  EXPECT_TRUE(watch.is_news(KeyId{"key_b"}, "::1", kNow));
  EXPECT_TRUE(watch.is_news(KeyId{"key_a"}, "::1", kNow + 60s));
}

TEST(KeyWatchTest, ManyAddressesDoNotFillTheMemory) {
  KeyWatch watch;
  std::size_t news = 0;
  for (std::size_t i = 0; i < 2 * KeyWatch::kRefusalsMax; ++i) {
    news += watch.is_news(KeyId{"key_a"}, std::to_string(i), kNow) ? 1 : 0;
  }
  EXPECT_EQ(news, KeyWatch::kRefusalsMax);
  EXPECT_TRUE(watch.is_news(KeyId{"key_a"}, "later", kNow + 60s));
}

}  // namespace
}  // namespace wayleave::access
