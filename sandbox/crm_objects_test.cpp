#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

constexpr std::string_view kContacts = "/crm/v3/objects/contacts";

class CrmObjects : public ::testing::Test {
 protected:
  TestClient client;
  std::string token = client.install().access;

  std::string create(std::string body, std::string_view path = kContacts) {
    const auto sent = client.post(path, std::move(body), token);
    EXPECT_EQ(sent.status, 201) << sent.response.body;
    return sent.text("/id");
  }
  std::string at(std::string_view id, std::string_view more = {}) const {
    return std::string(kContacts) + "/" + std::string(id) + std::string(more);
  }
};

TEST_F(CrmObjects, ListPagesThroughEveryRecordOnce) {
  std::set<std::string> seen;
  std::string target = std::string(kContacts) + "?limit=5";
  for (int page = 0; page < 5 && !target.empty(); ++page) {
    const auto sent = client.get(target, token);
    ASSERT_EQ(sent.status, 200);
    const auto body = sent.json();
    for (const auto& result : body.at("results").as_array()) {
      EXPECT_TRUE(seen.insert(result.at("id").as_string().c_str()).second);
    }
    const std::string after = sent.text("/paging/next/after");
    target = after == "(absent)" ? "" : std::string(kContacts) + "?limit=5&after=" + after;
  }
  EXPECT_EQ(seen.size(), 12U);
}

TEST_F(CrmObjects, ListHasTheUsualShape) {
  const auto sent = client.get(std::string(kContacts) + "?limit=1", token);
  EXPECT_NE(sent.text("/results/0/properties/email").find('@'), std::string::npos);
  EXPECT_TRUE(sent.text("/results/0/createdAt").ends_with("Z"));
  EXPECT_EQ(sent.text("/results/0/archived"), "false");
  EXPECT_EQ(sent.text("/results/0/properties/hs_object_id"), sent.text("/results/0/id"));
  EXPECT_EQ(sent.text("/results/0/properties/phone"), "(absent)");
  EXPECT_TRUE(sent.text("/paging/next/link").starts_with("http://127.0.0.1:1/crm/v3/objects/"));
  EXPECT_EQ(sent.header("X-HubSpot-RateLimit-Max"), "110");
  EXPECT_EQ(sent.header("X-HubSpot-RateLimit-Remaining"), "109");
  EXPECT_EQ(sent.header("X-HubSpot-RateLimit-Interval-Milliseconds"), "10000");
}

TEST_F(CrmObjects, TypeIdsAndDatedPathsMeanTheSame) {
  const std::string first = client.get("/crm/v3/objects/0-1?limit=1", token).text("/results/0/id");
  for (const char* version : {"2026-03", "2026-09"}) {
    const auto sent =
        client.get(std::string("/crm/objects/") + version + "/contacts?limit=1", token);
    EXPECT_EQ(sent.text("/results/0/id"), first);
    EXPECT_NE(sent.text("/results/0/url").find("/record/0-1/" + first), std::string::npos);
  }
}

TEST_F(CrmObjects, QueryChoosesPropertiesHistoryAndAssociations) {
  const auto sent = client.get(std::string(kContacts) +
                                   "?limit=1&properties=phone,nonsense&properties=city"
                                   "&propertiesWithHistory=email&associations=companies",
                               token);
  EXPECT_NE(sent.text("/results/0/properties/phone"), "(absent)");
  EXPECT_NE(sent.text("/results/0/properties/city"), "(absent)");
  EXPECT_EQ(sent.text("/results/0/properties/nonsense"), "(absent)");
  EXPECT_EQ(sent.text("/results/0/properties/firstname"), "(absent)");
  EXPECT_EQ(sent.text("/results/0/propertiesWithHistory/email/0/sourceType"), "IMPORT");
  EXPECT_EQ(sent.text("/results/0/associations/companies/results/0/type"), "contact_to_company");
}

