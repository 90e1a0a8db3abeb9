#include "oauth/pkce.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace wayleave::oauth {
namespace {

TEST(Pkce, ChallengeIsThatOfRfc7636AppendixB) {
  EXPECT_EQ(pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

// OA-05: 43 to 128 unreserved characters, new for each flow.
TEST(Pkce, VerifierIsLongPlainAndFreshForEachFlow) {
  SeededRandom random(7);
  const Pkce first = make_pkce(random);
  const Pkce second = make_pkce(random);
  first.verifier.expose([&](std::string_view verifier) {
    EXPECT_GE(verifier.size(), 43u);
    EXPECT_LE(verifier.size(), 128u);
    EXPECT_TRUE(std::ranges::all_of(verifier, [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    })) << verifier;
    EXPECT_EQ(first.challenge, pkce_challenge(verifier));
    EXPECT_NE(first.challenge, verifier);
  });
  EXPECT_NE(first.challenge, second.challenge);
}

}  // namespace
}  // namespace wayleave::oauth
