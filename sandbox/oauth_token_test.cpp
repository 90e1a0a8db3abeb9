#include "base/bytes.hpp"
#include "crypto/digest.hpp"
#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

TEST(Token, CodeBecomesTokens) {
  TestClient client;
  const auto sent = client.exchange(client.code_for());
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(sent.text("/token_type"), "bearer");
  EXPECT_EQ(sent.text("/token_use"), "access_token");
  EXPECT_EQ(sent.text("/expires_in"), "1800");
  EXPECT_TRUE(sent.text("/access_token").starts_with("C"));
  EXPECT_TRUE(sent.text("/refresh_token").starts_with("na1-"));
  EXPECT_EQ(sent.header("Content-Type"), "application/json;charset=utf-8");
  EXPECT_FALSE(sent.header("x-hubspot-correlation-id").empty());
}

TEST(Token, EveryVersionOfThePathWorks) {
  TestClient client;
  for (const char* path :
       {"/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token", "/oauth/2026-09/token"}) {
    EXPECT_EQ(client.exchange(client.code_for(), path).status, 200) << path;
  }
}

TEST(Token, CodeWorksOnce) {
  TestClient client;
  const std::string code = client.code_for();
  EXPECT_EQ(client.exchange(code).status, 200);
  const auto again = client.exchange(code);
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.text("/status"), "BAD_AUTH_CODE");
  EXPECT_EQ(again.text("/error"), "invalid_grant");
  EXPECT_EQ(again.text("/message"), again.text("/error_description"));
}

