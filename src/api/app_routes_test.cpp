#include <gmock/gmock.h>

#include "api/test_api.hpp"

namespace wayleave::api {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kNew = R"({"slug":"hbDev","provider":"hubspot","clientId":"cid",
  "clientSecret":"canary-app-secret","appId":"42","scopes":["oauth"],
  "returnOrigins":["https://app.acme.io"],"browserBinding":"required"})";

class AppRoutes : public ApiTest {};

TEST_F(AppRoutes, RegistersAnAppAndNeverShowsItsSecret) {
  const net::Response made = send("POST", "/v1/apps", kNew);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.fields.get("Location"), "/v1/apps/hbdev");
  EXPECT_EQ(member(made, "slug"), "hbdev");
  EXPECT_EQ(member(made, "appId"), "42");
  EXPECT_EQ(member(made, "browserBinding"), "required");
  EXPECT_EQ(member(made, "webhookUrl"), "null");
  EXPECT_EQ(member(made, "redirectUrl"),
            "https://gateway.example/hubspot/hbdev-" + member(made, "uuid") + "/callback");
  EXPECT_THAT(made.body, Not(HasSubstr("canary")));
  EXPECT_EQ(get("/v1/apps/HBDEV").body, made.body);
  EXPECT_THAT(audited(), Contains("app.created"));
}

