#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace wayleave {
namespace {

TEST(Rfc3339, ReadsWhatItWrites) {
  for (const Millis::rep ms : {0LL, 951'782'399'999LL, 1'700'000'000'123LL, 4'102'444'800'000LL}) {
    EXPECT_EQ(from_rfc3339(to_rfc3339(from_millis(ms))), from_millis(ms));
  }
}

TEST(Rfc3339, TakesAnyNumberOfDecimals) {
  const Instant whole = from_millis(1'700'000'000'000);
  EXPECT_EQ(from_rfc3339("2023-11-14T22:13:20Z"), whole);
  EXPECT_EQ(from_rfc3339("2023-11-14T22:13:20.2Z"), whole + Millis{200});
  EXPECT_EQ(from_rfc3339("2023-11-14T22:13:20.123456789Z"), whole + Millis{123});
}

TEST(Rfc3339, RefusesWhatIsNoMoment) {
  for (const char* text : {"",
                           "2023-11-14",
                           "2023-11-14T22:13:20",
                           "2023-11-14T22:13:20+01:00",
                           "2023-11-14 22:13:20Z",
                           "2023-02-29T00:00:00Z",
                           "2023-13-01T00:00:00Z",
                           "2023-11-14T24:00:00Z",
                           "2023-11-14T22:60:00Z",
                           "2023-11-14T22:13:60Z",
                           "2023-11-14T22:13:20.Z",
                           "2023-11-14T22:13:20.1x2Z",
                           "2023-1a-14T22:13:20Z",
                           "2023-11-14T22:13:20ZZ"}) {
    EXPECT_FALSE(from_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace wayleave