TEST(Token, CodeExpires) {
  TestClient client;
  const std::string code = client.code_for();
  client.clock.advance(Millis{600'000});
  EXPECT_EQ(client.exchange(code).text("/status"), "BAD_AUTH_CODE");
}

TEST(Token, CodeIsBoundToItsRedirect) {
  TestClient client;
  const auto sent = client.form("/oauth/v3/token",
                                {{"grant_type", "authorization_code"},
                                 {"client_id", "app-one"},
                                 {"client_secret", "secret-one"},
                                 {"redirect_uri", "http://127.0.0.1:9000/other"},
                                 {"code", client.code_for()}});
  EXPECT_EQ(sent.text("/status"), "BAD_REDIRECT_URI");
}

// RFC 7636 section 4.6: the verifier must match, and its absence is no way around.
TEST(Token, ChallengeIsEnforced) {
  TestClient client;
  const std::string verifier(64, 'v');
  const std::string challenge = to_base64url(as_text(crypto::sha256(verifier)));
  const std::string more = "&code_challenge_method=S256&code_challenge=" + challenge;
  const auto with_verifier = [&](const std::string& code, const std::string& text) {
    FormFields fields{{"grant_type", "authorization_code"},
                      {"client_id", "app-one"},
                      {"client_secret", "secret-one"},
                      {"redirect_uri", std::string(TestClient::kRedirect)},
                      {"code", code}};
    if (!text.empty()) fields.emplace_back("code_verifier", text);
    return client.form("/oauth/2026-09/token", fields);
  };
  const std::string scopes(TestClient::kScopes);
  EXPECT_EQ(with_verifier(client.code_for(scopes, more), verifier).status, 200);
  EXPECT_EQ(with_verifier(client.code_for(scopes, more), "").text("/status"), "BAD_CODE_VERIFIER");
  const std::string code = client.code_for(scopes, more);
  EXPECT_EQ(with_verifier(code, "wrong").text("/status"), "BAD_CODE_VERIFIER");
  EXPECT_EQ(with_verifier(code, verifier).text("/status"), "BAD_AUTH_CODE");  // no second guess
}

TEST(Token, OnlyFormsAreAccepted) {
  TestClient client;
  EXPECT_EQ(client.post("/oauth/v1/token", "{}").status, 415);
}

TEST(Token, ClientIsCheckedBeforeTheGrantType) {
  TestClient client;
  const auto unknown = client.form("/oauth/v1/token", {{"grant_type", "nonsense"}});
  EXPECT_EQ(unknown.text("/status"), "BAD_CLIENT_ID");
  EXPECT_EQ(unknown.text("/error"), "invalid_request");
  client.install();
  const auto wrong_grant =
      client.form("/oauth/v1/token", {{"grant_type", "nonsense"}, {"client_id", "app-one"}});
  EXPECT_EQ(wrong_grant.text("/status"), "BAD_GRANT_TYPE");
  EXPECT_EQ(wrong_grant.text("/error"), "unsupported_grant_type");
}

TEST(Token, AdoptedSecretIsLearntOnce) {
  TestClient client;
  const auto tokens = client.install();
  const auto wrong = client.form("/oauth/v3/token",
                                 {{"grant_type", "refresh_token"},
                                  {"client_id", "app-one"},
                                  {"client_secret", "another"},
                                  {"refresh_token", tokens.refresh}});
  EXPECT_EQ(wrong.text("/status"), "BAD_CLIENT_SECRET");
  EXPECT_EQ(client.refresh(tokens.refresh).status, 200);
}

TEST(Token, RefreshRepeatsTheRefreshToken) {
  TestClient client;
  const auto tokens = client.install();
  const auto sent = client.refresh(tokens.refresh);
  EXPECT_EQ(sent.text("/refresh_token"), tokens.refresh);
  EXPECT_NE(sent.text("/access_token"), tokens.access);
  EXPECT_EQ(client.get("/crm/v3/objects/contacts", tokens.access).status, 200);  // old one lives on
}

TEST(Token, RotationSpendsTheOldRefreshToken) {
  Options options = TestClient::quick_options();
  options.rotate_refresh_tokens = true;
  TestClient client(options);
  const auto tokens = client.install();
  const std::string second = client.refresh(tokens.refresh).text("/refresh_token");
  EXPECT_NE(second, tokens.refresh);
  EXPECT_EQ(client.refresh(tokens.refresh).text("/status"), "BAD_REFRESH_TOKEN");
  EXPECT_EQ(client.refresh(second).status, 200);
  const auto stats = client.get("/_sandbox/stats");
  EXPECT_EQ(stats.text("/refreshes"), "2");
  EXPECT_EQ(stats.text("/refreshTokensReused"), "1");
}

TEST(Token, ReuseMayRevokeTheFamily) {
  Options options = TestClient::quick_options();
  options.rotate_refresh_tokens = true;
  options.reuse_revokes_family = true;
  TestClient client(options);
  const auto tokens = client.install();
  const std::string second = client.refresh(tokens.refresh).text("/refresh_token");
  EXPECT_EQ(client.refresh(tokens.refresh).status, 400);
  EXPECT_EQ(client.refresh(second).text("/status"), "BAD_REFRESH_TOKEN");
  EXPECT_EQ(client.get("/crm/v3/objects/contacts", tokens.access).status, 401);
}

TEST(Token, SpentTokenWorksWithinTheGrace) {
  Options options = TestClient::quick_options();
  options.rotate_refresh_tokens = true;
  options.rotation_grace = std::chrono::seconds{30};
  TestClient client(options);
  const auto tokens = client.install();
  EXPECT_EQ(client.refresh(tokens.refresh).status, 200);
  client.clock.advance(Millis{29'000});
  EXPECT_EQ(client.refresh(tokens.refresh).status, 200);
  client.clock.advance(Millis{1'000});
  EXPECT_EQ(client.refresh(tokens.refresh).status, 400);
}

TEST(Token, DeletedAccountIsBadHub) {
  TestClient client;
  const auto tokens = client.install();
  client.call(
      "PUT", "/_sandbox/accounts/" + std::to_string(tokens.portal), R"({"state":"deleted"})");
  const auto sent = client.refresh(tokens.refresh);
  EXPECT_EQ(sent.status, 400);
  EXPECT_EQ(sent.text("/status"), "BAD_HUB");
  EXPECT_EQ(sent.text("/error"), "access_denied");
}

TEST(Token, AppTokensAreForTheJournalOnly) {
  TestClient client;
  client.install();
  const auto ask = [&](std::string_view path, std::string scope) {
    return client.form(path,
                       {{"grant_type", "client_credentials"},
                        {"client_id", "app-one"},
                        {"client_secret", "secret-one"},
                        {"scope", std::move(scope)}});
  };
  const auto sent = ask("/oauth/2026-09/token", "developer.webhooks_journal.read");
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(sent.text("/refresh_token"), "(absent)");
  EXPECT_EQ(ask("/oauth/v3/token", "oauth").text("/status"), "BAD_SCOPES");
  EXPECT_EQ(ask("/oauth/v1/token", "oauth").text("/status"), "BAD_GRANT_TYPE");
  EXPECT_EQ(client.get("/crm/v3/objects/contacts", sent.text("/access_token")).status, 403);
}

TEST(Token, TokenCallsCanBeLimited) {
  Options options = TestClient::quick_options();
  options.token_limit = 2;
  TestClient client(options);
  const auto tokens = client.install();
  EXPECT_EQ(client.refresh(tokens.refresh).status, 200);
  const auto limited = client.refresh(tokens.refresh);
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.text("/policyName"), "SECONDLY");
  client.clock.advance(Millis{1'000});
  EXPECT_EQ(client.refresh(tokens.refresh).status, 200);
}

}  // namespace
}  // namespace wayleave::sandbox
