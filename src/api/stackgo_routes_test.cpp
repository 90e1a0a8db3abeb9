#include <gmock/gmock.h>

#include "api/test_api.hpp"
#include "base/bytes.hpp"

namespace wayleave::api {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class StackGoRoutes : public ApiTest {};

TEST_F(StackGoRoutes, GivesTheAuthorizeUrlInTheirShape) {
  const net::Response begun = get("/api/steady/auth/Steady?userForeignIdentifier=user%201");
  ASSERT_EQ(begun.status, 200) << begun.body;
  const boost::json::value body = json(begun);
  EXPECT_EQ(body.as_object().size(), 3U);
  EXPECT_EQ(member(begun, "userForeignIdentifier"), "user 1");
  EXPECT_EQ(member(begun, "UUID"), steady_.id.str());
  const std::string url = member(begun, "url");
  EXPECT_THAT(url, StartsWith("https://steady.example/authorize?"));
  EXPECT_THAT(url, HasSubstr("code_challenge_method=S256"));
  EXPECT_THAT(url, Not(HasSubstr("user")));
}

TEST_F(StackGoRoutes, RedirectsWhenAsked) {
  const net::Response sent =
      get("/api/steady/auth/steady?userForeignIdentifier=u&redirect=true&scopes=a,b%20c");
  EXPECT_EQ(sent.status, 302);
  const std::string location(sent.fields.get("Location").value_or(""));
  EXPECT_THAT(location, HasSubstr("scope=a%20b%20c"));
}

TEST_F(StackGoRoutes, RefusesBadInput) {
  const std::string base = "/api/steady/auth/steady";
  EXPECT_EQ(member(get(base), "field"), "userForeignIdentifier");
  EXPECT_EQ(get(base + "?userForeignIdentifier=").status, 400);
  EXPECT_EQ(get(base + "?userForeignIdentifier=a&userForeignIdentifier=b").status, 400);
  EXPECT_EQ(get(base + "?userForeignIdentifier=a%0d%0ab").status, 400);
  EXPECT_EQ(get(base + "?userForeignIdentifier=" + std::string(256, 'x')).status, 400);
  EXPECT_EQ(get(base + "?userForeignIdentifier=a&redirect=maybe").status, 400);
  EXPECT_EQ(get(base + "?userForeignIdentifier=a&returnUrl=https://evil.example/").status, 400);
  EXPECT_EQ(code(get("/api/steady/auth/nobody?userForeignIdentifier=a")), "app_not_found");
  EXPECT_EQ(code(get("/api/rotating/auth/steady?userForeignIdentifier=a")), "app_not_found");
}

TEST_F(StackGoRoutes, ListsUsersByPage) {
  for (int i = 0; i < 101; ++i) connect(steady_, "user-" + std::to_string(i));
  const auto page = [&](const std::string& query) {
    return json(get("/api/saas-org-user/get-users/steady" + query))
        .at("userForeignIdentifiers")
        .as_array();
  };
  EXPECT_EQ(page("").size(), 100U);
  EXPECT_EQ(page("?page=2").size(), 1U);
  EXPECT_EQ(page("?page=3").size(), 0U);
  const boost::json::object user = page("?page=2").at(0).as_object();
  for (const char* name : {"id", "status", "createdAt", "updatedAt", "userForeignIdentifier"}) {
    EXPECT_TRUE(user.contains(name)) << name;
  }
  EXPECT_EQ(user.at("status").as_string(), "active");
  EXPECT_EQ(get("/api/saas-org-user/get-users/steady?page=0").status, 400);
  EXPECT_EQ(code(get("/api/saas-org-user/get-users/nobody")), "app_not_found");
}

TEST_F(StackGoRoutes, TellsWhetherAUserIsConnected) {
  connect(steady_, "ann");
  const std::string base = "/api/saas-org-user/get-user/steady?userForeignIdentifier=";
  EXPECT_EQ(get(base + "ann").body, R"({"connected":true,"data":"ann"})");
  EXPECT_EQ(get(base + "bob").body, R"({"connected":false,"data":"bob"})");
}

TEST_F(StackGoRoutes, DisconnectsAUserNamedInQueryFormOrJson) {
  net_.answer_with(vault::answer(200, "{}"));
  const std::string target = "/api/saas-org-user/delete-user/Steady";
  const auto remove = [&](const std::string& query, std::string body, const std::string& type) {
    connect(steady_, "ann");
    TestCall made;
    made.method = "DELETE";
    made.target = target + query;
    made.body = std::move(body);
    if (!type.empty()) made.fields = {{"Content-Type", type}};
    return call(std::move(made));
  };
  for (const net::Response& gone :
       {remove("?userForeignIdentifier=ann", "", ""),
        remove("", "userForeignIdentifier=ann", "application/x-www-form-urlencoded"),
        remove("", R"({"userForeignIdentifier":"ann"})", "application/json")}) {
    EXPECT_EQ(gone.status, 200) << gone.body;
    EXPECT_EQ(gone.body,
              R"({"message":"User Deleted","userForeignIdentifier":"ann","appSlug":"steady"})");
  }
  EXPECT_EQ(code(remove("?userForeignIdentifier=bob", "", "")), "connection_not_found");
  EXPECT_EQ(remove("?userForeignIdentifier=ann", R"({"userForeignIdentifier":"x"})", "").status,
            400);
  EXPECT_EQ(remove("", "", "").status, 400);
}

class TokenRoute : public ApiTest {
 protected:
  net::Response issue(std::string body, const std::string& type, net::Fields fields = {}) {
    TestCall made;
    made.method = "POST";
    made.target = "/api/oauth/token";
    made.body = std::move(body);
    made.fields = std::move(fields);
    made.fields.add("Content-Type", type);
    if (!made.fields.get("Authorization")) made.authorization = "";
    if (made.fields.get("Authorization")) made.authorization.emplace();
    return call(std::move(made));
  }
  static constexpr const char* kForm = "application/x-www-form-urlencoded";
};

TEST_F(TokenRoute, ExchangesAKeyForATokenThatActsAsIt) {
  const std::string form =
      "grant_type=client_credentials&client_id=" + last_key_id_ + "&client_secret=" + key_;
  const net::Response issued = issue(form, kForm);
  ASSERT_EQ(issued.status, 200) << issued.body;
  EXPECT_EQ(member(issued, "token_type"), "Bearer");
  EXPECT_EQ(member(issued, "expires_in"), "3600");
  EXPECT_EQ(issued.fields.get("Cache-Control"), "no-store");
  const std::string token = member(issued, "access_token");
  EXPECT_EQ(as(token, "GET", "/v1/apps").status, 200);

  const std::string id = last_key_id_;
  const std::string again =
      "grant_type=client_credentials&client_id=" + id + "&client_secret=" + token;
  EXPECT_EQ(issue(again, kForm).status, 401) << "a token gives no tokens";

  EXPECT_EQ(send("DELETE", "/v1/keys/" + id).status, 200);
  TestCall made;
  made.target = "/v1/me";
  made.authorization = "Bearer " + token;
  EXPECT_EQ(call(std::move(made)).status, 401) << "it dies with its key";
}

TEST_F(TokenRoute, TakesJsonAndBasicToo) {
  const std::string json_body = R"({"grant_type":"client_credentials","client_id":")" +
                                last_key_id_ + R"(","client_secret":")" + key_ + "\"}";
  EXPECT_EQ(issue(json_body, "application/json").status, 200);
  const std::string basic = "Basic " + to_base64(last_key_id_ + ":" + key_);
  EXPECT_EQ(issue("grant_type=client_credentials", kForm, {{"Authorization", basic}}).status, 200);
}

TEST_F(TokenRoute, RefusesOtherGrantsAndKeys) {
  const std::string id = "&client_id=" + last_key_id_;
  EXPECT_EQ(issue("grant_type=password" + id + "&client_secret=" + key_, kForm).status, 400);
  EXPECT_EQ(issue("grant_type=client_credentials" + id + "&client_secret=no", kForm).status, 401);
  EXPECT_EQ(
      issue("grant_type=client_credentials&client_id=key_x&client_secret=" + key_, kForm).status,
      401);
  EXPECT_EQ(issue("grant_type=client_credentials" + id, kForm).status, 400);
  EXPECT_EQ(issue("grant_type=%zz", kForm).status, 400);
}

}  // namespace
}  // namespace wayleave::api
