#include "net/client/prepared.hpp"

#include <gtest/gtest.h>

namespace wayleave::net {
namespace {

std::string first_line(const std::string& method, const std::string& url) {
  const auto prepared = prepare({.method = method, .url = url});
  return prepared ? prepared->bytes.substr(0, prepared->bytes.find('\r')) : "refused";
}

TEST(Prepare, WritesTheTargetAsTheUrlHasIt) {
  const std::vector<std::pair<const char*, const char*>> table{
      {"https://a.example", "GET / HTTP/1.1"},
      {"https://a.example?x=y", "GET /?x=y HTTP/1.1"},
      {"https://a.example#f", "GET / HTTP/1.1"},
      {"https://a.example/#f?g", "GET / HTTP/1.1"},
      {"https://a.example/b%2Fc/../d?e=%20/?#f", "GET /b%2Fc/../d?e=%20/? HTTP/1.1"},
      {"https://a.example:8443//x", "GET //x HTTP/1.1"}};
  for (const auto& [url, line] : table) EXPECT_EQ(first_line("GET", url), line) << url;
}

TEST(Prepare, AnnouncesABodyWhereOneIsExpected) {
  const auto length = [](const std::string& method, const std::string& body) {
    const auto prepared = prepare({.method = method, .url = "https://a.example", .body = body});
    return prepared->bytes.find("Content-Length: " + std::to_string(body.size()) + "\r\n") !=
           std::string::npos;
  };
  EXPECT_TRUE(length("POST", ""));
  EXPECT_TRUE(length("DELETE", "x"));
  EXPECT_FALSE(length("GET", ""));
  EXPECT_FALSE(length("DELETE", ""));
}

TEST(Prepare, KnowsWhatMayBeSentTwice) {  // HT-22
  for (const auto* method : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}) {
    EXPECT_TRUE(prepare({.method = method, .url = "https://a.example"})->idempotent) << method;
  }
  for (const auto* method : {"POST", "PATCH", "get", "MKCOL"}) {
    EXPECT_FALSE(prepare({.method = method, .url = "https://a.example"})->idempotent) << method;
  }
}

TEST(Prepare, LetsTheCallerNameItself) {
  const auto prepared = prepare({.url = "https://a.example", .fields = {{"user-agent", "mine"}}});
  EXPECT_EQ(prepared->bytes, "GET / HTTP/1.1\r\nHost: a.example\r\nuser-agent: mine\r\n\r\n");
}

}  // namespace
}  // namespace wayleave::net
