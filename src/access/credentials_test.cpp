#include "access/credentials.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "crypto/api_key.hpp"

namespace wayleave::access {
namespace {

std::string new_key() {
  SystemRandom random;
  return crypto::make_api_key(random).expose([](std::string_view key) { return std::string(key); });
}

TEST(CredentialsTest, BearerKeyIsReadInAnyCaseOfTheScheme) {
  const auto key = new_key();
  for (const std::string scheme : {"Bearer ", "bearer ", "BEARER   "}) {
    const auto header = scheme + key;
    const auto presented = presented_key(header);
    ASSERT_TRUE(presented) << scheme;
    EXPECT_EQ(presented->key, key);
    EXPECT_TRUE(presented->key_id.empty());
  }
}

TEST(CredentialsTest, BasicGivesKeyAndIdAndSurvivesMoves) {
  const auto key = new_key();
  auto presented = presented_key("Basic " + to_base64("key_123:" + key));
  ASSERT_TRUE(presented);
  const Presented moved = std::move(*presented);
  presented.reset();
  EXPECT_EQ(moved.key, key);
  EXPECT_EQ(moved.key_id, "key_123");
}

TEST(CredentialsTest, MistypedKeyIsRefusedWithoutLookUp) {  // AK-01
  auto key = new_key();
  key[10] = key[10] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(presented_key("Bearer " + key));
  EXPECT_FALSE(presented_key("Basic " + to_base64("key_1:" + key)));
}

TEST(CredentialsTest, AnythingElseInTheHeaderIsNoKey) {  // AK-06
  const auto key = new_key();
  const std::vector<std::string> headers{"",
                                         key,
                                         "Bearer",
                                         "Bearer ",
                                         "Token " + key,
                                         "Bearer " + key + " x",
                                         "Bearer " + key + ", Bearer " + key,
                                         "Bearer\t" + key,
                                         "Basic " + key,
                                         "Basic " + to_base64(key),
                                         "Basic " + to_base64(":" + key),
                                         "Basic " + to_base64("key_1:" + key + "\n"),
                                         "Basic " + to_base64("key:") + to_base64(key),
                                         "Bearer " + std::string(1000, 'a')};
  for (const auto& header : headers) {
    EXPECT_FALSE(presented_key(header)) << header;
  }
}

}  // namespace
}  // namespace wayleave::access
