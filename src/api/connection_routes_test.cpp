#include <gmock/gmock.h>

#include "api/test_api.hpp"

namespace wayleave::api {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class ConnectionRoutes : public ApiTest {};

TEST_F(ConnectionRoutes, ShowsEverythingButTheTokens) {
  const auto made = connect(steady_);
  const net::Response shown = get("/v1/connections/" + made.id.str());
  ASSERT_EQ(shown.status, 200);
  EXPECT_EQ(member(shown, "app"), "steady");
  EXPECT_EQ(member(shown, "user"), "ann");
  EXPECT_EQ(member(shown, "state"), "active");
  EXPECT_EQ(member(shown, "stateReason"), "null");
  EXPECT_EQ(member(shown, "hasRefreshToken"), "true");
  EXPECT_EQ(member(shown, "expiresAt"), to_rfc3339(store_.clock.now() + std::chrono::minutes(30)));
  EXPECT_THAT(shown.body, Not(HasSubstr("access-0")));
  EXPECT_THAT(shown.body, Not(HasSubstr("refresh-0")));
}

TEST_F(ConnectionRoutes, ListsByAppUserAndState) {
  connect(steady_, "ann");
  connect(steady_, "bob");
  connect(rotating_, "ann");
  const auto count = [&](const std::string& query) {
    const net::Response page = get("/v1/connections" + query);
    EXPECT_EQ(page.status, 200) << query;
    return json(page).at("data").as_array().size();
  };
  EXPECT_EQ(count(""), 3U);
  EXPECT_EQ(count("?app=Steady"), 2U);
  EXPECT_EQ(count("?user=ann"), 2U);
  EXPECT_EQ(count("?app=steady&user=ann"), 1U);
  EXPECT_EQ(count("?state=active"), 3U);
  EXPECT_EQ(count("?state=revoked"), 0U);
  EXPECT_EQ(get("/v1/connections?state=fine").status, 400);
  EXPECT_EQ(code(get("/v1/connections?app=nobody")), "app_not_found");
}

TEST_F(ConnectionRoutes, SearchesBeginningsAndPagesNewestFirst) {
  for (const auto* user : {"ann", "Anton", "bob"}) {
    connect(steady_, user);
    store_.clock.advance(std::chrono::seconds(1));
  }
  const auto users = [&](const std::string& query) {
    const auto page = get("/v1/connections?" + query);
    std::vector<std::string> found;
    for (const auto& item : json(page).at("data").as_array()) {
      found.emplace_back(item.at("user").as_string().c_str());
    }
    return std::pair(found, member(page, "nextCursor"));
  };
  using Users = std::vector<std::string>;
  EXPECT_EQ(users("").first, (Users{"bob", "Anton", "ann"}));
  EXPECT_EQ(users("q=AN").first, (Users{"Anton", "ann"}));
  const auto [first, cursor] = users("limit=2");
  EXPECT_EQ(first, (Users{"bob", "Anton"}));
  connect(steady_, "eve");
  EXPECT_EQ(users("limit=2&cursor=" + cursor).first, Users{"ann"});
  EXPECT_EQ(users("limit=2&cursor=" + cursor).second, "null");
  EXPECT_EQ(code(get("/v1/connections?q=a%00")), "invalid_request");
  EXPECT_EQ(code(get("/v1/connections?q=" + std::string(256, 'a'))), "invalid_request");
  EXPECT_EQ(code(get("/v1/connections?cursor=MTpjb25fYQ")), "invalid_request");  // of older lists
}

TEST_F(ConnectionRoutes, CountsStatesOfAllAppsOrOne) {
  connect(steady_, "ann");
  connect(steady_, "bob");
  connect(rotating_, "ann");
  const auto all = get("/v1/connections/summary");
  EXPECT_EQ(member(all, "total"), "3");
  EXPECT_EQ(member(all, "byState"),
            R"({"active":3,"refresh_unknown":0,"needs_reauthorization":0,"revoked":0})");
  EXPECT_EQ(member(get("/v1/connections/summary?app=Rotating"), "total"), "1");
  EXPECT_EQ(code(get("/v1/connections/summary?app=none")), "app_not_found");
  EXPECT_EQ(member(as(make_key({"read"}, "other"), "GET", "/v1/connections/summary"), "total"),
            "0");
}

TEST_F(ConnectionRoutes, TellsWhatAConnectionDidLately) {
  const auto made = connect(steady_);
  store_.clock.advance(std::chrono::hours(26));
  const auto log = [&](Millis ago, std::uint16_t status) {
    gateway::RequestRecord record;
    record.facts.status = status;
    record.facts.attempts = 1;
    record[gateway::RequestText::Workspace] = "default";
    record[gateway::RequestText::App] = "steady";
    record[gateway::RequestText::User] = "ann";
    record[gateway::RequestText::Connection] = made.id.str();
    record[gateway::RequestText::Method] = "GET";
    const std::vector<gateway::DatedRequest> calls{
        {store_.clock.now() - ago, gateway::OwnedRequest(record)}};
    vault::must(
        store_.write([&](db::Transaction& tx) { return gateway::store_requests(tx, calls); }));
  };
  const std::string target = "/v1/connections/" + made.id.str();
  EXPECT_EQ(member(get(target), "lastCallAt"), "null");
  log(std::chrono::hours(25), 200);
  log(std::chrono::hours(1), 503);
  log(std::chrono::minutes(1), 200);
  const auto shown = get(target);
  EXPECT_EQ(member(shown, "calls24h"), R"({"total":2,"failed":1,"partial":false})");
  const auto last = to_rfc3339(store_.clock.now() - std::chrono::minutes(1));
  EXPECT_EQ(member(shown, "lastCallAt"), last);
  EXPECT_NE(member(shown, "nextRefreshAt"), "null");
  EXPECT_EQ(member(shown, "failedRefreshes"), "0");
  EXPECT_EQ(member(shown, "refreshes"), "[]");
  EXPECT_EQ(member(shown, "rateLimits"), "[]");
  const auto listed = json(get("/v1/connections")).at("data").at(0);
  EXPECT_EQ(listed.at("lastCallAt").as_string(), last);
  EXPECT_EQ(listed.at("nextRefreshAt"), json(shown).at("nextRefreshAt"));
}

TEST_F(ConnectionRoutes, ShowsItsHistoryAlsoWhenItIsGone) {
  const auto made = connect(steady_);
  connect(steady_, "bob");
  const std::string target = "/v1/connections/" + made.id.str() + "/history";
  EXPECT_EQ(json(get(target)).at("data").as_array().size(), 0U);
  net_.answer_with(vault::answer(200, "{}"));
  EXPECT_EQ(get("/v1/connections/" + made.id.str() + "/token").status, 200);
  EXPECT_EQ(send("DELETE", "/v1/connections/" + made.id.str()).status, 200);
  const auto first = get(target + "?limit=2");
  EXPECT_EQ(json(first).at("data").at(0).at("action").as_string(), "connection.revoked");
  EXPECT_EQ(json(first).at("data").at(1).at("action").as_string(), "connection.disconnected");
  EXPECT_EQ(json(first).at("data").at(1).at("actor").at("id").as_string(), last_key_id_);
  const auto rest = json(get(target + "?limit=2&cursor=" + member(first, "nextCursor")));
  ASSERT_EQ(rest.at("data").as_array().size(), 1U);
  EXPECT_EQ(rest.at("data").at(0).at("action").as_string(), "token.revealed");
}

// A key that may only read does not get at the rest of the trail by this way.
TEST_F(ConnectionRoutes, HistoryIsOfConnectionsOnly) {
  ASSERT_EQ(send("PATCH", "/v1/apps/steady", R"({"returnOrigins":[]})").status, 200);
  const auto targets = store_.rows("SELECT target FROM audit");
  ASSERT_FALSE(targets.empty());
  for (const auto& row : targets) {
    EXPECT_EQ(code(get("/v1/connections/" + row[0].text() + "/history")), "connection_not_found");
  }
  EXPECT_EQ(code(get("/v1/connections/con_unknown/history")), "connection_not_found");
}

TEST_F(ConnectionRoutes, DisconnectsAndTellsWhetherTheProviderKnows) {
  const auto made = connect(steady_);
  net_.answer_with(vault::answer(200, "{}"));
  const net::Response gone = send("DELETE", "/v1/connections/" + made.id.str());
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(member(gone, "revoked"), "true");
  EXPECT_EQ(code(get("/v1/connections/" + made.id.str())), "connection_not_found");
  EXPECT_THAT(audited(), Contains("connection.disconnected"));
}

TEST_F(ConnectionRoutes, RefreshesOnRequestAndNotesWhoAsked) {
  const auto made = connect(steady_);
  net_.answer_with(vault::tokens_answer("access-1", "refresh-1"));
  const net::Response fresh = send("POST", "/v1/connections/" + made.id.str() + "/refresh");
  EXPECT_EQ(fresh.status, 200) << fresh.body;
  EXPECT_NE(member(fresh, "refreshedAt"), "null");
  EXPECT_EQ(stored_tokens(steady_).first, "access-1");
  EXPECT_THAT(audited(), Contains("connection.refresh_asked"));
}

// VT-10: the token only for the scope, only with a record.
TEST_F(ConnectionRoutes, RevealsTheTokenAndNotesIt) {
  const auto made = connect(steady_);
  const std::string target = "/v1/connections/" + made.id.str() + "/token";
  const net::Response shown = get(target);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(member(shown, "accessToken"), "access-0");
  EXPECT_EQ(shown.fields.get("Cache-Control"), "no-store");
  EXPECT_THAT(audited(), Contains("token.revealed"));
  const net::Response refused = as(make_key({"proxy", "connect", "read", "manage"}), "GET", target);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, Not(HasSubstr("access-0")));
}

