#include <gtest/gtest.h>

#include "net/handler.hpp"

namespace wayleave::net {
namespace {

using Params = std::vector<std::string>;

Router make_router(const std::vector<std::pair<std::string, std::string>>& routes) {
  Router router;
  for (const auto& [method, pattern] : routes) {
    router.add({.method = method, .pattern = pattern, .handler = {}});
  }
  return router;
}

/// `METHOD pattern` of the route found, or "".
std::string found(const Router::Match& match) {
  return match.route == nullptr ? "" : match.route->method + " " + match.route->pattern;
}

struct RouteCase {
  const char* method;
  const char* path;
  const char* route;
  Params params;
  const char* allow;
};

TEST(Router, FindsTheMostParticularPattern) {
  const Router router = make_router({{"GET", "/{*}"},
                                     {"*", "/v1/proxy/{}/{*}"},
                                     {"GET", "/v1/apps/{}"},
                                     {"DELETE", "/v1/apps/{}"},
                                     {"POST", "/v1/apps/import"},
                                     {"GET", "/v1/apps/{}.json"},
                                     {"GET", "/v1/apps/all-{}.json"},
                                     {"GET", "/v1/apps/{}/users/{}"},
                                     {"*", "/any"},
                                     {"POST", "/any"},
                                     {"GET", "/"}});
  const std::vector<RouteCase> table{
      {"GET", "/", "GET /", {}, ""},
      {"GET", "/v1/apps/a%2Fb%20c", "GET /v1/apps/{}", {"a/b c"}, ""},
      {"DELETE", "/v1/apps/x", "DELETE /v1/apps/{}", {"x"}, ""},
      {"POST", "/v1/apps/import", "POST /v1/apps/import", {}, ""},
      {"GET", "/v1/apps/import", "", {}, "POST"},
      {"PUT", "/v1/apps/x", "", {}, "DELETE, GET"},
      {"get", "/v1/apps/x", "", {}, "DELETE, GET"},
      {"GET", "/v1/apps/x.json", "GET /v1/apps/{}.json", {"x"}, ""},
      {"GET", "/v1/apps/all-x.json", "GET /v1/apps/all-{}.json", {"x"}, ""},
      {"GET", "/v1/apps/.json", "GET /v1/apps/{}", {".json"}, ""},
      {"GET", "/v1/apps/1/users/2", "GET /v1/apps/{}/users/{}", {"1", "2"}, ""},
      {"GET", "/v1/apps/1/users/", "GET /{*}", {"v1/apps/1/users/"}, ""},
      {"GET", "/v1/apps/", "GET /{*}", {"v1/apps/"}, ""},
      {"GET", "/v1/apps/%zz", "GET /{*}", {"v1/apps/%zz"}, ""},
      {"GET", "/v1/%61pps/x", "GET /{*}", {"v1/%61pps/x"}, ""},
      {"GET", "//v1/apps/x", "GET /{*}", {"/v1/apps/x"}, ""},
      {"PATCH", "/v1/proxy/a/crm/v3%2F//x", "* /v1/proxy/{}/{*}", {"a", "crm/v3%2F//x"}, ""},
      {"GET", "/v1/proxy/a/", "* /v1/proxy/{}/{*}", {"a", ""}, ""},
      {"POST", "/v1/proxy/a", "", {}, "GET"},
      {"POST", "/any", "POST /any", {}, ""},
      {"X", "/any", "* /any", {}, ""}};
  for (const auto& [method, path, route, params, allow] : table) {
    const auto match = router.match(method, path);
    EXPECT_EQ(found(match), route) << method << " " << path;
    EXPECT_EQ(match.params, params) << method << " " << path;
    EXPECT_EQ(match.allow, allow) << method << " " << path;
  }
}

TEST(Router, DoesNotDependOnTheOrderOfAdding) {
  const Router router = make_router({{"GET", "/a/b"}, {"GET", "/a/{}"}, {"GET", "/{*}"}});
  EXPECT_EQ(found(router.match("GET", "/a/b")), "GET /a/b");
  EXPECT_EQ(found(router.match("GET", "/a/c")), "GET /a/{}");
}

TEST(Router, KnowsNoPathItWasNotGiven) {
  const Router router = make_router({{"GET", "/a"}});
  for (const auto* path : {"/", "", "*", "/b", "/a/", "/a/b", "a", "//a"}) {
    const auto match = router.match("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

}  // namespace
}  // namespace wayleave::net
