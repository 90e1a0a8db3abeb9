#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

constexpr std::string_view kContacts = "/crm/v3/objects/contacts";

TEST(Control, StatsCountByRoute) {
  TestClient client;
  const auto tokens = client.install();
  const std::string id =
      client.get("/crm/v3/objects/contacts?limit=1", tokens.access).text("/results/0/id");
  client.get("/crm/v3/objects/contacts/" + id, tokens.access);
  const auto stats = client.get("/_sandbox/stats");
  EXPECT_EQ(stats.text("/requests/POST ~1oauth~1v3~1token"), "1");
  EXPECT_EQ(stats.text("/requests/GET ~1crm~1v3~1objects~1contacts"), "1");
  EXPECT_EQ(stats.text("/requests/GET ~1crm~1v3~1objects~1contacts~1{objectId}"), "1");
  EXPECT_EQ(stats.text("/refreshes"), "0");
}

// A token in a path must not reach the log (facts: v1 metadata paths carry tokens).
TEST(Control, LogNeverHoldsATokenOrQuery) {
  TestClient client;
  const auto tokens = client.install();
  client.get("/oauth/v1/access-tokens/" + tokens.access);
  client.get("/oauth/v2/refresh-tokens/" + tokens.refresh);
  client.get("/crm/v3/objects/contacts?hapikey=" + tokens.refresh, tokens.access);
  const std::string log = client.get("/_sandbox/log").response.body;
  EXPECT_NE(log.find("/oauth/v1/access-tokens/{token}"), std::string::npos);
  EXPECT_EQ(log.find(tokens.access), std::string::npos);
  EXPECT_EQ(log.find(tokens.refresh), std::string::npos);
  EXPECT_EQ(log.find("hapikey"), std::string::npos);
}

TEST(Control, FaultAnswersInsteadForSoManyTimes) {
  TestClient client;
  const auto tokens = client.install();
  EXPECT_EQ(client
                .post("/_sandbox/faults",
                      R"({"path":"/crm/","status":502,"times":2,"headers":{"X-Why":"test"}})")
                .status,
            201);
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 502);
  EXPECT_EQ(client.get(kContacts, tokens.access).header("X-Why"), "test");
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 200);
}

TEST(Control, FaultMayNameMethodAndBody) {
  TestClient client;
  const auto tokens = client.install();
  client.post("/_sandbox/faults",
              R"({"path":"/oauth/","method":"POST","body":{"surprise":true},"times":1})");
  const auto sent = client.refresh(tokens.refresh);
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(sent.response.body, R"({"surprise":true})");
  EXPECT_EQ(client.get("/_sandbox/stats").text("/refreshes"), "1");  // the effect happened
}

TEST(Control, StatusWithoutEffectRefreshesNothing) {
  TestClient client;
  const auto tokens = client.install();
  client.post("/_sandbox/faults", R"({"path":"/oauth/","status":500,"times":1})");
  EXPECT_EQ(client.refresh(tokens.refresh).status, 500);
  EXPECT_EQ(client.get("/_sandbox/stats").text("/refreshes"), "0");
  client.post("/_sandbox/faults", R"({"path":"/oauth/","status":500,"effect":true,"times":1})");
  EXPECT_EQ(client.refresh(tokens.refresh).status, 500);
  EXPECT_EQ(client.get("/_sandbox/stats").text("/refreshes"), "1");
}

TEST(Control, DropsCutTheAnswerBeforeOrAfterTheEffect) {
  Options options = TestClient::quick_options();
  options.rotate_refresh_tokens = true;
  TestClient client(options);
  const auto tokens = client.install();
  client.post("/_sandbox/faults", R"({"path":"/oauth/","drop":"before","times":1})");
  EXPECT_EQ(client.refresh(tokens.refresh).response.cut_after, 0U);
  EXPECT_EQ(client.get("/_sandbox/stats").text("/refreshes"), "0");
  client.post("/_sandbox/faults", R"({"path":"/oauth/","drop":"after","times":1})");
  EXPECT_EQ(client.refresh(tokens.refresh).response.cut_after, 0U);
  EXPECT_EQ(client.get("/_sandbox/stats").text("/refreshes"), "1");
  EXPECT_EQ(client.refresh(tokens.refresh).status, 400);  // the token was spent unseen
  client.post("/_sandbox/faults", R"({"path":"/crm/","drop":"half","times":1})");
  const auto half = client.get(kContacts, tokens.access);
  ASSERT_TRUE(half.response.cut_after.has_value());
  EXPECT_GT(*half.response.cut_after, 100U);
  EXPECT_LT(*half.response.cut_after, half.response.body.size());
}

TEST(Control, HalfOfAStreamIsSentFromMemory) {
  TestClient client;
  const auto tokens = client.install();
  client.post("/_sandbox/faults", R"({"path":"/_sandbox/bytes","drop":"half","times":1})");
  const auto sent = client.get("/_sandbox/bytes?n=1000000", tokens.access);
  EXPECT_EQ(sent.response.stream_bytes, 1'000'000U);
  ASSERT_TRUE(sent.response.cut_after.has_value());
  EXPECT_NEAR(static_cast<double>(*sent.response.cut_after), 500'000, 1'000);
  EXPECT_EQ(sent.response.body.size(), *sent.response.cut_after);
}

TEST(Control, FaultsCanBeDelayedSkippedAndCleared) {
  TestClient client;
  const auto tokens = client.install();
  client.post("/_sandbox/faults", R"({"path":"/crm/","status":423,"skip":1,"delayMs":5})");
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 200);
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 423);
  EXPECT_EQ(client.send("DELETE", "/_sandbox/faults").status, 204);
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 200);
}

