#include "api/browser.hpp"

#include <gtest/gtest.h>

namespace wayleave::api {
namespace {

TEST(Audience, IsReadFromAccept) {
  const std::vector<std::pair<std::string, Audience>> rows{
      {"application/json", Audience::Json},
      {"Application/JSON", Audience::Json},
      {"application/json, text/plain, */*", Audience::Json},
      {"application/json;q=0.5", Audience::Json},
      {"text/html;q=0.4, application/json;q=0.5", Audience::Json},
      {"application/json; charset=utf-8 ;q=0.9, text/html;q=0.8", Audience::Json},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Audience::Browser},
      {"text/html, application/json;q=0.9", Audience::Browser},
      {"application/json;q=0, text/html", Audience::Browser},
      {"application/json;q=x, text/html", Audience::Browser},
      {"text/html", Audience::Browser},
      {"*/*", Audience::Other},
      {"", Audience::Other},
      {"application/problem+json", Audience::Other},
      {"application/json;q=0", Audience::Other},
      {"application/jsonx", Audience::Other},
  };
  for (const auto& [accept, expected] : rows) EXPECT_EQ(audience(accept), expected) << accept;
}

TEST(Cookie, IsFoundAmongOthers) {
  const net::Fields fields{{"Cookie", "a=1; wayleave_flow=xyz ;b=2"}, {"X", "wayleave_flow=no"}};
  EXPECT_EQ(cookie_value(fields, "wayleave_flow"), "xyz");
  EXPECT_EQ(cookie_value(fields, "flow"), "");
  EXPECT_EQ(cookie_value(net::Fields{{"cookie", "wayleave_flow=a=b"}}, "wayleave_flow"), "a=b");
}

// OA-02: with two of the name nobody knows which one this host set.
TEST(Cookie, TwoOfTheNameAreNone) {
  EXPECT_EQ(
      cookie_value(net::Fields{{"Cookie", "wayleave_flow=a; wayleave_flow=a"}}, "wayleave_flow"),
      "");
  EXPECT_EQ(cookie_value(net::Fields{{"Cookie", "wayleave_flow=a"}, {"Cookie", "wayleave_flow=b"}},
                         "wayleave_flow"),
            "");
}

// OA-02
TEST(Cookie, IsOutOfReachForScriptsAndSecureOnHttps) {
  EXPECT_EQ(binding_cookie("v", false),
            "wayleave_flow=v; Path=/; Max-Age=900; HttpOnly; SameSite=Lax");
  EXPECT_EQ(binding_cookie("v", true),
            "wayleave_flow=v; Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure");
}

TEST(FetchMetadata, OtherSitesAreTold) {
  EXPECT_TRUE(from_other_site(net::Fields{{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_TRUE(from_other_site(net::Fields{{"Sec-Fetch-Site", "same-site"}}));
  EXPECT_FALSE(from_other_site(net::Fields{{"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_FALSE(from_other_site(net::Fields{{"Sec-Fetch-Site", "none"}}));
  EXPECT_FALSE(from_other_site(net::Fields{}));
}

}  // namespace
}  // namespace wayleave::api
