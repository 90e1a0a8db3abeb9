#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

Options with_pages() {
  Options options = TestClient::quick_options();
  options.auto_consent = false;
  return options;
}

constexpr std::string_view kRegistered = R"({"clientId":"app-one","clientSecret":"secret-one",
  "appId":42,"name":"Sync <b>","redirectUrls":["http://127.0.0.1:9000/callback"],
  "requiredScopes":["oauth","crm.objects.contacts.read"],"optionalScopes":["automation"]})";

TEST(Authorize, AutoConsentRedirectsWithCodeAndState) {
  TestClient client;
  const auto sent = client.get(TestClient::authorize_url("oauth"));
  EXPECT_EQ(sent.status, 302);
  auto answer = TestClient::callback(sent);
  EXPECT_TRUE(answer["code"].starts_with("na1-"));
  EXPECT_EQ(answer["state"], "st-1");
}

TEST(Authorize, InstallsCycleThroughTheAccounts) {
  TestClient client;
  const auto first = client.install("oauth");
  const auto second = client.install("oauth");
  EXPECT_NE(first.portal, second.portal);
}

TEST(Authorize, AccountCanBeNamed) {
  TestClient client;
  EXPECT_EQ(client.install("oauth", "&_portal=24187308").portal, 24187308U);
}

TEST(Authorize, PersonChoosesAnAccountThenConsents) {
  TestClient client(with_pages());
  const auto chooser = client.get(TestClient::authorize_url("oauth"));
  EXPECT_EQ(chooser.status, 200);
  EXPECT_NE(chooser.response.body.find("/oauth/24187301/authorize?"), std::string::npos);
  const auto consent = client.get("/oauth/24187301" + TestClient::authorize_url("oauth").substr(6));
  EXPECT_EQ(consent.status, 200);
  EXPECT_NE(consent.response.body.find("id=\"approve\""), std::string::npos);
  const auto approved = client.form("/oauth/24187301/authorize",
                                    {{"client_id", "app-one"},
                                     {"redirect_uri", std::string(TestClient::kRedirect)},
                                     {"scope", "oauth"},
                                     {"state", "st & 2"},
                                     {"_decision", "approve"}});
  EXPECT_EQ(approved.status, 302);
  EXPECT_EQ(TestClient::callback(approved)["state"], "st & 2");
  EXPECT_EQ(client.exchange(TestClient::callback(approved)["code"]).text("/hub_id"), "24187301");
}

TEST(Authorize, DenyingComesBackAsAccessDenied) {
  TestClient client(with_pages());
  const auto denied = client.form("/oauth/24187301/authorize",
                                  {{"client_id", "app-one"},
                                   {"redirect_uri", std::string(TestClient::kRedirect)},
                                   {"scope", "oauth"},
                                   {"state", "s"},
                                   {"_decision", "deny"}});
  auto answer = TestClient::callback(denied);
  EXPECT_EQ(answer["error"], "access_denied");
  EXPECT_EQ(answer["state"], "s");
  EXPECT_TRUE(answer["code"].empty());
}

TEST(Authorize, MistakesOfTheAppAreShownAndNeverRedirected) {
  TestClient client;
  EXPECT_EQ(client.post("/_sandbox/apps", std::string(kRegistered)).status, 201);
  const std::string redirect = percent_encode(TestClient::kRedirect);
  const std::string scopes = "&scope=oauth%20crm.objects.contacts.read";
  const std::string bad[] = {
      "/oauth/authorize",
      "/oauth/authorize?client_id=app-one" + scopes,
      "/oauth/authorize?client_id=app-one&redirect_uri=http%3A%2F%2F127.0.0.1%3A9001%2Fcallback" +
          scopes,
      "/oauth/authorize?client_id=new&redirect_uri=http%3A%2F%2Fevil.example%2F" + scopes,
      "/oauth/authorize?client_id=new&redirect_uri=https%3A%2F%2F192.0.2.1%2Fx" + scopes,
      "/oauth/authorize?client_id=n%ffw&redirect_uri=" + redirect + scopes,
      "/oauth/authorize?client_id=new&redirect_uri=https%3A%2F%2Fa.example%2F%0d%0aX:y" + scopes,
      "/oauth/authorize?client_id=app-one&redirect_uri=" + redirect,
      "/oauth/authorize?client_id=app-one&scope=oauth&redirect_uri=" + redirect,
      "/oauth/authorize?client_id=app-one&scope=oauth%20made.up&redirect_uri=" + redirect,
      "/oauth/authorize?client_id=app-one&redirect_uri=" + redirect + scopes + "%20tickets",
      "/oauth/authorize?client_id=app-one&client_id=app-two&redirect_uri=" + redirect + scopes,
      "/oauth/authorize?client_id=app-one&redirect_uri=" + redirect + scopes +
          "&code_challenge=abc&code_challenge_method=plain",
      "/oauth/999/authorize?client_id=app-one&redirect_uri=" + redirect + scopes,
  };
  for (const auto& target : bad) {
    const auto sent = client.get(target);
    EXPECT_EQ(sent.status, 400) << target;
    EXPECT_TRUE(sent.header("Location").empty()) << target;
    EXPECT_NE(sent.header("Content-Security-Policy"), "") << target;
  }
}

