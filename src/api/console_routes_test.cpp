#include "api/console_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connect/installer_rig.hpp"

namespace wayleave::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPage = "<!doctype html>page";
constexpr std::string_view kScript = "console.log('a long script')";
constexpr std::string_view kPacked = "packed";

constexpr EmbeddedAsset file(const char* name,
                             const char* type,
                             const char* etag,
                             std::string_view text,
                             std::string_view gzip = {}) {
  const char* packed_end = gzip.empty() ? nullptr : gzip.data() + gzip.size();
  return {name,
          type,
          etag,
          text.data(),
          text.data() + text.size(),
          gzip.empty() ? nullptr : gzip.data(),
          packed_end};
}

const EmbeddedAsset kFiles[] = {
    file("assets/index-1.js", "text/javascript; charset=utf-8", "e1", kScript, kPacked),
    file("index.html", "text/html; charset=utf-8", "e2", kPage),
    {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr}};

class ConsoleRoutes : public ::testing::Test {
 protected:
  net::Response get(const std::string& path, net::Fields fields = {}) {
    net::Router router;
    add_console_routes(router, {rig_.installer(), log_, "https://gateway.example"}, kFiles);
    net::Request request;
    request.method = "GET";
    request.target = request.path = path;
    request.fields = std::move(fields);
    auto match = router.match("GET", path);
    if (match.route == nullptr) {
      ADD_FAILURE() << "no route for " << path;
      return {};
    }
    EXPECT_EQ(router.match("HEAD", path).route != nullptr, true);
    request.params = std::move(match.params);
    return rig_.run(match.route->handler(std::move(request)));
  }
  static std::string header(const net::Response& response, std::string_view name) {
    return std::string(response.fields.get(name).value_or("(none)"));
  }

  connect::Rig rig_;
  Log log_{Log::Level::Off};
};

TEST_F(ConsoleRoutes, EveryPathOfTheConsoleIsItsPage) {
  for (const char* path : {"/",
                           "/console",
                           "/console/",
                           "/console/apps/acme-app",
                           "/console/index.html",
                           "/console/..%2fv1",
                           "/console/assets"}) {
    const net::Response page = get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.body, kPage) << path;
    EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(header(page, "Cache-Control"), "no-cache");
  }
}

// A page in a cache for a script would break every later visit.
TEST_F(ConsoleRoutes, AnUnknownAssetIsNotThePage) {
  const net::Response answer = get("/console/assets/index-0.js");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
}

TEST_F(ConsoleRoutes, AnAssetIsKeptForeverAndComesPackedToThoseWhoTakeIt) {
  const net::Response plain = get("/console/assets/index-1.js");
  EXPECT_EQ(plain.body, kScript);
  EXPECT_EQ(header(plain, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(header(plain, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(plain, "Content-Encoding"), "(none)");
  EXPECT_EQ(header(plain, "ETag"), "\"e1\"");
  EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
  const net::Response packed =
      get("/console/assets/index-1.js", {{"Accept-Encoding", "gzip, deflate, br"}});
  EXPECT_EQ(packed.body, kPacked);
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(packed, "ETag"), "\"e1-gzip\"");
  EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
}

TEST_F(ConsoleRoutes, WhoHasItAlreadyGetsNothing) {
  const net::Response again = get("/console/", {{"If-None-Match", "\"old\", W/\"e2\""}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(header(again, "ETag"), "\"e2\"");
  EXPECT_EQ(get("/console/", {{"If-None-Match", "\"e1\""}}).status, 200);
  // The packed one is another representation.
  const net::Response other =
      get("/console/assets/index-1.js", {{"If-None-Match", "\"e1\""}, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(other.status, 200);
}

// AD-04: on every answer, also those without a body.
TEST_F(ConsoleRoutes, NothingInlineFramedSniffedOrReferred) {
  for (const net::Response& answer : {get("/console/"),
                                      get("/console/assets/index-1.js"),
                                      get("/console/assets/none.js"),
                                      get("/console/", {{"If-None-Match", "*"}})}) {
    const std::string policy = header(answer, "Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self'; "));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, HasSubstr("connect-src 'self'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(answer, "Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(header(answer, "Strict-Transport-Security"), "max-age=31536000");
  }
}

// HT-07
TEST_F(ConsoleRoutes, AForeignNameIsNotServed) {
  EXPECT_EQ(get("/console/", {{"Host", "evil.example"}}).status, 421);
  EXPECT_EQ(get("/", {{"Host", "evil.example"}}).status, 421);
  EXPECT_EQ(get("/console/", {{"Host", "gateway.example"}}).status, 200);
}

TEST(TakesGzip, ReadsTheField) {
  for (const char* yes :
       {"gzip", "GZIP", "br, gzip;q=0.5", "*", "x-gzip", "identity;q=0, *;q=0.1"}) {
    EXPECT_TRUE(takes_gzip(yes)) << yes;
  }
  for (const char* no : {"", "br", "gzip;q=0", "*, gzip;q=0", "gzipped", "gzip;q=much"}) {
    EXPECT_FALSE(takes_gzip(no)) << no;
  }
}

}  // namespace
}  // namespace wayleave::api
