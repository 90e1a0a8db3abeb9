#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"

namespace wayleave {
namespace {

TEST(Base64, KnowsTheVectorsOfRfc4648) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(from_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const auto* bad : {"Zg", "Zg=", "Zg===", "Z!==", "Zh==", "Zg==\n", "===="}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
  EXPECT_FALSE(from_base64url("Zg=="));
  EXPECT_FALSE(from_base64url("A"));
}

TEST(Encodings, RoundTripEveryLength) {
  const std::uint64_t seed = 7;
  SeededRandom random(seed);
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<std::uint8_t> raw(size);
    random.fill(raw);
    const std::string text(as_text(raw));
    EXPECT_EQ(from_hex(to_hex(text)), text) << "seed " << seed;
    EXPECT_EQ(from_base64(to_base64(text)), text) << "seed " << seed;
    EXPECT_EQ(from_base64url(to_base64url(text)), text) << "seed " << seed;
  }
}

TEST(Hex, RefusesOddLengthAndForeignDigits) {
  EXPECT_FALSE(from_hex("a"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_EQ(from_hex("0aFf"), std::string("\x0a\xff", 2));
}

}  // namespace
}  // namespace wayleave
