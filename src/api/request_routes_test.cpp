#include <gtest/gtest.h>

#include "api/test_api.hpp"

namespace wayleave::api {
namespace {

using gateway::RequestText;

class RequestRoutesTest : public ApiTest {
 protected:
  struct Made {
    std::string app = "hbdev";
    std::string path = "/crm/v3/objects/contacts";
    std::uint16_t status = 200;
    std::uint32_t duration_ms = 5;
    std::string workspace = "default";
    std::string code = {};
  };
  /// Stores calls one millisecond apart; their request ids are req_0, req_1 …
  void store(const std::vector<Made>& calls) {
    std::vector<gateway::DatedRequest> dated;
    for (const Made& call : calls) {
      const std::string id = "req_" + std::to_string(stored_);
      gateway::RequestRecord record;
      record.facts.status = call.status;
      record.facts.duration_ms = call.duration_ms;
      record.facts.attempts = 1;
      record[RequestText::Workspace] = call.workspace;
      record[RequestText::App] = call.app;
      record[RequestText::User] = "user 1";
      record[RequestText::Connection] = "con_1";
      record[RequestText::Method] = "GET";
      record[RequestText::Path] = call.path;
      record[RequestText::Code] = call.code;
      record[RequestText::RequestId] = id;
      dated.push_back({first_ + Millis{stored_++}, gateway::OwnedRequest(record)});
    }
    vault::must(
        store_.write([&](db::Transaction& tx) { return gateway::store_requests(tx, dated); }));
  }
  std::vector<std::string> ids(const std::string& query) {
    const auto response = get("/v1/requests" + query);
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> found;
    for (const auto& item : json(response).at("data").as_array()) {
      found.emplace_back(item.at("requestId").as_string().c_str());
    }
    return found;
  }
  using Ids = std::vector<std::string>;