TEST_F(CrmObjects, BadPagingIsRefused) {
  for (const char* query : {"?limit=0",
                            "?limit=101",
                            "?limit=x",
                            "?after=x",
                            "?archived=maybe",
                            "?propertiesWithHistory=email&limit=51",
                            "?limit=%zz"}) {
    const auto sent = client.get(std::string(kContacts) + query, token);
    EXPECT_EQ(sent.status, 400) << query;
    EXPECT_EQ(sent.text("/category"), "VALIDATION_ERROR") << query;
  }
}

TEST_F(CrmObjects, CreatedRecordReadsBack) {
  const std::string id = create(
      R"({"properties":{"email":"New.Person@Example.com","firstname":"New","numberofemployees":7}})");
  const auto sent =
      client.get(at(id, "?properties=email,firstname,numberofemployees,lifecyclestage"), token);
  EXPECT_EQ(sent.text("/properties/email"), "new.person@example.com");
  EXPECT_EQ(sent.text("/properties/numberofemployees"), "7");
  EXPECT_EQ(sent.text("/properties/lifecyclestage"), "lead");
  EXPECT_EQ(client.get(at("New.Person@example.com", "?idProperty=email"), token).text("/id"), id);
}

TEST_F(CrmObjects, UsedEmailConflictsAndNamesTheRecord) {
  const std::string id = create(R"({"properties":{"email":"a@example.com"}})");
  const auto sent = client.post(kContacts, R"({"properties":{"email":"A@example.com"}})", token);
  EXPECT_EQ(sent.status, 409);
  EXPECT_EQ(sent.text("/category"), "CONFLICT");
  EXPECT_EQ(sent.text("/message"), "Contact already exists. Existing ID: " + id);
}

TEST_F(CrmObjects, EveryWrongValueIsListed) {
  const auto sent = client.post(kContacts,
                                R"({"properties":{"email":"no-at","numberofemployees":"many",
          "shoe_size":"44","lifecyclestage":"king","hs_object_id":"1","closedate":"soon"}})",
                                token);
  EXPECT_EQ(sent.status, 400);
  EXPECT_EQ(sent.text("/category"), "VALIDATION_ERROR");
  std::set<std::string> codes;
  const auto body = sent.json();
  for (const auto& error : body.at("errors").as_array()) {
    codes.insert(error.at("code").as_string().c_str());
  }
  EXPECT_EQ(codes,
            (std::set<std::string>{"INVALID_EMAIL",
                                   "INVALID_INTEGER",
                                   "PROPERTY_DOESNT_EXIST",
                                   "INVALID_OPTION",
                                   "READ_ONLY_VALUE",
                                   "INVALID_LONG"}));
  EXPECT_TRUE(sent.text("/message").starts_with("Property values were not valid: [{\"isValid\":"));
}

