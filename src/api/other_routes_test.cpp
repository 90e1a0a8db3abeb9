#include <gmock/gmock.h>
#include <prometheus/metric_family.h>

#include "api/openapi.hpp"
#include "api/test_api.hpp"

namespace wayleave::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LinkRoutes : public ApiTest {
 protected:
  net::Response link(const std::string& body) { return send("POST", "/v1/install-links", body); }
};

TEST_F(LinkRoutes, MakesAHostedPageAndTheUrlBehindIt) {
  const net::Response made = link(R"({"app":"Steady","user":"ann","expiresIn":3600})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_THAT(member(made, "id"), StartsWith("lnk_"));
  EXPECT_THAT(member(made, "url"), StartsWith("https://gateway.example/connect/"));
  EXPECT_THAT(member(made, "authorizeUrl"), StartsWith("https://steady.example/authorize?"));
  EXPECT_EQ(member(made, "expiresAt"), to_rfc3339(store_.clock.now() + std::chrono::hours(1)));
}

TEST_F(LinkRoutes, GivesNoAuthorizeUrlForAnAppThatDemandsBinding) {
  EXPECT_EQ(send("PATCH", "/v1/apps/steady", R"({"browserBinding":"required"})").status, 200);
  EXPECT_EQ(member(link(R"({"app":"steady","user":"ann"})"), "authorizeUrl"), "null");
}

TEST_F(LinkRoutes, RefusesBadInput) {
  for (const char* body : {R"({"user":"ann"})",
                           R"({"app":"steady"})",
                           R"({"app":"steady","user":""})",
                           R"({"app":"steady","user":"a\u0000b"})",
                           R"({"app":"steady","user":"ann","expiresIn":1})",
                           R"({"app":"steady","user":"ann","returnUrl":"https://evil.example"})"}) {
    EXPECT_EQ(link(body).status, 400) << body;
  }
  EXPECT_EQ(code(link(R"({"app":"nobody","user":"ann"})")), "app_not_found");
}

class ProviderRoutes : public ApiTest {};

TEST_F(ProviderRoutes, ListsAndShows) {
  const net::Response page = get("/v1/providers?limit=1");
  EXPECT_EQ(json(page).at("data").as_array().size(), 1U);
  EXPECT_NE(member(page, "nextCursor"), "null");
  const net::Response shown = get("/v1/providers/hubspot");
  EXPECT_EQ(shown.status, 200);
  EXPECT_THAT(shown.body, HasSubstr(R"({"name":"default","baseUrl":"https://api.hubapi.com"})"));
  EXPECT_EQ(member(shown, "usable"), "true");
  EXPECT_EQ(member(get("/v1/providers/hubspot-sandbox"), "usable"), "false");
  EXPECT_EQ(get("/v1/providers/nothing").status, 404);
}

class AuditRoutes : public ApiTest {};

TEST_F(AuditRoutes, TellsTheNewestFirstAndPages) {
  for (const char* name : {"a", "b", "c"}) {
    send("POST", "/v1/keys", std::string(R"({"scopes":["read"],"name":")") + name + "\"}");
  }
  const net::Response first = get("/v1/audit?limit=2");
  const auto records = json(first).at("data").as_array();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].at("action").as_string(), "key.created");
  EXPECT_EQ(records[0].at("actor").at("kind").as_string(), "key");
  EXPECT_EQ(records[0].at("detail").at("after").at("name").as_string(), "c");
  EXPECT_GT(records[0].at("sequence").as_int64(), records[1].at("sequence").as_int64());
  const net::Response next = get("/v1/audit?limit=200&cursor=" + member(first, "nextCursor"));
  EXPECT_LT(json(next).at("data").at(0).at("sequence").as_int64(),
            records[1].at("sequence").as_int64());
  EXPECT_EQ(get("/v1/audit?cursor=" + get("/v1/apps?limit=1").body.substr(0, 3)).status, 400);
}

class OperationRoutes : public ApiTest {
 protected:
  net::Response open(const std::string& target, const std::string& peer = "127.0.0.1") {
    TestCall made;
    made.target = target;
    made.authorization = "";
    made.peer = peer;
    return call(std::move(made));
  }
};

TEST_F(OperationRoutes, TellsItsHealthToAnybody) {
  EXPECT_EQ(open("/healthz").body, R"({"status":"ok"})");
  EXPECT_EQ(open("/readyz").body, R"({"status":"ready"})");
}

// AD-06: counters are for this machine, or for a key.
TEST_F(OperationRoutes, GivesMetricsToThisMachineOrToAKey) {
  EXPECT_EQ(open("/metrics").status, 200);
  EXPECT_EQ(open("/metrics", "::ffff:127.0.0.1").status, 200);
  EXPECT_EQ(open("/metrics", "203.0.113.9").status, 401);
  TestCall made;
  made.target = "/metrics";
  made.peer = "203.0.113.9";
  EXPECT_EQ(call(std::move(made)).status, 200);
}

/// `/v1/apps/{slug}` with something in each placeholder.
std::string example_of(std::string path) {
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    path.replace(open, path.find('}', open) - open + 1, "x");
  }
  return path;
}

TEST_F(OperationRoutes, TheDescriptionNamesOnlyRoutesThereAre) {
  const net::Response described = open("/openapi.json");
  ASSERT_EQ(described.status, 200);
  const boost::json::value document = json(described);
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  int checked = 0;
  for (const auto& [path, item] : document.at("paths").as_object()) {
    const std::string text(path.data(), path.size());
    // The gateway's dispatcher and the browser's routes have tests of their own.
    const bool elsewhere = text.starts_with("/proxy/") || text.starts_with("/connect") ||
                           text.ends_with("/callback") || text.starts_with("/api/raw/") ||
                           text == "/api/{provider}/proxy/{app}";
    if (elsewhere) continue;
    for (const auto& [method, operation] : item.as_object()) {
      if (method == "parameters" || method == "description") continue;
      std::string verb(method.data(), method.size());
      std::ranges::transform(verb, verb.begin(), [](char c) { return static_cast<char>(c - 32); });
      EXPECT_NE(router_.match(verb, example_of(text)).route, nullptr) << verb << " " << text;
      EXPECT_TRUE(operation.as_object().contains("operationId")) << text;
      ++checked;
    }
  }
  EXPECT_GE(checked, 25);
}

TEST(YamlToJson, KeepsTypesAnchorsAndMerges) {
  const auto converted = yaml_to_json(
      "a: &x {n: 1, t: '1', f: 1.5, b: true, z: null, v: 3.1.0, e: ~}\n"
      "c: {<<: *x, n: 2}\nd: [on, 007]\n");
  ASSERT_TRUE(converted);
  const auto value = boost::json::parse(*converted);
  EXPECT_EQ(value.at("a").at("n").as_int64(), 1);
  EXPECT_EQ(value.at("a").at("t").as_string(), "1");
  EXPECT_EQ(value.at("a").at("f").as_double(), 1.5);
  EXPECT_EQ(value.at("a").at("v").as_string(), "3.1.0");
  EXPECT_TRUE(value.at("a").at("z").is_null());
  EXPECT_TRUE(value.at("a").at("e").is_null());
  EXPECT_EQ(value.at("c").at("n").as_int64(), 2);
  EXPECT_EQ(value.at("c").at("b").as_bool(), true);
  EXPECT_EQ(value.at("d").at(1).as_string(), "007");
  EXPECT_FALSE(yaml_to_json("a: ["));
}

}  // namespace
}  // namespace wayleave::api
