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
      {"GET", ""}, {"DELETE", ""}, {"POST", "/refresh"}, {"GET", "/token"}};
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
