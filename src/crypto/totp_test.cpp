#include "crypto/totp.hpp"

#include <gtest/gtest.h>

namespace wayleave::crypto {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

// RFC 4226 appendix D, of which RFC 6238 appendix B is the same algorithm at later counters.
TEST(Totp, GivesTheCodesOfTheSpecification) {
  const char* expected[] = {"755224",
                            "287082",
                            "359152",
                            "969429",
                            "338314",
                            "254676",
                            "287922",
                            "162583",
                            "399871",
                            "520489"};
  for (std::int64_t step = 0; step < 10; ++step) {
    EXPECT_EQ(totp_code(kSecret, step), expected[step]) << step;
  }
  EXPECT_EQ(totp_code(kSecret, totp_step(from_millis(1'111'111'109'000))), "081804");
  EXPECT_EQ(totp_code(kSecret, totp_step(from_millis(20'000'000'000'000))), "353130");
}

TEST(Totp, TakesTheStepsBesideTheCurrentOneAndNoOther) {
  const Instant now = from_millis(1'700'000'000'000);
  const std::int64_t step = totp_step(now);
  for (const std::int64_t near : {step - 1, step, step + 1}) {
    EXPECT_EQ(matching_totp_step(kSecret, totp_code(kSecret, near), now), near);
  }
  for (const std::int64_t far : {step - 2, step + 2}) {
    EXPECT_EQ(matching_totp_step(kSecret, totp_code(kSecret, far), now), std::nullopt);
  }
  EXPECT_EQ(matching_totp_step(kSecret, "", now), std::nullopt);
}

// RFC 4648 section 10
TEST(Totp, WritesBase32WithoutPadding) {
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32("fo"), "MZXQ");
  EXPECT_EQ(to_base32("foo"), "MZXW6");
  EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
  EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
}

}  // namespace
}  // namespace wayleave::crypto
