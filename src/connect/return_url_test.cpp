#include "connect/return_url.hpp"

#include <gtest/gtest.h>

#include "connect/limits.hpp"

namespace wayleave::connect {
namespace {

const std::vector<std::string> kOrigins{"https://good.example",
                                        "https://app.example:8443",
                                        "http://localhost:3000",
                                        "https://[::1]:444"};

TEST(ReturnUrl, ExactOriginsPass) {
  for (const char* url : {"https://good.example",
                          "https://good.example/",
                          "https://good.example/done?x=1#end",
                          "https://good.example?x=1",
                          "https://good.example#end",
                          "HTTPS://Good.Example/Path",
                          "https://good.example:443/done",
                          "https://app.example:8443/",
                          "http://localhost:3000/back",
                          "https://[::1]:444/",
                          "https://good.example/a@b:c//d"}) {
    EXPECT_TRUE(check_return_url(url, kOrigins)) << url;
  }
}

// OA-10: every way to lead a browser elsewhere is refused.
TEST(ReturnUrl, OtherOriginsAndAmbiguousSpellingsAreRefused) {
  for (const std::string& url : {std::string("//evil.example"),
                                 std::string("///evil.example"),
                                 std::string("https://good.example@evil.example"),
                                 std::string("https://good.example:x@evil.example/"),
                                 std::string("https://good.example.evil.example"),
                                 std::string("https://evilgood.example"),
                                 std::string("https://sub.good.example"),
                                 std::string("javascript:alert(1)"),
                                 std::string("javascript://good.example/%0aalert(1)"),
                                 std::string("data:text/html,x"),
                                 std::string("\\\\evil"),
                                 std::string("https:\\\\good.example"),
                                 std::string("https://good.example\\@evil.example"),
                                 std::string("https://good.example\\.evil.example"),
                                 std::string("%0d%0aLocation:x"),
                                 std::string("https://good.example%0d%0aLocation:x"),
                                 std::string("https://good.example/\r\nLocation: x"),
                                 std::string("https://good.example/\tx"),
                                 std::string("https://good.example/ x"),
                                 std::string("https://good.example/\0x", 23),
                                 std::string("https://good.example/\xc3\xa4"),
                                 std::string(" https://good.example"),
                                 std::string("https://good.example/a\\b"),
                                 std::string("https://good.example%2eevil.example"),
                                 std::string("https://good%2eexample/"),
                                 std::string("https://good.example."),
                                 std::string("https://good.example:8443"),
                                 std::string("https://good.example:"),
                                 std::string("https://good.example:+443"),
                                 std::string("https://good.example:99999"),
                                 std::string("https://good.example:443:443"),
                                 std::string("http://good.example"),
                                 std::string("https:good.example"),
                                 std::string("https:/good.example"),
                                 std::string("https:///good.example"),
                                 std::string("https://"),
                                 std::string("https://?good.example"),
                                 std::string("/relative"),
                                 std::string("good.example"),
                                 std::string("x://https://good.example"),
                                 std::string("https://[::1]/"),
                                 std::string("https://[good.example]/"),
                                 "https://good.example/" + std::string(kReturnUrlBytesMax, 'x')}) {
    const auto checked = check_return_url(url, kOrigins);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, "invalid_request") << url;
    EXPECT_EQ(checked.error().field, "returnUrl") << url;
    EXPECT_EQ(checked.error().detail.find("evil"), std::string::npos) << "not repeated";
  }
}

TEST(ReturnUrl, NothingPassesWithoutAList) {
  EXPECT_FALSE(check_return_url("https://good.example", {}));
  EXPECT_FALSE(check_return_url("https://good.example", {"", "*", "good.example", "https://*"}));
}

TEST(ReturnUrl, ParametersAreAppendedAndTheRestStays) {
  const FormFields fields{{"status", "connected"}, {"userForeignIdentifier", "a b&c=d#e/\xc3\xa4"}};
  const std::string tail = "status=connected&userForeignIdentifier=a%20b%26c%3Dd%23e%2F%C3%A4";
  EXPECT_EQ(complete_return_url("https://good.example", fields), "https://good.example?" + tail);
  EXPECT_EQ(complete_return_url("https://good.example/p", fields),
            "https://good.example/p?" + tail);
  EXPECT_EQ(complete_return_url("https://good.example/p?", fields),
            "https://good.example/p?" + tail);
  EXPECT_EQ(complete_return_url("https://good.example/p?x=%20&", fields),
            "https://good.example/p?x=%20&" + tail);
  EXPECT_EQ(complete_return_url("https://good.example/p?x=1#frag?y", fields),
            "https://good.example/p?x=1&" + tail + "#frag?y");
  EXPECT_EQ(complete_return_url("https://good.example/#frag?y", fields),
            "https://good.example/?" + tail + "#frag?y");
}

TEST(ReturnUrl, OriginsAreSpelledInOneWay) {
  EXPECT_EQ(origin_of("HTTPS://App.HubSpot.com:443/oauth/authorize?a=b"),
            "https://app.hubspot.com");
  EXPECT_EQ(origin_of("http://127.0.0.1:80/x"), "http://127.0.0.1");
  EXPECT_EQ(origin_of("http://127.0.0.1:8081/x"), "http://127.0.0.1:8081");
  EXPECT_EQ(origin_of("ftp://a/x"), "");
}

}  // namespace
}  // namespace wayleave::connect
