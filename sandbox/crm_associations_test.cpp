#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

class CrmAssociations : public ::testing::Test {
 protected:
  TestClient client;
  std::string token = client.install().access;
  std::string contact = create("contacts", R"({"properties":{"firstname":"C"}})");
  std::string first = create("companies", R"({"properties":{"name":"First"}})");
  std::string second = create("companies", R"({"properties":{"name":"Second"}})");

  std::string create(std::string_view type, std::string body) {
    return client.post("/crm/v3/objects/" + std::string(type), std::move(body), token).text("/id");
  }
  TestClient::Sent link_default(const std::string& company) {
    return client.call(
        "PUT",
        "/crm/v4/objects/contacts/" + contact + "/associations/default/companies/" + company,
        "",
        token);
  }
  TestClient::Sent list(const std::string& more = "") {
    return client.get("/crm/v4/objects/contacts/" + contact + "/associations/companies" + more,
                      token);
  }
  std::string pair_body(const std::string& company, const std::string& types) const {
    return R"({"inputs":[{"from":{"id":")" + contact + R"("},"to":{"id":")" + company +
           R"("},"types":)" + types + "}]}";
  }
};

TEST_F(CrmAssociations, FirstCompanyBecomesPrimary) {
  EXPECT_EQ(link_default(first).status, 200);
  EXPECT_EQ(link_default(second).status, 200);
  const auto sent = list();
  const auto body = sent.json();
  ASSERT_EQ(body.at("results").as_array().size(), 2U);
  EXPECT_EQ(sent.text("/results/0/associationTypes/0/typeId"), "1");
  EXPECT_EQ(sent.text("/results/0/associationTypes/0/label"), "Primary");
  EXPECT_EQ(sent.text("/results/0/associationTypes/1/typeId"), "279");
  EXPECT_EQ(sent.text("/results/1/associationTypes/0/typeId"), "279");
  EXPECT_EQ(sent.text("/results/1/associationTypes/0/label"), "null");
}

TEST_F(CrmAssociations, NewPrimaryReplacesTheOld) {
  link_default(first);
  const auto sent =
      client.call("PUT",
                  "/crm/v4/objects/contacts/" + contact + "/associations/companies/" + second,
                  R"([{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":1}])",
                  token);
  EXPECT_EQ(sent.status, 201);
  EXPECT_EQ(sent.text("/toObjectId"), second);
  EXPECT_EQ(sent.text("/labels"), R"(["Primary"])");
  const auto listed = list();
  EXPECT_EQ(listed.text("/results/0/associationTypes/0/typeId"), "279");
  EXPECT_EQ(listed.text("/results/1/associationTypes/0/typeId"), "1");
}

TEST_F(CrmAssociations, LinksAreSeenFromBothSidesAndPaged) {
  link_default(first);
  link_default(second);
  const auto back =
      client.get("/crm/objects/2026-09/companies/" + first + "/associations/contacts", token);
  EXPECT_EQ(back.text("/results/0/toObjectId"), contact);
  EXPECT_EQ(back.text("/results/0/associationTypes/0/typeId"), "2");
  const auto page = list("?limit=1");
  EXPECT_EQ(page.text("/paging/next/after"), second);
  EXPECT_EQ(list("?limit=1&after=" + second).text("/results/0/toObjectId"), second);
}

TEST_F(CrmAssociations, DeleteRemovesBothDirections) {
  link_default(first);
  EXPECT_EQ(client
                .call("DELETE",
                      "/crm/v4/objects/contacts/" + contact + "/associations/companies/" + first,
                      "",
                      token)
                .status,
            204);
  EXPECT_EQ(list().text("/results"), "[]");
  EXPECT_EQ(client.get("/crm/v4/objects/companies/" + first + "/associations/contacts", token)
                .text("/results"),
            "[]");
}

TEST_F(CrmAssociations, BatchesCreateReadAndArchive) {
  const std::string base = "/crm/v4/associations/contacts/companies/batch/";
  EXPECT_EQ(
      client
          .post(base + "create",
                pair_body(first,
                          R"([{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}])"),
                token)
          .status,
      201);
  const auto read =
      client.post(base + "read", R"({"inputs":[{"id":")" + contact + R"("},{"id":"9"}]})", token);
  EXPECT_EQ(read.status, 207);
  EXPECT_EQ(read.text("/results/0/from/id"), contact);
  EXPECT_EQ(read.text("/results/0/to/0/toObjectId"), first);
  EXPECT_EQ(read.text("/errors/0/context/ids/0"), "9");
  EXPECT_EQ(client
                .post(base + "archive",
                      R"({"inputs":[{"from":{"id":")" + contact + R"("},"to":[{"id":")" + first +
                          "\"}]}]}",
                      token)
                .status,
            204);
  EXPECT_EQ(list().text("/results"), "[]");
}

TEST_F(CrmAssociations, OwnLabelsCanBeMadeAndTakenAway) {
  const std::string labels = "/crm/v4/associations/contacts/companies/labels";
  const auto made = client.post(labels, R"({"label":"Adviser","name":"adviser"})", token);
  EXPECT_EQ(made.status, 200) << made.response.body;
  const std::string type = made.text("/results/0/typeId");
  const std::string types =
      R"([{"associationCategory":"USER_DEFINED","associationTypeId":)" + type + "}]";
  const std::string base = "/crm/v4/associations/contacts/companies/batch/";
  const auto linked = client.post(base + "create", pair_body(first, types), token);
  EXPECT_EQ(linked.text("/results/0/labels"), R"(["Adviser"])") << linked.response.body;
  EXPECT_EQ(client.post(base + "labels/archive", pair_body(first, types), token).status, 204);
  EXPECT_EQ(list().text("/results/0/associationTypes/0/typeId"), "279");
  EXPECT_EQ(client.post(labels, R"({"label":"Adviser","name":"adviser"})", token).status, 400);
}

TEST_F(CrmAssociations, UnknownTypesAndRecordsAreRefused) {
  EXPECT_EQ(link_default("5").status, 404);
  EXPECT_EQ(client
                .call("PUT",
                      "/crm/v4/objects/contacts/" + contact + "/associations/companies/" + first,
                      R"([{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":3}])",
                      token)
                .status,
            400);
}

}  // namespace
}  // namespace wayleave::sandbox