  const Instant first_ = from_millis(1'700'000'000'000);  // 2023-11-14T22:13:20Z
  int stored_ = 0;
};

TEST_F(RequestRoutesTest, ShowsACallWhole) {
  store({Made{.status = 502, .code = "upstream_unreachable"}});
  const auto item = json(get("/v1/requests")).at("data").at(0);
  EXPECT_EQ(item.at("endedAt").as_string(), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(item.at("app").as_string(), "hbdev");
  EXPECT_EQ(item.at("user").as_string(), "user 1");
  EXPECT_EQ(item.at("connection").as_string(), "con_1");
  EXPECT_EQ(item.at("path").as_string(), "/crm/v3/objects/contacts");
  EXPECT_EQ(item.at("status").as_int64(), 502);
  EXPECT_EQ(item.at("code").as_string(), "upstream_unreachable");
  EXPECT_EQ(item.at("durationMs").as_int64(), 5);
  EXPECT_EQ(item.at("attempts").as_int64(), 1);
  EXPECT_TRUE(item.at("traceId").is_null());
}

TEST_F(RequestRoutesTest, FiltersByEachPart) {
  store({Made{},
         Made{.app = "other"},
         Made{.status = 404},
         Made{.status = 503, .duration_ms = 2'000, .code = "unavailable"},
         Made{.status = 0, .duration_ms = 900}});
  EXPECT_EQ(ids(""), (Ids{"req_4", "req_3", "req_2", "req_1", "req_0"}));
  EXPECT_EQ(ids("?app=other"), Ids{"req_1"});
  EXPECT_EQ(ids("?app=OTHER"), Ids{"req_1"});
  EXPECT_EQ(ids("?status=404"), Ids{"req_2"});
  EXPECT_EQ(ids("?status=5xx"), Ids{"req_3"});
  EXPECT_EQ(ids("?status=none"), Ids{"req_4"});
  EXPECT_EQ(ids("?status=2xx"), (Ids{"req_1", "req_0"}));
  EXPECT_EQ(ids("?status=2xx&app=hbDev"), Ids{"req_0"});
  EXPECT_EQ(ids("?code=unavailable"), Ids{"req_3"});
  EXPECT_EQ(ids("?minDurationMs=1500"), Ids{"req_3"});
  EXPECT_EQ(ids("?minDurationMs=900"), (Ids{"req_4", "req_3"}));
  EXPECT_EQ(ids("?requestId=req_2"), Ids{"req_2"});
  EXPECT_EQ(ids("?requestId=req_2&app=hbdev&status=4xx&user=user%201&connection=con_1&method=GET"),
            Ids{"req_2"});
  EXPECT_EQ(ids("?user=user%202"), Ids{});
  EXPECT_EQ(ids("?connection=con_2"), Ids{});
  EXPECT_EQ(ids("?method=POST"), Ids{});
  EXPECT_EQ(ids("?since=2023-11-14T22:13:20.003Z"), (Ids{"req_4", "req_3"}));
  EXPECT_EQ(ids("?until=2023-11-14T22:13:20.001Z"), Ids{"req_0"});
}

TEST_F(RequestRoutesTest, ShowsOneCallToItsWorkspaceOnly) {
  store({Made{.path = "/one"}});
  const std::string target =
      "/v1/requests/" +
      std::string(json(get("/v1/requests")).at("data").at(0).at("id").as_string());
  EXPECT_EQ(member(get(target), "path"), "/one");
  EXPECT_EQ(code(as(make_key({"read"}, "other"), "GET", target)), "not_found");
  EXPECT_EQ(code(get("/v1/requests/1")), "not_found");
  EXPECT_EQ(code(get("/v1/requests/x")), "not_found");
}

TEST_F(RequestRoutesTest, SummarizesWhatTheFilterFinds) {
  store({Made{}, Made{.app = "other"}, Made{.status = 503, .duration_ms = 2'000}});
  const std::string time = "since=2023-11-14T22:13:00Z&until=2023-11-14T22:14:00Z";
  const auto whole = get("/v1/requests/summary?" + time);
  EXPECT_EQ(member(whole, "total"), "3");
  EXPECT_EQ(member(whole, "failed"), "1");
  EXPECT_EQ(member(whole, "bucketMs"), "1000");
  EXPECT_EQ(member(whole, "partial"), "false");
  const auto buckets = json(whole).at("buckets").as_array();
  ASSERT_EQ(buckets.size(), 60U);
  EXPECT_EQ(buckets.at(20).at("at").as_string(), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(buckets.at(20).at("total").as_int64(), 3);
  EXPECT_EQ(buckets.at(20).at("p95Ms").as_int64(), 2'000);
  EXPECT_TRUE(buckets.at(0).at("p50Ms").is_null());
  EXPECT_TRUE(json(whole).at("durations").as_array().back().at("upToMs").is_null());
  EXPECT_EQ(member(get("/v1/requests/summary?app=OTHER&" + time), "total"), "1");
  EXPECT_EQ(member(get("/v1/requests/summary?status=5xx&" + time), "total"), "1");
  store_.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(member(get("/v1/requests/summary"), "total"), "3");
  EXPECT_EQ(code(get("/v1/requests/summary?since=2026-01-01T00:00:00Z&until=2025-01-01T00:00:00Z")),
            "invalid_request");
  EXPECT_EQ(code(get("/v1/requests/summary?since=2020-01-01T00:00:00Z")), "invalid_request");
}

TEST_F(RequestRoutesTest, PagesStayTogetherWhileCallsArrive) {
  store(std::vector<Made>(5));
  const auto first = get("/v1/requests?limit=2");
  const std::string cursor = member(first, "nextCursor");
  store(std::vector<Made>(3));
  EXPECT_EQ(ids("?limit=2&cursor=" + cursor), (Ids{"req_2", "req_1"}));
  EXPECT_EQ(member(get("/v1/requests?limit=200"), "nextCursor"), "null");
}

TEST_F(RequestRoutesTest, AnotherWorkspaceSeesNothing) {
  store({Made{}, Made{.workspace = "other"}});
  EXPECT_EQ(ids(""), Ids{"req_0"});
  const std::string key = make_key({"read"}, "other");
  const auto theirs = as(key, "GET", "/v1/requests?connection=con_1");
  ASSERT_EQ(json(theirs).at("data").as_array().size(), 1U);
  EXPECT_EQ(json(theirs).at("data").at(0).at("requestId").as_string(), "req_1");
}

TEST_F(RequestRoutesTest, NeedsTheScopeRead) {
  EXPECT_EQ(as(make_key({"proxy", "connect"}), "GET", "/v1/requests").status, 403);
}

TEST_F(RequestRoutesTest, NamesTheFilterThatIsWrong) {
  for (const char* query : {"status=6xx",
                            "status=99",
                            "status=ok",
                            "since=yesterday",
                            "until=2023-11-14",
                            "minDurationMs=-1",
                            "minDurationMs=1s",
                            "app=a&app=b",
                            "user=%00",
                            "user=%ff",
                            "limit=201"}) {
    const auto refused = get(std::string("/v1/requests?") + query);
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_EQ(code(refused), "invalid_request") << query;
  }
}

}  // namespace
}  // namespace wayleave::api
