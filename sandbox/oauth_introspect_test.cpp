#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

class Introspection : public ::testing::Test {
 protected:
  TestClient client;
  TestClient::Tokens tokens = client.install("oauth");

  TestClient::Sent ask(std::string_view path,
                       const std::string& token,
                       std::string field = "token") {
    return client.form(
        path,
        {{"client_id", "app-one"}, {"client_secret", "secret-one"}, {std::move(field), token}});
  }
};

TEST_F(Introspection, DescribesAccessTokens) {
  client.clock.advance(Millis{100'000});
  for (const char* path : {"/oauth/v3/token/introspect", "/oauth/2026-09/token/introspect"}) {
    const auto sent = ask(path, tokens.access);
    EXPECT_EQ(sent.status, 200);
    EXPECT_EQ(sent.text("/active"), "true");
    EXPECT_EQ(sent.text("/token_use"), "access_token");
    EXPECT_EQ(sent.text("/expires_in"), "1700");
    EXPECT_EQ(sent.text("/hub_id"), std::to_string(tokens.portal));
    EXPECT_EQ(sent.text("/scopes"), R"(["oauth"])");
    EXPECT_EQ(sent.text("/signed_access_token/hublet"), "na1");
    EXPECT_TRUE(sent.text("/hub_domain").ends_with(".example"));
  }
}

TEST_F(Introspection, DescribesRefreshTokensUnderEitherFieldName) {
  EXPECT_EQ(ask("/oauth/v3/token/introspect", tokens.refresh).text("/token_use"), "refresh_token");
  EXPECT_EQ(ask("/oauth/v3/token/introspect", tokens.refresh, "refresh_token").text("/active"),
            "true");
}

TEST_F(Introspection, UnknownExpiredAndForeignTokensAreInactive) {
  EXPECT_EQ(ask("/oauth/v3/token/introspect", "nonsense").response.body, R"({"active":false})");
  client.post("/_sandbox/apps",
              R"({"clientId":"other","clientSecret":"s","redirectUrls":["https://a.example/"]})");
  const auto foreign =
      client.form("/oauth/v3/token/introspect",
                  {{"client_id", "other"}, {"client_secret", "s"}, {"token", tokens.access}});
  EXPECT_EQ(foreign.text("/active"), "false");
  client.clock.advance(Millis{1'800'000});
  EXPECT_EQ(ask("/oauth/v3/token/introspect", tokens.access).text("/active"), "false");
}

TEST_F(Introspection, NeedsTheClientsSecret) {
  const auto sent =
      client.form("/oauth/v3/token/introspect",
                  {{"client_id", "app-one"}, {"client_secret", "guess"}, {"token", tokens.access}});
  EXPECT_EQ(sent.status, 400);
  EXPECT_EQ(sent.text("/status"), "BAD_CLIENT_SECRET");
}

TEST_F(Introspection, FirstVersionHasItsOwnPaths) {
  const auto access = client.get("/oauth/v1/access-tokens/" + tokens.access);
  EXPECT_EQ(access.text("/token_type"), "access");
  EXPECT_NE(access.text("/app_id"), "(absent)");
  const auto refresh = client.get("/oauth/v1/refresh-tokens/" + tokens.refresh);
  EXPECT_EQ(refresh.text("/token_type"), "refresh");
  EXPECT_EQ(refresh.text("/client_id"), "app-one");
  EXPECT_EQ(client.get("/oauth/v1/access-tokens/nonsense").status, 404);
}

TEST_F(Introspection, RevokedGrantKeepsItsAccessTokenUntilExpiry) {
  EXPECT_EQ(ask("/oauth/2026-09/token/revoke", tokens.refresh).status, 200);
  EXPECT_EQ(client.refresh(tokens.refresh).text("/status"), "BAD_REFRESH_TOKEN");
  EXPECT_EQ(ask("/oauth/v3/token/introspect", tokens.refresh).text("/active"), "false");
  EXPECT_EQ(client.get("/account-info/v3/details", tokens.access).status, 200);
  EXPECT_EQ(ask("/oauth/v3/token/revoke", "unknown").status, 200);
}

TEST_F(Introspection, FirstVersionRevokesByDelete) {
  EXPECT_EQ(client.send("DELETE", "/oauth/v1/refresh-tokens/" + tokens.refresh).status, 204);
  EXPECT_EQ(client.refresh(tokens.refresh).status, 400);
}

TEST_F(Introspection, UninstallKillsEveryRefreshTokenOfTheAppThere) {
  const auto same = client.install("oauth", "&_portal=" + std::to_string(tokens.portal));
  const auto elsewhere = client.install("oauth", "&_portal=24187315");
  EXPECT_EQ(client.call("DELETE", "/appinstalls/v3/external-install", "", tokens.access).status,
            204);
  EXPECT_EQ(client.refresh(tokens.refresh).status, 400);
  EXPECT_EQ(client.refresh(same.refresh).status, 400);
  EXPECT_EQ(client.refresh(elsewhere.refresh).status, 200);
  const auto again = client.install("oauth", "&_portal=" + std::to_string(tokens.portal));
  EXPECT_EQ(client.refresh(again.refresh).status, 200);
}

TEST_F(Introspection, CustomerMayUninstall) {
  client.post("/_sandbox/settings", R"({"uninstallEndsAccess":true})");
  client.post("/_sandbox/uninstall", R"({"portalId":)" + std::to_string(tokens.portal) + "}");
  EXPECT_EQ(client.refresh(tokens.refresh).text("/status"), "BAD_REFRESH_TOKEN");
  EXPECT_EQ(client.get("/account-info/v3/details", tokens.access).status, 401);
}

}  // namespace
}  // namespace wayleave::sandbox
