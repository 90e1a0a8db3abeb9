#include "sandbox/sandbox.hpp"

#include <gtest/gtest.h>

#include "sandbox/property.hpp"
#include "sandbox/times.hpp"

namespace wayleave::sandbox {
namespace {

TEST(RateLimitText, IsRequestsPerSeconds) {
  const auto limit = parse_rate_limit("250/10s");
  ASSERT_TRUE(limit.has_value());
  EXPECT_EQ(limit->requests, 250);
  EXPECT_EQ(limit->window.count(), 10);
  EXPECT_EQ(parse_rate_limit("5/s")->window.count(), 1);
  EXPECT_EQ(parse_rate_limit("7")->window.count(), 10);
  for (const char* wrong : {"", "x", "-1/10s", "5/10", "5/0s", "5/10m", "5/", "99999999999/10s"}) {
    EXPECT_FALSE(parse_rate_limit(wrong).has_value()) << wrong;
  }
}

TEST(Times, TakesWhatHubSpotTakes) {
  const auto millis = [](std::string_view text) {
    const auto at = parse_time(text);
    return at ? to_millis(*at) : -1;
  };
  EXPECT_EQ(millis("1700000000000"), 1'700'000'000'000);
  EXPECT_EQ(millis("2023-11-14"), 1'699'920'000'000);
  EXPECT_EQ(millis("2023-11-14T22:13:20Z"), 1'700'000'000'000);
  EXPECT_EQ(millis("2023-11-14T22:13:20.5Z"), 1'700'000'000'500);
  EXPECT_EQ(millis("2023-11-15T00:13:20.000+02:00"), 1'700'000'000'000);
  EXPECT_EQ(millis("2023-11-14T22:13Z"), 1'699'999'980'000 + 0);
  for (const char* wrong : {"",
                            "soon",
                            "2023-02-30",
                            "2023-11-14T25:00:00Z",
                            "2023-11-14T22:13:20",
                            "2023-11-14T22:13:20Zx",
                            "-5",
                            "99999999999999999"}) {
    EXPECT_EQ(millis(wrong), -1) << wrong;
  }
}

TEST(Property, DatesAreStoredInOneForm) {
  Property date;
  date.name = "d";
  date.type = "date";
  EXPECT_EQ(normalise(date, "1700000000000").value_or(""), "2023-11-14");
  Property time = date;
  time.type = "datetime";
  EXPECT_EQ(normalise(time, "2023-11-14").value_or(""), "2023-11-14T00:00:00.000Z");
}

TEST(Property, CheckboxesTakeSeveralOptions) {
  Property property;
  property.name = "p";
  property.type = "enumeration";
  property.field_type = "checkbox";
  property.options = {{"a", "A"}, {"b", "B"}};
  EXPECT_TRUE(normalise(property, "a;b").has_value());
  EXPECT_FALSE(normalise(property, "a;c").has_value());
}

}  // namespace
}  // namespace wayleave::sandbox