// TK-25: a token that would die too soon is refreshed first.
TEST_F(ConnectionRoutes, RevealsATokenThatLivesLongEnough) {
  const auto made = connect(steady_, "ann", std::chrono::minutes(30));
  store_.clock.advance(std::chrono::minutes(20));
  net_.answer_with(vault::tokens_answer("access-1", "refresh-1", 1800));
  const std::string target = "/v1/connections/" + made.id.str() + "/token?minValidity=";
  EXPECT_EQ(member(get(target + "1200"), "accessToken"), "access-1");
  EXPECT_EQ(get(target + "86400").status, 400);
  EXPECT_EQ(get(target + "-1").status, 400);
}

// PX-09
TEST_F(ConnectionRoutes, AnotherWorkspacesConnectionAnswersAsUnknown) {
  const auto made = connect(steady_);
  const std::string foreign =
      make_key({"proxy", "connect", "read", "manage", "tokens:reveal"}, "other");
  const std::pair<const char*, const char*> routes[] = {
      {"GET", ""}, {"DELETE", ""}, {"POST", "/refresh"}, {"GET", "/token"}, {"GET", "/history"}};
  for (const auto& [method, suffix] : routes) {
    const net::Response theirs = as(foreign, method, "/v1/connections/" + made.id.str() + suffix);
    const net::Response unknown =
        as(foreign, method, std::string("/v1/connections/con_unknown") + suffix);
    EXPECT_EQ(theirs.status, 404) << method << suffix;
    EXPECT_EQ(theirs.body, unknown.body) << method << suffix;
  }
  EXPECT_EQ(stored(steady_).state, vault::State::Active);
  EXPECT_EQ(net_.count(), 0U);
}

}  // namespace
}  // namespace wayleave::api
