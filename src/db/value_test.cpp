#include "db/value.hpp"

#include <gtest/gtest.h>

namespace wayleave::db {
namespace {

TEST(Value, HoldsWhatItWasMadeOf) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value(nullptr).is_null());
  EXPECT_EQ(Value(7).integer(), 7);
  EXPECT_EQ(Value(true).integer(), 1);
  EXPECT_TRUE(Value(true).boolean());
  EXPECT_EQ(Value("text").text(), "text");
  EXPECT_EQ(Value(Blob{"bytes"}).blob(), "bytes");
  EXPECT_EQ(Value(AppId("id")).text(), "id");
  EXPECT_EQ(Value(from_millis(12)).time(), from_millis(12));
}

TEST(Value, AnotherTypeReadsAsEmpty) {
  EXPECT_EQ(Value("7").integer(), 0);
  EXPECT_EQ(Value(7).text(), "");
  EXPECT_EQ(Value("text").blob(), "");
  EXPECT_EQ(Value(Blob{"bytes"}).text(), "");
}

TEST(Value, OptionalsBecomeNullAndBack) {
  EXPECT_TRUE(Value(std::optional<Instant>()).is_null());
  EXPECT_EQ(Value(std::optional<Instant>(from_millis(5))).optional_time(), from_millis(5));
  EXPECT_EQ(Value().optional_time(), std::nullopt);
  EXPECT_EQ(Value().optional_text(), std::nullopt);
  EXPECT_EQ(Value("").optional_text(), "");
}

}  // namespace
}  // namespace wayleave::db
