#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

constexpr std::string_view kSearch = "/crm/v3/objects/contacts/search";

class CrmSearch : public ::testing::Test {
 protected:
  CrmSearch() {
    token = client.install().access;
    for (
        const char* body :
        {R"({"properties":{"email":"ann@one.example","firstname":"Ann","city":"Rome","numberofemployees":"5","closedate":"2026-01-01"}})",
         R"({"properties":{"email":"bob@two.example","firstname":"Bob","city":"Rome","numberofemployees":"50","closedate":"2026-06-01"}})",
         R"({"properties":{"email":"cid@one.example","firstname":"Cid","numberofemployees":"500"}})"}) {
      client.clock.advance(Millis{1'000});
      EXPECT_EQ(client.post("/crm/v3/objects/contacts", body, token).status, 201);
    }
  }

  /// First names found, in order; the search is kept to the three above.
  std::string found(const std::string& filter, const std::string& more = "") {
    client.clock.advance(Millis{1'000});
    const auto sent = client.post(
        kSearch,
        R"({"filterGroups":[{"filters":[{"propertyName":"numberofemployees","operator":"HAS_PROPERTY"})" +
            (filter.empty() ? "" : "," + filter) + "]}]" + more + "}",
        token);
    EXPECT_EQ(sent.status, 200) << sent.response.body;
    std::string names;
    const auto body = sent.json();
    for (const auto& result : body.at("results").as_array()) {
      names += result.at("properties").at("firstname").as_string().c_str();
    }
    return names;
  }
  int status(std::string body) {
    client.clock.advance(Millis{1'000});
    return client.post(kSearch, std::move(body), token).status;
  }

  TestClient client;
  std::string token;
};

TEST_F(CrmSearch, OperatorsMeanWhatTheySay) {
  const auto with = [&](std::string_view property, std::string_view op, std::string_view rest) {
    return found(R"({"propertyName":")" + std::string(property) + R"(","operator":")" +
                 std::string(op) + "\"" + std::string(rest) + "}");
  };
  EXPECT_EQ(with("city", "EQ", R"(,"value":"rome")"), "AnnBob");
  EXPECT_EQ(with("firstname", "NEQ", R"(,"value":"Ann")"), "BobCid");
  EXPECT_EQ(with("numberofemployees", "LT", R"(,"value":"50")"), "Ann");
  EXPECT_EQ(with("numberofemployees", "LTE", R"(,"value":50)"), "AnnBob");
  EXPECT_EQ(with("numberofemployees", "GT", R"(,"value":"50")"), "Cid");
  EXPECT_EQ(with("numberofemployees", "GTE", R"(,"value":"50")"), "BobCid");
  EXPECT_EQ(with("numberofemployees", "BETWEEN", R"(,"value":"6","highValue":"499")"), "Bob");
  EXPECT_EQ(with("firstname", "IN", R"(,"values":["ann","cid"])"), "AnnCid");
  EXPECT_EQ(with("firstname", "IN", R"(,"values":["Ann"])"), "");  // lower case only
  EXPECT_EQ(with("firstname", "NOT_IN", R"(,"values":["ann"])"), "BobCid");
  EXPECT_EQ(with("city", "NOT_HAS_PROPERTY", ""), "Cid");
  EXPECT_EQ(with("email", "CONTAINS_TOKEN", R"(,"value":"*@one.example")"), "AnnCid");
  EXPECT_EQ(with("email", "CONTAINS_TOKEN", R"(,"value":"two")"), "Bob");
  EXPECT_EQ(with("email", "NOT_CONTAINS_TOKEN", R"(,"value":"*@one.example")"), "Bob");
  EXPECT_EQ(with("closedate", "GTE", R"(,"value":"2026-02-01T00:00:00Z")"), "Bob");
  EXPECT_EQ(with("closedate", "LT", R"(,"value":"1769904000000")"), "Ann");  // 2026-02-01
}

TEST_F(CrmSearch, SortsBothWays) {
  EXPECT_EQ(
      found("", R"(,"sorts":[{"propertyName":"numberofemployees","direction":"DESCENDING"}])"),
      "CidBobAnn");
  EXPECT_EQ(found("", R"(,"sorts":["firstname"])"), "AnnBobCid");
  EXPECT_EQ(found("", R"(,"sorts":["-firstname"])"), "CidBobAnn");
}

TEST_F(CrmSearch, WordsMustStartWordsOfTheRecord) {
  EXPECT_EQ(found("", R"(,"query":"bo two")"), "Bob");
  EXPECT_EQ(found("", R"(,"query":"ob")"), "");
}

TEST_F(CrmSearch, GroupsAreAlternatives) {
  client.clock.advance(Millis{1'000});
  const auto sent = client.post(
      kSearch,
      R"({"filterGroups":[{"filters":[{"propertyName":"email","operator":"EQ","value":"ann@one.example"}]},
          {"filters":[{"propertyName":"email","operator":"EQ","value":"bob@two.example"}]}]})",
      token);
  EXPECT_EQ(sent.text("/total"), "2");
}

TEST_F(CrmSearch, PagesByOffset) {
  client.clock.advance(Millis{1'000});
  const auto first = client.post(kSearch, R"({"limit":10})", token);
  EXPECT_EQ(first.text("/total"), "15");
  EXPECT_EQ(first.text("/paging/next/after"), "10");
  const auto second = client.post(kSearch, R"({"limit":10,"after":"10"})", token);
  EXPECT_EQ(second.json().at("results").as_array().size(), 5U);
  EXPECT_EQ(second.text("/paging"), "(absent)");
}

TEST_F(CrmSearch, FiltersByAssociation) {
  client.clock.advance(Millis{1'000});
  const auto contact = client.get("/crm/v3/objects/contacts?limit=1&associations=companies", token);
  const std::string company = contact.text("/results/0/associations/companies/results/0/id");
  const auto sent = client.post(
      kSearch,
      R"({"filters":[{"propertyName":"associations.company","operator":"EQ","value":")" + company +
          "\"}]}",
      token);
  ASSERT_EQ(sent.status, 200) << sent.response.body;
  EXPECT_NE(sent.response.body.find(contact.text("/results/0/id")), std::string::npos);
}

TEST_F(CrmSearch, LimitsAreHubSpots) {
  const std::string filter = R"({"propertyName":"email","operator":"HAS_PROPERTY"})";
  const auto group = [&](int filters) {
    std::string out = R"({"filters":[)";
    for (int i = 0; i < filters; ++i) out += (i == 0 ? "" : ",") + filter;
    return out + "]}";
  };
  const auto groups = [&](int count, int filters) {
    std::string out = R"({"filterGroups":[)";
    for (int i = 0; i < count; ++i) out += (i == 0 ? "" : ",") + group(filters);
    return out + "]}";
  };
  EXPECT_EQ(status(groups(3, 6)), 200);
  EXPECT_EQ(status(groups(4, 6)), 400);  // 24 filters
  EXPECT_EQ(status(groups(1, 7)), 400);
  EXPECT_EQ(status(groups(6, 1)), 400);
  EXPECT_EQ(status(R"({"limit":200})"), 200);
  EXPECT_EQ(status(R"({"limit":201})"), 400);
  EXPECT_EQ(status(R"({"limit":100,"after":"9900"})"), 200);
  EXPECT_EQ(status(R"({"limit":100,"after":"9901"})"), 400);  // beyond 10,000
  EXPECT_EQ(status(R"({"query":")" + std::string(3'000, 'a') + "\"}"), 400);
}

TEST_F(CrmSearch, MistakesAreNamed) {
  EXPECT_EQ(status(R"({"filters":[{"propertyName":"nope","operator":"EQ","value":"1"}]})"), 400);
  EXPECT_EQ(status(R"({"filters":[{"propertyName":"email","operator":"LIKE","value":"1"}]})"), 400);
  EXPECT_EQ(status(R"({"filters":[{"propertyName":"email","operator":"IN","value":"1"}]})"), 400);
  EXPECT_EQ(status(R"({"filters":[{"propertyName":"email","operator":"BETWEEN","value":"1"}]})"),
            400);
  EXPECT_EQ(status(R"({"sorts":["nope"]})"), 400);
  EXPECT_EQ(status(R"({"sorts":["email","city"]})"), 400);
}

TEST_F(CrmSearch, FiveASecondAndNoRateHeaders) {
  client.clock.advance(Millis{1'000});
  for (int i = 0; i < 5; ++i) {
    const auto sent = client.post(kSearch, "{}", token);
    EXPECT_EQ(sent.status, 200);
    EXPECT_EQ(sent.header("X-HubSpot-RateLimit-Max"), "");
  }
  const auto limited = client.post(kSearch, "{}", token);
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.text("/policyName"), "SECONDLY");
  EXPECT_EQ(limited.text("/message"), "You have reached your secondly limit.");
  client.clock.advance(Millis{1'000});
  EXPECT_EQ(client.post(kSearch, "{}", token).status, 200);
}

TEST_F(CrmSearch, IndexMayLagBehind) {
  client.post("/_sandbox/settings", R"({"searchLag":5})");
  EXPECT_EQ(found(R"({"propertyName":"firstname","operator":"EQ","value":"Cid"})"), "");
  client.clock.advance(Millis{5'000});
  EXPECT_EQ(found(R"({"propertyName":"firstname","operator":"EQ","value":"Cid"})"), "Cid");
}

}  // namespace
}  // namespace wayleave::sandbox