TEST_F(CrmObjects, BodiesMustBeJsonObjectsWithProperties) {
  EXPECT_EQ(client.post(kContacts, "{", token).status, 400);
  EXPECT_EQ(client.post(kContacts, "[]", token).status, 400);
  EXPECT_EQ(client.post(kContacts, "{}", token).status, 400);
  EXPECT_EQ(client.post(kContacts, R"({"properties":{"firstname":{"a":1}}})", token).status, 400);
  EXPECT_EQ(client
                .send("POST",
                      kContacts,
                      "a=b",
                      {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Authorization", "Bearer " + token}})
                .status,
            415);
}

TEST_F(CrmObjects, UpdateChangesClearsAndKeepsHistory) {
  const std::string id = create(R"({"properties":{"firstname":"Ada","city":"Bath"}})");
  client.clock.advance(Millis{5'000});
  const auto sent =
      client.call("PATCH", at(id), R"({"properties":{"firstname":"Eve","city":""}})", token);
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(sent.text("/properties/city"), "null");
  EXPECT_NE(sent.text("/updatedAt"), sent.text("/createdAt"));
  const auto read = client.get(at(id, "?propertiesWithHistory=firstname"), token);
  EXPECT_EQ(read.text("/propertiesWithHistory/firstname/0/value"), "Eve");
  EXPECT_EQ(read.text("/propertiesWithHistory/firstname/1/value"), "Ada");
  EXPECT_EQ(read.text("/propertiesWithHistory/firstname/0/sourceType"), "INTEGRATION");
}

TEST_F(CrmObjects, ArchivedRecordsAreApartAndFreeTheirEmail) {
  const std::string id = create(R"({"properties":{"email":"gone@example.com"}})");
  EXPECT_EQ(client.call("DELETE", at(id), "", token).status, 204);
  EXPECT_EQ(client.call("DELETE", at(id), "", token).status, 204);
  EXPECT_EQ(client.get(at(id), token).status, 404);
  const auto archived = client.get(at(id, "?archived=true"), token);
  EXPECT_EQ(archived.status, 200);
  EXPECT_NE(archived.text("/archivedAt"), "(absent)");
  create(R"({"properties":{"email":"gone@example.com"}})");
}

TEST_F(CrmObjects, RequiredPropertiesDifferByType) {
  const auto status = [&](std::string_view type, std::string body) {
    return client.post("/crm/v3/objects/" + std::string(type), std::move(body), token).status;
  };
  EXPECT_EQ(status("companies", R"({"properties":{"city":"Ulm"}})"), 400);
  EXPECT_EQ(status("companies", R"({"properties":{"domain":"ulm.example"}})"), 201);
  EXPECT_EQ(status("deals", R"({"properties":{"amount":"5"}})"), 400);
  EXPECT_EQ(status("deals", R"({"properties":{"dealname":"D","dealstage":"closedwon"}})"), 201);
  EXPECT_EQ(status("deals", R"({"properties":{"dealname":"D","dealstage":"nowhere"}})"), 400);
  EXPECT_EQ(status("tickets", R"({"properties":{"subject":"S"}})"), 400);
  EXPECT_EQ(status("tickets", R"({"properties":{"subject":"S","hs_pipeline_stage":"1"}})"), 201);
  EXPECT_EQ(status("unicorns", R"({"properties":{}})"), 400);
}

TEST_F(CrmObjects, CreateMayLinkToExistingRecords) {
  const std::string company =
      create(R"({"properties":{"name":"Link Co"}})", "/crm/v3/objects/companies");
  const std::string id =
      create(R"({"properties":{"firstname":"L"},"associations":[{"to":{"id":")" + company +
             R"("},"types":[{"associationCategory":"HUBSPOT_DEFINED",
                                "associationTypeId":279}]}]})");
  EXPECT_EQ(client.get(at(id, "?associations=company"), token)
                .text("/associations/companies/results/0/id"),
            company);
  const auto bad = client.post(kContacts,
                               R"({"properties":{},"associations":[{"to":{"id":"1"},
          "types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]})",
                               token);
  EXPECT_EQ(bad.status, 400);
}

TEST_F(CrmObjects, MergeKeepsThePrimaryAndRedirectsTheOther) {
  const std::string one = create(R"({"properties":{"email":"one@example.com"}})");
  const std::string two = create(R"({"properties":{"email":"two@example.com","city":"Bern"}})");
  const auto sent =
      client.post("/crm/v3/objects/contacts/merge",
                  R"({"primaryObjectId":")" + one + R"(","objectIdToMerge":")" + two + "\"}",
                  token);
  EXPECT_EQ(sent.status, 200);
  const auto read = client.get(at(two, "?properties=email,city,hs_merged_object_ids"), token);
  EXPECT_EQ(read.text("/id"), one);
  EXPECT_EQ(read.text("/properties/email"), "one@example.com");
  EXPECT_EQ(read.text("/properties/city"), "Bern");
  EXPECT_EQ(read.text("/properties/hs_merged_object_ids"), two);
}

TEST_F(CrmObjects, PrivacyDeletionLeavesNothing) {
  const std::string id = create(R"({"properties":{"email":"secret@example.com"}})");
  EXPECT_EQ(client
                .post("/crm/v3/objects/contacts/gdpr-delete",
                      R"({"objectId":"secret@example.com","idProperty":"email"})",
                      token)
                .status,
            204);
  EXPECT_EQ(client.get(at(id, "?archived=true"), token).status, 404);
}

