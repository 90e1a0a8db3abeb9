#include "api/authentication.hpp"

#include <gmock/gmock.h>

#include "api/test_api.hpp"
#include "base/bytes.hpp"
#include "crypto/api_key.hpp"

namespace wayleave::api {
namespace {

using testing::HasSubstr;

class Authentication : public ApiTest {
 protected:
  net::Response me(std::optional<std::string> authorization) {
    TestCall made;
    made.target = "/v1/me";
    made.authorization = std::move(authorization);
    return call(std::move(made));
  }
};

TEST_F(Authentication, TakesAKeyAsBearerAndAsBasic) {
  const net::Response bearer = me("Bearer " + key_);
  EXPECT_EQ(bearer.status, 200);
  EXPECT_EQ(member(bearer, "workspace"), "default");
  EXPECT_EQ(member(bearer, "id"), last_key_id_);
  EXPECT_EQ(bearer.fields.get("Cache-Control"), "no-store");
  EXPECT_EQ(me("Basic " + to_base64(last_key_id_ + ":" + key_)).status, 200);
}

// AK-03: the same answer for unknown, revoked, expired and malformed keys, and for none.
TEST_F(Authentication, RefusesEveryOtherKeyAlike) {
  const std::string revoked = make_key({"read"});
  EXPECT_EQ(send("DELETE", "/v1/keys/" + last_key_id_).status, 200);
  std::string unknown = vault::shown(crypto::make_api_key(store_.random));
  const net::Response first = me("");
  EXPECT_EQ(first.status, 401);
  EXPECT_EQ(code(first), "unauthenticated");
  for (const std::string& authorization :
       std::vector<std::string>{"Bearer " + unknown,
                                "Bearer " + revoked,
                                "Bearer wlk_malformed",
                                "Bearer " + key_ + "x",
                                "Basic " + to_base64("key_other:" + key_),
                                "Basic !!!",
                                "Digest x",
                                key_}) {
    const net::Response refused = me(authorization);
    EXPECT_EQ(refused.status, 401) << authorization;
    EXPECT_EQ(refused.body, first.body) << authorization;
  }
}

TEST_F(Authentication, RefusesAKeyThatHasExpired) {
  const net::Response made =
      send("POST", "/v1/keys", R"({"name":"short","scopes":["read"],"expiresIn":60})");
  ASSERT_EQ(made.status, 201);
  const std::string authorization = "Bearer " + member(made, "key");
  EXPECT_EQ(me(authorization).status, 200);
  store_.clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(me(authorization).status, 401);
}

// AK-06: a key in the URL is no key.
TEST_F(Authentication, TakesNoKeyFromTheUrl) {
  for (const char* name : {"api_key", "access_token", "key"}) {
    TestCall made;
    made.target = std::string("/v1/me?") + name + "=" + key_;
    made.authorization = "";
    EXPECT_EQ(call(std::move(made)).status, 401);
  }
}

TEST_F(Authentication, RefusesTwoAuthorizationHeaders) {
  TestCall made;
  made.target = "/v1/me";
  made.fields = {{"Authorization", "Bearer " + key_}};
  EXPECT_EQ(call(std::move(made)).status, 401);
}

// AD-05: each route asks for its scope, and says which.
TEST_F(Authentication, EachRouteDemandsItsScope) {
  struct Row {
    const char* method;
    const char* target;
    const char* scope;
  };
  const std::vector<std::string> all = {"proxy", "connect", "read", "manage", "tokens:reveal"};
  for (const Row& row : {Row{"GET", "/v1/apps", "read"},
                         Row{"GET", "/v1/apps/steady", "read"},
                         Row{"POST", "/v1/apps", "manage"},
                         Row{"PATCH", "/v1/apps/steady", "manage"},
                         Row{"DELETE", "/v1/apps/steady", "manage"},
                         Row{"GET", "/v1/keys", "manage"},
                         Row{"POST", "/v1/keys", "manage"},
                         Row{"DELETE", "/v1/keys/x", "manage"},
                         Row{"POST", "/v1/install-links", "connect"},
                         Row{"GET", "/v1/connections", "read"},
                         Row{"GET", "/v1/connections/con_x", "read"},
                         Row{"DELETE", "/v1/connections/con_x", "connect"},
                         Row{"POST", "/v1/connections/con_x/refresh", "connect"},
                         Row{"GET", "/v1/connections/con_x/token", "tokens:reveal"},
                         Row{"GET", "/v1/providers", "read"},
                         Row{"GET", "/v1/providers/steady", "read"},
                         Row{"GET", "/v1/audit", "manage"},
                         Row{"GET", "/api/steady/auth/steady", "connect"},
                         Row{"GET", "/api/saas-org-user/get-users/steady", "read"},
                         Row{"GET", "/api/saas-org-user/get-user/steady", "read"},
                         Row{"DELETE", "/api/saas-org-user/delete-user/steady", "connect"}}) {
    std::vector<std::string> others;
    std::ranges::copy_if(
        all, std::back_inserter(others), [&](const auto& scope) { return scope != row.scope; });
    const net::Response refused = as(make_key(others), row.method, row.target);
    EXPECT_EQ(refused.status, 403) << row.method << " " << row.target;
    EXPECT_THAT(refused.body, HasSubstr("scope " + std::string(row.scope)));
    EXPECT_NE(as(make_key({row.scope}), row.method, row.target).status, 403)
        << row.method << " " << row.target;
  }
}

TEST_F(Authentication, TheCommandLineMayDoEverything) {
  LocalAuthenticator local;
  const auto caller = run(local.authenticate({}));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->actor.kind, "cli");
  EXPECT_EQ(caller->scopes.names().size(), 5U);
}

}  // namespace
}  // namespace wayleave::api