TEST(Authorize, AccountMayDemandApproval) {
  TestClient client;
  client.call("PUT", "/_sandbox/accounts/24187301", R"({"approvalRequired":true})");
  const auto sent = client.get(TestClient::authorize_url("oauth", "&_portal=24187301"));
  EXPECT_EQ(sent.status, 400);
  EXPECT_NE(sent.response.body.find("Approval needed"), std::string::npos);
  EXPECT_EQ(client.get(TestClient::authorize_url("oauth")).status, 302);  // another account
}

TEST(Authorize, StrictSandboxKnowsOnlyRegisteredApps) {
  Options options = TestClient::quick_options();
  options.strict_clients = true;
  TestClient client(options);
  EXPECT_EQ(client.get(TestClient::authorize_url("oauth")).status, 400);
}

TEST(Authorize, AdoptedAppKeepsItsRequiredScopes) {
  TestClient client;
  client.install("oauth crm.objects.contacts.read");
  EXPECT_EQ(client.get(TestClient::authorize_url("oauth")).status, 400);
}

TEST(Authorize, AdoptedAppMayMoveToAnotherLoopbackPort) {
  TestClient client;
  client.install("oauth");
  EXPECT_EQ(client
                .get("/oauth/authorize?client_id=app-one&scope=oauth&redirect_uri="
                     "http%3A%2F%2Flocalhost%3A1234%2Fx")
                .status,
            302);
  EXPECT_EQ(client
                .get("/oauth/authorize?client_id=app-one&scope=oauth&redirect_uri="
                     "https%3A%2F%2Fother.example%2Fx")
                .status,
            400);
}

TEST(Authorize, OptionalScopesAreDroppedWhereTheTierLacksThem) {
  TestClient client;
  client.call("PUT", "/_sandbox/accounts/24187301", R"({"tier":"free"})");
  const std::string more = "&optional_scope=automation%20tickets";
  const auto free = client.exchange(client.code_for("oauth", more + "&_portal=24187301"));
  EXPECT_EQ(free.text("/scopes"), R"(["oauth","tickets"])");
  const auto pro = client.exchange(client.code_for("oauth", more + "&_portal=24187308"));
  EXPECT_EQ(pro.text("/scopes"), R"(["oauth","automation","tickets"])");
}

TEST(Authorize, RequiredScopeTheTierLacksBlocksTheInstall) {
  TestClient client;
  client.call("PUT", "/_sandbox/accounts/24187301", R"({"tier":"free"})");
  EXPECT_EQ(client.get(TestClient::authorize_url("oauth automation", "&_portal=24187301")).status,
            400);
  EXPECT_EQ(client.get(TestClient::authorize_url("oauth automation")).status, 302);
}

TEST(Authorize, PagesEscapeWhatCameFromOutside) {
  TestClient client(with_pages());
  client.post("/_sandbox/apps", std::string(kRegistered));
  const auto sent = client.get("/oauth/24187301/authorize?client_id=app-one&redirect_uri=" +
                               percent_encode(TestClient::kRedirect) +
                               "&scope=oauth%20crm.objects.contacts.read&state=%22%3E%3Cscript%3E");
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(sent.response.body.find("<script>"), std::string::npos);
  EXPECT_EQ(sent.response.body.find("Sync <b>"), std::string::npos);
}

}  // namespace
}  // namespace wayleave::sandbox