TEST(Control, MalformedFaultsNameTheMember) {
  TestClient client;
  const auto complaint = [&](std::string body) {
    const auto sent = client.post("/_sandbox/faults", std::move(body));
    EXPECT_EQ(sent.status, 400);
    return sent.text("/message");
  };
  EXPECT_NE(complaint(R"({"status":500})").find("path"), std::string::npos);
  EXPECT_NE(complaint(R"({"path":"/","drop":"maybe"})").find("drop"), std::string::npos);
  EXPECT_NE(complaint(R"({"path":"/","time":3})").find("time"), std::string::npos);
  EXPECT_NE(complaint(R"({"path":"/","status":99})").find("status"), std::string::npos);
  EXPECT_NE(complaint("{\"path\":\"/\",\"headers\":{\"A\":\"b\\r\\nC: d\"}}").find("headers"),
            std::string::npos);
}

TEST(Control, RoomStaysOpenWhateverIsBroken) {
  TestClient client;
  client.post("/_sandbox/faults", R"({"path":"/","status":500})");
  EXPECT_EQ(client.get("/oauth/authorize").status, 500);
  EXPECT_EQ(client.get("/_sandbox/stats").status, 200);
  EXPECT_EQ(client.send("DELETE", "/_sandbox/faults").status, 204);
}

TEST(Control, ClockAgesTokens) {
  TestClient client;
  const auto tokens = client.install();
  EXPECT_EQ(client.post("/_sandbox/clock", R"({"advance":1832})").status, 200);
  const auto sent = client.get(kContacts, tokens.access);
  EXPECT_EQ(sent.status, 401);
  EXPECT_EQ(sent.text("/category"), "EXPIRED_AUTHENTICATION");
  EXPECT_EQ(sent.text("/message"),
            "The OAuth token used to make this call expired 32 second(s) ago.");
  EXPECT_EQ(client.post("/_sandbox/clock", R"({"advance":-1})").status, 400);
}

TEST(Control, ResetForgetsEverything) {
  TestClient client;
  const auto tokens = client.install();
  client.post("/_sandbox/settings", R"({"rateLimit":1})");
  EXPECT_EQ(client.send("POST", "/_sandbox/reset").status, 204);
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 401);
  EXPECT_EQ(client.get("/_sandbox/settings").text("/rateLimit"), "110");
  EXPECT_EQ(client.refresh(tokens.refresh).text("/status"), "BAD_CLIENT_ID");
}

TEST(Control, UnknownPathsAndMethodsAreRefused) {
  TestClient client;
  EXPECT_EQ(client.get("/nothing/here").status, 404);
  EXPECT_EQ(client.get("/").status, 404);
  const auto sent = client.get("/oauth/v1/token");
  EXPECT_EQ(sent.status, 405);
  EXPECT_EQ(sent.header("Allow"), "POST");
}

TEST(Echo, TellsWhatArrivedButNotTheToken) {
  TestClient client;
  const auto tokens = client.install();
  const auto sent =
      client.send("PUT",
                  "/_sandbox/echo/a%2Fb?x=1&x=2",
                  "hello",
                  {{"Authorization", "Bearer " + tokens.access}, {"X-Two", "1"}, {"X-Two", "2"}});
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(sent.text("/method"), "PUT");
  EXPECT_EQ(sent.text("/path"), "/_sandbox/echo/a%2Fb");
  EXPECT_EQ(sent.text("/query"), "x=1&x=2");
  EXPECT_EQ(sent.text("/headers/x-two"), "1, 2");
  EXPECT_EQ(sent.text("/bodyBytes"), "5");
  EXPECT_EQ(sent.text("/bodySha256"),
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_TRUE(sent.text("/headers/authorization").starts_with("Bearer sha256:"));
  EXPECT_EQ(sent.response.body.find(tokens.access), std::string::npos);
}

TEST(Echo, BytesThatAreNoTextStayValidJson) {
  TestClient client;
  const auto tokens = client.install();
  const auto echoed =
      client.send("GET",
                  "/_sandbox/echo",
                  "",
                  {{"Authorization", "Bearer " + tokens.access}, {"X", "\xff\xfe"}});
  EXPECT_EQ(echoed.text("/headers/x"), "hex:fffe");
  const auto refused = client.get("/crm/v3/properties/contacts/%ff", tokens.access);
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(refused.text("/message"), "Property \"?\" does not exist");
}

TEST(Echo, NeedsAToken) {
  TestClient client;
  EXPECT_EQ(client.get("/_sandbox/echo").status, 401);
  EXPECT_EQ(client.get("/_sandbox/bytes?n=1").status, 401);
}

TEST(Bytes, StreamsExactlySoMany) {
  TestClient client;
  const auto tokens = client.install();
  auto sent = client.get("/_sandbox/bytes?n=100000", tokens.access);
  ASSERT_NE(sent.response.stream, nullptr);
  EXPECT_EQ(sent.response.stream_bytes, 100'000U);
  EXPECT_FALSE(sent.header("ETag").empty());
  EXPECT_FALSE(sent.header("Link").empty());
  EXPECT_EQ(sent.header("X-HubSpot-RateLimit-Max"), "110");
  std::string all;
  char buffer[4093];
  while (const auto got = sent.response.stream->read(buffer)) all.append(buffer, got);
  EXPECT_EQ(all.size(), 100'000U);
  EXPECT_EQ(all.substr(64 * 100, 10), "0123456789");
  EXPECT_EQ(client.get("/_sandbox/bytes?n=-1", tokens.access).status, 400);
}

}  // namespace
}  // namespace wayleave::sandbox
