#include "crypto/place.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wayleave::crypto {
namespace {

// VT-03: two places never share associated data, even when their texts joined are the same.
TEST(Place, TextMovedBetweenFieldsGivesAnotherEncoding) {
  std::set<std::string> seen;
  int places = 0;
  const std::string text = "abcd";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (std::size_t j = i; j <= text.size(); ++j) {
      for (std::size_t k = j; k <= text.size(); ++k) {
        const std::string_view all = text;
        Place place{all.substr(0, i), all.substr(i, j - i), all.substr(j, k - j), all.substr(k), 1};
        seen.insert(associated_data("h", place));
        ++places;
      }
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(places));
}

TEST(Place, VersionAndHeaderAreBound) {
  const Place one{"w", "t", "r", "c", 1};
  Place two = one;
  two.version = 2;
  EXPECT_NE(associated_data("h", one), associated_data("h", two));
  EXPECT_NE(associated_data("h", one), associated_data("i", one));
}

TEST(Place, NumbersAreBigEndian) {
  std::string out;
  append_u32(out, 0x01020384U);
  EXPECT_EQ(out, "\x01\x02\x03\x84");
  EXPECT_EQ(read_u32(out), 0x01020384U);
  out.clear();
  append_u64(out, 0x0102030405060788U);
  EXPECT_EQ(out, "\x01\x02\x03\x04\x05\x06\x07\x88");
}

}  // namespace
}  // namespace wayleave::crypto
