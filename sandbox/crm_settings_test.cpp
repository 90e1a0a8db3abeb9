#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

class CrmSettings : public ::testing::Test {
 protected:
  TestClient client;
  TestClient::Tokens tokens = client.install();
};

TEST_F(CrmSettings, PropertiesAreDefined) {
  const auto sent = client.get("/crm/v3/properties/contacts/lifecyclestage", tokens.access);
  EXPECT_EQ(sent.text("/type"), "enumeration");
  EXPECT_EQ(sent.text("/options/0/value"), "subscriber");
  EXPECT_EQ(sent.text("/hubspotDefined"), "true");
  EXPECT_EQ(sent.text("/modificationMetadata/archivable"), "false");
  EXPECT_GT(client.get("/crm/properties/2026-09/0-1", tokens.access)
                .json()
                .at("results")
                .as_array()
                .size(),
            20U);
  EXPECT_EQ(client.get("/crm/v3/properties/contacts/nope", tokens.access).status, 404);
}

TEST_F(CrmSettings, OwnPropertyLivesAndDies) {
  const std::string base = "/crm/v3/properties/contacts";
  const std::string body =
      R"({"name":"shoe_size","label":"Shoe size","type":"number","fieldType":"number",
          "groupName":"contactinformation","hasUniqueValue":false})";
  EXPECT_EQ(client.post(base, body, tokens.access).status, 201);
  EXPECT_EQ(client.post(base, body, tokens.access).status, 409);
  const auto written = client.post(
      "/crm/v3/objects/contacts", R"({"properties":{"shoe_size":"44.5"}})", tokens.access);
  EXPECT_EQ(written.text("/properties/shoe_size"), "44.5");
  EXPECT_EQ(client.call("PATCH", base + "/shoe_size", R"({"label":"Size"})", tokens.access)
                .text("/label"),
            "Size");
  EXPECT_EQ(client.call("DELETE", base + "/shoe_size", "", tokens.access).status, 204);
  EXPECT_EQ(client.get(base + "/shoe_size", tokens.access).status, 404);
  EXPECT_EQ(client.get(base + "/shoe_size?archived=true", tokens.access).status, 200);
  EXPECT_EQ(client.call("DELETE", base + "/email", "", tokens.access).status, 400);
}

TEST_F(CrmSettings, OwnUniquePropertyIdentifiesRecords) {
  client.post("/crm/v3/properties/contacts",
              R"({"name":"customer_no","label":"No","type":"string","fieldType":"text",
                  "groupName":"contactinformation","hasUniqueValue":true})",
              tokens.access);
  const auto made = client.post(
      "/crm/v3/objects/contacts", R"({"properties":{"customer_no":"K-1"}})", tokens.access);
  EXPECT_EQ(
      client.get("/crm/v3/objects/contacts/K-1?idProperty=customer_no", tokens.access).text("/id"),
      made.text("/id"));
  EXPECT_EQ(client.get("/crm/v3/objects/contacts/Ann?idProperty=firstname", tokens.access).status,
            400);
}

TEST_F(CrmSettings, PropertyMistakesAreRefused) {
  for (
      const char* body :
      {R"({"name":"Bad Name","label":"x","type":"string","fieldType":"text","groupName":"contactinformation"})",
       R"({"name":"a","label":"x","type":"colour","fieldType":"text","groupName":"contactinformation"})",
       R"({"name":"a","label":"x","type":"string","fieldType":"text","groupName":"nowhere"})",
       R"({"name":"a","label":"x","type":"enumeration","fieldType":"select","groupName":"contactinformation"})"}) {
    EXPECT_EQ(client.post("/crm/v3/properties/contacts", body, tokens.access).status, 400) << body;
  }
}

TEST_F(CrmSettings, PropertyBatchesAndGroups) {
  const std::string base = "/crm/v3/properties/contacts";
  EXPECT_EQ(
      client.post(base + "/groups", R"({"name":"fleet","label":"Fleet"})", tokens.access).status,
      201);
  const auto made = client.post(
      base + "/batch/create",
      R"({"inputs":[{"name":"cars","label":"Cars","type":"number","fieldType":"number","groupName":"fleet"},
          {"name":"cars","label":"Cars","type":"number","fieldType":"number","groupName":"fleet"}]})",
      tokens.access);
  EXPECT_EQ(made.status, 207);
  EXPECT_EQ(client.call("DELETE", base + "/groups/fleet", "", tokens.access).status, 400);
  EXPECT_EQ(client
                .post(base + "/batch/read",
                      R"({"archived":false,"inputs":[{"name":"cars"}]})",
                      tokens.access)
                .text("/results/0/groupName"),
            "fleet");
  EXPECT_EQ(
      client.post(base + "/batch/archive", R"({"inputs":[{"name":"cars"}]})", tokens.access).status,
      204);
  EXPECT_EQ(client.call("DELETE", base + "/groups/fleet", "", tokens.access).status, 204);
  EXPECT_EQ(client.get(base + "/groups/fleet", tokens.access).status, 404);
}

TEST_F(CrmSettings, OwnersCanBeListedAndFound) {
  const auto all = client.get("/crm/v3/owners?limit=2", tokens.access);
  EXPECT_EQ(all.json().at("results").as_array().size(), 2U);
  EXPECT_NE(all.text("/paging/next/after"), "(absent)");
  const std::string email = all.text("/results/0/email");
  EXPECT_EQ(client.get("/crm/owners/2026-09?email=" + email, tokens.access).text("/results/0/id"),
            all.text("/results/0/id"));
  const auto archived = client.get("/crm/v3/owners?archived=true", tokens.access);
  EXPECT_EQ(archived.text("/results/0/userId"), "null");
  EXPECT_EQ(client
                .get("/crm/v3/owners/" + all.text("/results/0/userId") + "?idProperty=userId",
                     tokens.access)
                .text("/email"),
            email);
}

TEST_F(CrmSettings, PipelinesHaveStages) {
  EXPECT_EQ(
      client.get("/crm/v3/pipelines/deals/default/stages", tokens.access).text("/results/5/id"),
      "closedwon");
  EXPECT_EQ(client.get("/crm/v3/pipelines/tickets/0", tokens.access).text("/stages/3/label"),
            "Closed");
  EXPECT_EQ(client.get("/crm/v3/pipelines/deals/none", tokens.access).status, 404);
}

TEST_F(CrmSettings, AccountTellsWhoIsConnected) {
  const auto sent = client.get("/account-info/v3/details", tokens.access);
  EXPECT_EQ(sent.text("/portalId"), std::to_string(tokens.portal));
  EXPECT_EQ(sent.text("/uiDomain"), "app.hubspot.com");
  EXPECT_EQ(sent.text("/utcOffset"), "-05:00");
  EXPECT_EQ(sent.text("/portalName"), "(absent)");
  EXPECT_NE(client.get("/account-info/2026-09/details", tokens.access).text("/portalName"),
            "(absent)");
  EXPECT_EQ(client.get("/account-info/v3/api-usage/daily/private-apps", tokens.access)
                .text("/results/0/currentUsage"),
            "3");
}

}  // namespace
}  // namespace wayleave::sandbox