TEST_F(CrmObjects, AccountsDoNotShareRecords) {
  const std::string id = create(R"({"properties":{"email":"mine@example.com"}})");
  const std::string other = client.install().access;
  EXPECT_EQ(client.get(at(id), other).status, 404);
}

TEST_F(CrmObjects, SameSeedGivesTheSameData) {
  TestClient second;
  const std::string other = second.install().access;
  EXPECT_EQ(client.get(kContacts, token).response.body, second.get(kContacts, other).response.body);
}

TEST(CrmAccess, CredentialsAreRequired) {
  TestClient client;
  const auto none = client.get(kContacts);
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.text("/category"), "INVALID_AUTHENTICATION");
  const auto garbage = client.get(kContacts, "garbage");
  EXPECT_EQ(garbage.status, 401);
  EXPECT_EQ(garbage.text("/category"), "EXPIRED_AUTHENTICATION");
  EXPECT_EQ(garbage.text("/context/expire time/0"), "1970-01-01T00:00:00.000Z");
}

TEST(CrmAccess, ScopesAreEnforcedAndNamed) {
  TestClient client;
  const std::string token = client.install("oauth crm.objects.contacts.read").access;
  EXPECT_EQ(client.get(kContacts, token).status, 200);
  const auto sent = client.post(kContacts, R"({"properties":{}})", token);
  EXPECT_EQ(sent.status, 403);
  EXPECT_EQ(sent.text("/category"), "MISSING_SCOPES");
  EXPECT_EQ(sent.text("/errors/0/context/requiredGranularScopes/0"), "crm.objects.contacts.write");
  EXPECT_EQ(sent.text("/links/scopes"), "https://developers.hubspot.com/scopes");
  EXPECT_EQ(client.get("/crm/v3/objects/tickets", token).status, 403);
}

TEST(CrmLimits, RollingWindowIsPerAppAndAccount) {
  Options options = TestClient::quick_options();
  options.rate_limit_requests = 3;
  TestClient client(options);
  const auto one = client.install();
  const auto two = client.install();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.get(kContacts, one.access).status, 200);
    client.clock.advance(Millis{1'000});
  }
  const auto limited = client.get(kContacts, one.access);
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.text("/policyName"), "TEN_SECONDLY_ROLLING");
  EXPECT_EQ(limited.text("/errorType"), "RATE_LIMIT");
  EXPECT_EQ(limited.header("X-HubSpot-RateLimit-Remaining"), "0");
  EXPECT_EQ(client.get(kContacts, two.access).status, 200);
  client.clock.advance(Millis{7'000});  // ten seconds after the first call, not the last
  EXPECT_EQ(client.get(kContacts, one.access).status, 200);
  EXPECT_EQ(client.get(kContacts, one.access).status, 429);
  EXPECT_EQ(client.get("/_sandbox/stats").text("/rateLimited"), "2");
}

TEST(CrmLimits, DailyLimitEndsAtTheAccountsMidnight) {
  Options options = TestClient::quick_options();
  options.daily_limit = 1;
  TestClient client(options);
  const auto tokens = client.install();
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 200);
  EXPECT_EQ(client.get(kContacts, tokens.access).text("/policyName"), "DAILY");
  client.post("/_sandbox/clock", R"({"advance":86400})");
  EXPECT_EQ(client.get(kContacts, client.refresh(tokens.refresh).text("/access_token")).status,
            200);
}

TEST(CrmLimits, TroubledAccountsAnswerSo) {
  TestClient client;
  const auto tokens = client.install();
  const std::string account = "/_sandbox/accounts/" + std::to_string(tokens.portal);
  client.call("PUT", account, R"({"state":"migrating"})");
  const auto moving = client.get(kContacts, tokens.access);
  EXPECT_EQ(moving.status, 477);
  EXPECT_EQ(moving.header("Retry-After"), "3600");
  client.call("PUT", account, R"({"state":"locked"})");
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 423);
  client.call("PUT", account, R"({"state":"active"})");
  EXPECT_EQ(client.get(kContacts, tokens.access).status, 200);
}

}  // namespace
}  // namespace wayleave::sandbox
