#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

constexpr std::string_view kBatch = "/crm/v3/objects/contacts/batch/";

class CrmBatch : public ::testing::Test {
 protected:
  TestClient client;
  std::string token = client.install().access;

  TestClient::Sent batch(std::string_view what, std::string body) {
    return client.post(std::string(kBatch) + std::string(what), std::move(body), token);
  }
  std::string create(std::string_view email) {
    return client
        .post("/crm/v3/objects/contacts",
              R"({"properties":{"email":")" + std::string(email) + "\"}}",
              token)
        .text("/id");
  }
  int contacts() {
    client.clock.advance(Millis{1'000});
    return std::stoi(client.post("/crm/v3/objects/contacts/search", "{}", token).text("/total"));
  }
};

TEST_F(CrmBatch, ReadTellsUnknownIds) {
  const std::string id = create("a@example.com");
  const auto all = batch("read", R"({"inputs":[{"id":")" + id + R"("}],"properties":["email"]})");
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.text("/status"), "COMPLETE");
  EXPECT_EQ(all.text("/results/0/properties/email"), "a@example.com");
  const auto some = batch("read", R"({"inputs":[{"id":")" + id + R"("},{"id":"12"}]})");
  EXPECT_EQ(some.status, 207);
  EXPECT_EQ(some.text("/numErrors"), "1");
  EXPECT_EQ(some.text("/errors/0/category"), "OBJECT_NOT_FOUND");
  EXPECT_EQ(some.text("/errors/0/context/ids/0"), "12");
  EXPECT_EQ(some.json().at("results").as_array().size(), 1U);
}

TEST_F(CrmBatch, ReadByEmail) {
  const std::string id = create("a@example.com");
  const auto sent = batch("read", R"({"idProperty":"email","inputs":[{"id":"A@example.com"}]})");
  EXPECT_EQ(sent.text("/results/0/id"), id);
}

TEST_F(CrmBatch, CreateIsAllOrNothingWithoutTraceIds) {
  const int before = contacts();
  const auto wrong =
      batch("create",
            R"({"inputs":[{"properties":{"email":"x@example.com"}},{"properties":{"nope":"1"}}]})");
  EXPECT_EQ(wrong.status, 400);
  const auto twice = batch("create",
                           R"({"inputs":[{"properties":{"email":"x@example.com"}},
                               {"properties":{"email":"X@example.com"}}]})");
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(contacts(), before);
  EXPECT_EQ(batch("create", R"({"inputs":[{"properties":{"email":"x@example.com"}}]})").status,
            201);
  EXPECT_EQ(contacts(), before + 1);
}

TEST_F(CrmBatch, TraceIdsMakePartialFailuresPossible) {
  create("taken@example.com");
  const auto sent =
      batch("create",
            R"({"inputs":[{"objectWriteTraceId":"t1","properties":{"email":"new@example.com"}},
          {"objectWriteTraceId":"t2","properties":{"email":"taken@example.com"}}]})");
  EXPECT_EQ(sent.status, 207);
  EXPECT_EQ(sent.text("/results/0/objectWriteTraceId"), "t1");
  EXPECT_EQ(sent.text("/errors/0/category"), "CONFLICT");
  EXPECT_EQ(sent.text("/errors/0/context/objectWriteTraceId/0"), "t2");
}

TEST_F(CrmBatch, UpdateTellsUnknownIdsAndWritesTheRest) {
  const std::string id = create("a@example.com");
  const auto sent = batch("update",
                          R"({"inputs":[{"id":")" + id +
                              R"(","properties":{"city":"Graz"}},
                                  {"id":"7","properties":{"city":"Graz"}}]})");
  EXPECT_EQ(sent.status, 207);
  EXPECT_EQ(sent.text("/results/0/properties/city"), "Graz");
  EXPECT_EQ(sent.text("/errors/0/context/ids/0"), "7");
}

TEST_F(CrmBatch, UpsertSaysWhatIsNew) {
  const std::string id = create("old@example.com");
  const auto sent =
      batch("upsert",
            R"({"inputs":[{"id":"old@example.com","idProperty":"email","properties":{"city":"A"}},
          {"id":"new@example.com","idProperty":"email","properties":{"city":"B"}}]})");
  EXPECT_EQ(sent.status, 200) << sent.response.body;
  EXPECT_EQ(sent.text("/results/0/id"), id);
  EXPECT_EQ(sent.text("/results/0/new"), "false");
  EXPECT_EQ(sent.text("/results/1/new"), "true");
  EXPECT_EQ(sent.text("/results/1/properties/email"), "new@example.com");
}

TEST_F(CrmBatch, UpsertWithTraceIdsReportsEachError) {
  const auto sent = batch(
      "upsert",
      R"({"inputs":[{"objectWriteTraceId":"1","id":"a@example.com","idProperty":"email","properties":{}},
          {"objectWriteTraceId":"2","id":"broken","idProperty":"email","properties":{}}]})");
  EXPECT_EQ(sent.status, 207);
  EXPECT_EQ(sent.text("/results/0/new"), "true");
  EXPECT_EQ(sent.text("/errors/0/errors/0/code"), "INVALID_EMAIL");
}

TEST_F(CrmBatch, RepeatedIdsAreRefused) {
  const auto sent = batch("upsert",
                          R"({"inputs":[{"id":"a@example.com","idProperty":"email","properties":{}},
          {"id":"A@example.com","idProperty":"email","properties":{}}]})");
  EXPECT_EQ(sent.status, 400);
}

TEST_F(CrmBatch, HundredInputsAtMost) {
  const auto inputs = [](int count) {
    std::string out = R"({"inputs":[)";
    for (int i = 0; i < count; ++i) out += (i == 0 ? "" : ",") + std::string(R"({"id":"1"})");
    return out + "]}";
  };
  EXPECT_EQ(batch("read", inputs(100)).status, 207);
  EXPECT_EQ(batch("read", inputs(101)).status, 400);
  EXPECT_EQ(batch("read", R"({"inputs":[]})").status, 400);
  EXPECT_EQ(batch("read", "{}").status, 400);
}

TEST_F(CrmBatch, ArchiveIsSilentAboutUnknownIds) {
  const std::string id = create("a@example.com");
  EXPECT_EQ(batch("archive", R"({"inputs":[{"id":")" + id + R"("},{"id":"5"}]})").status, 204);
  EXPECT_EQ(client.get("/crm/v3/objects/contacts/" + id, token).status, 404);
}

}  // namespace
}  // namespace wayleave::sandbox