TEST_F(AppRoutes, NamesTheFieldAtFault) {
  const std::pair<const char*, const char*> table[] = {
      {"{", "body"},
      {R"([])", "body"},
      {R"({"slug":"x","slug":"y"})", "slug"},
      {R"({"slug":5})", "slug"},
      {R"({"slug":"a b","provider":"hubspot","clientId":"c","clientSecret":"s"})", "slug"},
      {R"({"slug":"x","provider":"nope","clientId":"c","clientSecret":"s"})", "provider"},
      {R"({"slug":"x","provider":"hubspot","clientId":"c","clientSecret":"s","browserBinding":"no"})",
       "browserBinding"},
      {R"({"slug":"x","provider":"hubspot","clientId":"c","clientSecret":"s","colour":"red"})",
       "colour"},
  };
  for (const auto& [body, field] : table) {
    const net::Response refused = send("POST", "/v1/apps", body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_EQ(code(refused), "invalid_request") << body;
    EXPECT_EQ(member(refused, "field"), field) << body;
  }
  EXPECT_THAT(audited(), Not(Contains("app.created")));
}

TEST_F(AppRoutes, AppearanceIsKeptWithTheAppAndChangedMemberByMember) {
  const net::Response made = send(
      "POST",
      "/v1/apps",
      R"({"slug":"looks","provider":"hubspot","clientId":"c","clientSecret":"s","appearance":{)"
      R"("companyName":"Acme","accentColor":"#AABBCC","texts":{"de":{"ask.title":"{provider} & Co"}}}})");
  ASSERT_EQ(made.status, 201) << made.body;
  constexpr const char* kLooks =
      R"("appearance":{"companyName":"Acme","logo":null,"accentColor":"#aabbcc","supportUrl":null,)"
      R"("texts":{"de":{"ask.title":"{provider} & Co"}}})";
  EXPECT_THAT(made.body, HasSubstr(kLooks));
  EXPECT_THAT(get("/v1/apps/looks").body, HasSubstr(kLooks));
  EXPECT_THAT(get("/v1/apps").body, Not(HasSubstr("appearance")));

  // The app itself did not change, so nobody who is on the way to it is turned back.
  const std::string before = member(get("/v1/apps/looks"), "updatedAt");
  store_.clock.advance(std::chrono::seconds(5));
  const net::Response changed =
      send("PATCH", "/v1/apps/looks", R"({"appearance":{"companyName":"","texts":{}}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body,
              HasSubstr(R"({"companyName":null,"logo":null,"accentColor":"#aabbcc")"));
  EXPECT_THAT(changed.body, HasSubstr(R"("texts":{})"));
  EXPECT_EQ(member(changed, "updatedAt"), before);
  EXPECT_THAT(audited(), Contains("app.updated"));
  EXPECT_NE(member(send("PATCH", "/v1/apps/looks", R"({"appId":"7"})"), "updatedAt"), before);
}

TEST_F(AppRoutes, AppearanceNamesTheMemberAtFault) {
  ASSERT_EQ(send("POST", "/v1/apps", kNew).status, 201);
  const std::pair<const char*, const char*> table[] = {
      {R"({"appearance":5})", "appearance"},
      {R"({"appearance":{"colour":"red"}})", "appearance.colour"},
      {R"({"appearance":{"accentColor":"red"}})", "appearance.accentColor"},
      {R"({"appearance":{"accentColor":7}})", "appearance.accentColor"},
      {R"({"appearance":{"logo":"data:image/svg+xml;base64,PHN2Zz4="}})", "appearance.logo"},
      {R"({"appearance":{"supportUrl":"javascript:void"}})", "appearance.supportUrl"},
      {R"({"appearance":{"texts":{"xx":{"ask.title":"t"}}}})", "appearance.texts"},
      {R"({"appearance":{"texts":{"de":{"ask.title":["t"]}}}})", "appearance.texts"},
      {R"({"appearance":{"companyName":"a","companyName":"b"}})", "companyName"},
  };
  for (const auto& [body, field] : table) {
    const net::Response refused = send("PATCH", "/v1/apps/hbdev", body);
    EXPECT_EQ(refused.status, 400) << body << refused.body;
    EXPECT_EQ(member(refused, "field"), field) << body << refused.body;
  }
}

TEST_F(AppRoutes, RefusesAFormBody) {
  TestCall made;
  made.method = "POST";
  made.target = "/v1/apps";
  made.body = "slug=x";
  made.fields = {{"Content-Type", "application/x-www-form-urlencoded"}};
  const net::Response refused = call(std::move(made));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(member(refused, "field"), "Content-Type");
}

TEST_F(AppRoutes, ATakenSlugIsAConflict) {
  EXPECT_EQ(send("POST", "/v1/apps", kNew).status, 201);
  const net::Response again = send("POST", "/v1/apps", kNew);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code(again), "conflict");
}

TEST_F(AppRoutes, ChangesOnlyWhatIsGiven) {
  send("POST", "/v1/apps", kNew);
  const net::Response changed =
      send("PATCH", "/v1/apps/hbdev", R"({"scopes":["oauth","tickets"]})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(member(changed, "scopes"), R"(["oauth","tickets"])");
  EXPECT_EQ(member(changed, "clientId"), "cid");
  EXPECT_EQ(member(changed, "browserBinding"), "required");
}

TEST_F(AppRoutes, DeletesUnlessUsersAreConnected) {
  connect(steady_);
  EXPECT_EQ(send("DELETE", "/v1/apps/steady").status, 409);
  EXPECT_EQ(send("DELETE", "/v1/apps/steady?force=maybe").status, 400);
  EXPECT_EQ(send("DELETE", "/v1/apps/steady?force=true").status, 204);
  EXPECT_EQ(code(get("/v1/apps/steady")), "app_not_found");
}

TEST_F(AppRoutes, ListsPageAfterPage) {
  for (const char* slug : {"a", "b", "c"}) {
    send("POST",
         "/v1/apps",
         std::string(R"({"provider":"hubspot","clientId":"c","clientSecret":"s","slug":")") + slug +
             "\"}");
  }
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const net::Response page =
        get("/v1/apps?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200);
    const boost::json::value body = json(page);
    for (const auto& app : body.at("data").as_array()) {
      seen.emplace_back(app.at("slug").as_string().c_str());
    }
    cursor = body.at("nextCursor").is_null() ? "" : body.at("nextCursor").as_string().c_str();
  } while (!cursor.empty());
  EXPECT_THAT(seen, testing::ElementsAre("a", "b", "c", "rotating", "steady"));
  for (const char* query :
       {"limit=0", "limit=201", "limit=x", "limit=1&limit=2", "cursor=%%%", "cursor=AAAA"}) {
    EXPECT_EQ(get(std::string("/v1/apps?") + query).status, 400) << query;
  }
}

// PX-09: what belongs to another workspace answers exactly as what does not exist.
TEST_F(AppRoutes, AnotherWorkspaceSeesNothing) {
  const std::string foreign = make_key({"read", "manage", "connect"}, "other");
  for (const char* method : {"GET", "DELETE"}) {
    const net::Response there = as(foreign, method, "/v1/apps/steady");
    EXPECT_EQ(there.status, 404);
    EXPECT_EQ(there.body, as(foreign, method, "/v1/apps/nothing").body);
  }
  EXPECT_EQ(as(foreign, "GET", "/v1/apps").body, R"({"data":[],"nextCursor":null})");
}

}  // namespace
}  // namespace wayleave::api
