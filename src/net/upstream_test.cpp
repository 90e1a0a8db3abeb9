#include "net/upstream.hpp"

#include <gtest/gtest.h>

namespace wayleave::net {
namespace {

using namespace std::string_literals;

TEST(Origin, ReadsSchemeHostAndPort) {
  const std::vector<std::pair<const char*, Origin>> table{
      {"https://api.hubapi.com", {true, "api.hubapi.com", 443}},
      {"HTTPS://API.HubApi.com/crm/v3?x=y#z", {true, "api.hubapi.com", 443}},
      {"http://a_b.example-1.xn--p1ai/", {false, "a_b.example-1.xn--p1ai", 80}},
      {"https://localhost:8443", {true, "localhost", 8443}},
      {"https://a:443/", {true, "a", 443}},
      {"http://127.0.0.1:80", {false, "127.0.0.1", 80}},
      {"https://[2001:DB8:0:0::1]:1", {true, "2001:db8::1", 1}},
      {"https://[::ffff:127.0.0.1]", {true, "::ffff:127.0.0.1", 443}},
      {"https://a.example?x=@evil", {true, "a.example", 443}},
      {"https://a.example/@evil.example", {true, "a.example", 443}}};
  for (const auto& [url, origin] : table) {
    const auto parsed = Origin::parse(url);
    ASSERT_TRUE(parsed) << url << parsed.error().detail;
    EXPECT_EQ(*parsed, origin) << url;
  }
}

TEST(Origin, WritesTheShortestForm) {
  EXPECT_EQ((Origin{true, "a.example", 443}).str(), "https://a.example");
  EXPECT_EQ((Origin{true, "a.example", 80}).str(), "https://a.example:80");
  EXPECT_EQ((Origin{false, "::1", 80}).str(), "http://[::1]");
  EXPECT_EQ((Origin{false, "::1", 8080}).authority(), "[::1]:8080");
}

TEST(Origin, RefusesWhatAnotherReaderCouldSeeElsewhere) {  // PX-02, PX-03
  for (const std::string& url : {""s,
                                 "api.hubapi.com"s,
                                 "//api.hubapi.com"s,
                                 "https:api.hubapi.com"s,
                                 "https:/api.hubapi.com"s,
                                 "https://"s,
                                 "https:///x"s,
                                 "ftp://a.example"s,
                                 "file:///etc/passwd"s,
                                 "javascript:alert(1)"s,
                                 "https://api.hubapi.com@evil.example"s,
                                 "https://user:pw@a.example"s,
                                 "https://@a.example"s,
                                 "https://api.hubapi.com\\@evil.example"s,
                                 "https:\\\\a.example"s,
                                 "https://a.example\\x"s,
                                 "https://api.hubapi.com%2eevil.example"s,
                                 "https://a%00.example"s,
                                 "https://%61.example"s,
                                 "https://a.example."s,
                                 "https://a..example"s,
                                 "https://.a.example"s,
                                 "https://a b.example"s,
                                 " https://a.example"s,
                                 "https://a.example\n"s,
                                 "https://a.ex\tample"s,
                                 "https://a.example/\r\nX: y"s,
                                 "https://a\0.example"s,
                                 "https://\xc3\xbc.example"s,
                                 "https://a.example\xe3\x80\x82"s,
                                 "https://a,b.example"s,
                                 "https://a*b.example"s,
                                 "https://a.example:"s,
                                 "https://a.example:0"s,
                                 "https://a.example:65536"s,
                                 "https://a.example:999999"s,
                                 "https://a.example:-1"s,
                                 "https://a.example:80x"s,
                                 "https://[::1"s,
                                 "https://[::1%25lo]"s,
                                 "https://[fe80::1%25eth0]:1"s,
                                 "https://[v1.x]"s,
                                 "https://[127.0.0.1]"s,
                                 "https://" + std::string(64, 'a') + ".example",
                                 "https://a.example/" + std::string(9000, 'a')}) {
    EXPECT_FALSE(Origin::parse(url)) << testing::PrintToString(url);
  }
  std::string name = "a";
  while (name.size() <= 253) name += ".aa";
  EXPECT_FALSE(Origin::parse("https://" + name));
}

TEST(Origin, RefusesOldSpellingsOfAddresses) {  // PX-06
  for (const std::string host : {"0",
                                 "127.1",
                                 "2130706433",
                                 "017700000001",
                                 "0x7f000001",
                                 "0x7f.1",
                                 "0X7F.0.0.1",
                                 "127.0.0.0x1",
                                 "0177.0.0.1",
                                 "127.0.0.1.1",
                                 "256.1.1.1",
                                 "a.1",
                                 "a.0x",
                                 "1.2.3.4.",
                                 "127.00.0.1"}) {
    EXPECT_FALSE(Origin::parse("http://" + host + "/")) << host;
  }
  EXPECT_TRUE(Origin::parse("https://1.a")) << "a number is only wrong at the end";
}

TEST(Endpoint, IsWrittenWithItsPort) {
  EXPECT_EQ((Endpoint{.v6 = false, .bytes = {127, 0, 0, 1}, .port = 80}).str(), "127.0.0.1:80");
  Endpoint endpoint{.v6 = true, .port = 443};
  endpoint.bytes[15] = 1;
  EXPECT_EQ(endpoint.str(), "[::1]:443");
}

}  // namespace
}  // namespace wayleave::net
