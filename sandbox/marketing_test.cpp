#include "sandbox/test_client.hpp"

namespace wayleave::sandbox {
namespace {

class Marketing : public ::testing::Test {
 protected:
  TestClient client;
  TestClient::Tokens tokens = client.install();

  std::string form_named(std::string_view name) {
    const auto body = client.get("/marketing/v3/forms", tokens.access).json();
    for (const auto& form : body.at("results").as_array()) {
      if (form.at("name").as_string() == name) return form.at("id").as_string().c_str();
    }
    return {};
  }
  TestClient::Sent submit(const std::string& form, std::string body) {
    return client.post(
        "/submissions/v3/integration/secure/submit/" + std::to_string(tokens.portal) + "/" + form,
        std::move(body),
        tokens.access);
  }
};

TEST_F(Marketing, FormsCanBeListedMadeChangedAndArchived) {
  const auto page = client.get("/marketing/v3/forms?limit=2", tokens.access);
  EXPECT_EQ(page.text("/paging/next/after"), "2");
  EXPECT_EQ(client.get("/marketing/v3/forms?formTypes=captured", tokens.access).text("/results"),
            "[]");
  const auto made = client.post(
      "/marketing/v3/forms",
      R"({"name":"Survey","formType":"hubspot","fieldGroups":[{"groupType":"default_group","fields":
          [{"objectTypeId":"0-1","name":"email","label":"Email","required":true,"hidden":false,"fieldType":"email"}]}]})",
      tokens.access);
  ASSERT_EQ(made.status, 201) << made.response.body;
  EXPECT_EQ(made.text("/configuration/language"), "en");
  const std::string target = "/marketing/v3/forms/" + made.text("/id");
  EXPECT_EQ(client.call("PATCH", target, R"({"name":"Poll"})", tokens.access).text("/name"),
            "Poll");
  EXPECT_EQ(client.get(target, tokens.access).text("/fieldGroups/0/fields/0/name"), "email");
  EXPECT_EQ(client.call("PUT", target, R"({"name":"Empty","fieldGroups":[]})", tokens.access)
                .text("/fieldGroups"),
            "[]");
  EXPECT_EQ(client.call("DELETE", target, "", tokens.access).status, 204);
  EXPECT_EQ(client.get(target, tokens.access).status, 404);
  EXPECT_EQ(client.get(target + "?archived=true", tokens.access).status, 200);
}

TEST_F(Marketing, BrokenFormsAreRefused) {
  for (
      const char* body :
      {R"({"fieldGroups":[]})",
       R"({"name":"x","fieldGroups":7})",
       R"({"name":"x","formType":"captured"})",
       R"({"name":"x","configuration":[]})",
       R"({"name":"x","fieldGroups":[{"fields":[{"name":"email"}]}]})",
       R"({"name":"x","fieldGroups":[{"fields":[{"objectTypeId":"0-1","name":"a","label":"a","fieldType":"hologram"}]}]})"}) {
    EXPECT_EQ(client.post("/marketing/v3/forms", body, tokens.access).status, 400) << body;
  }
}

TEST_F(Marketing, SubmissionMakesAContactAndIsReadNewestFirst) {
  const std::string form = form_named("Contact us");
  const auto sent =
      submit(form,
             R"({"fields":[{"objectTypeId":"0-1","name":"email","value":"Visitor@example.com"},
          {"objectTypeId":"0-1","name":"firstname","value":"Vi"}],
          "context":{"pageUri":"https://www.example.com/contact"}})");
  ASSERT_EQ(sent.status, 200) << sent.response.body;
  EXPECT_EQ(sent.text("/inlineMessage"), "Thanks for submitting the form.");
  submit(form, R"({"fields":[{"name":"email","value":"second@example.com"}]})");
  const auto contact =
      client.get("/crm/v3/objects/contacts/visitor@example.com?idProperty=email", tokens.access);
  EXPECT_EQ(contact.text("/properties/firstname"), "Vi");
  const std::string target = "/form-integrations/v1/submissions/forms/" + form;
  const auto first = client.get(target + "?limit=1", tokens.access);
  EXPECT_EQ(first.text("/results/0/values/0/value"), "second@example.com");
  const auto second =
      client.get(target + "?limit=1&after=" + first.text("/paging/next/after"), tokens.access);
  EXPECT_EQ(second.text("/results/0/pageUrl"), "https://www.example.com/contact");
  EXPECT_EQ(second.text("/paging"), "(absent)");
  EXPECT_EQ(client.get(target + "?limit=51", tokens.access).status, 400);
}

TEST_F(Marketing, SubmissionsAreValidated) {
  const std::string form = form_named("Newsletter");
  const auto missing = submit(form, R"({"fields":[]})");
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(missing.text("/errors/0/errorType"), "REQUIRED_FIELD");
  const auto wrong = submit(form, R"({"fields":[{"name":"email","value":"nope"}]})");
  EXPECT_EQ(wrong.text("/errors/0/errorType"), "INVALID_EMAIL");
  EXPECT_EQ(
      submit(form, R"({"submittedAt":1,"fields":[{"name":"email","value":"a@b.example"}]})").status,
      400);
  EXPECT_EQ(submit("none", R"({"fields":[]})").status, 404);
}

TEST_F(Marketing, OpenSubmissionNeedsNoTokenAndHasItsOwnLimit) {
  const std::string target = "/submissions/v3/integration/submit/" + std::to_string(tokens.portal) +
                             "/" + form_named("Newsletter");
  const std::string body = R"({"fields":[{"name":"email","value":"open@example.com"}]})";
  const auto sent = client.post(target, body);
  EXPECT_EQ(sent.status, 200);
  EXPECT_EQ(sent.header("Access-Control-Allow-Origin"), "*");
  for (int i = 1; i < 50; ++i) EXPECT_EQ(client.post(target, body).status, 200);
  EXPECT_EQ(client.post(target, body).status, 429);
}

TEST_F(Marketing, SecureSubmissionIsForTheTokensAccountOnly) {
  const auto other = client.install();
  EXPECT_EQ(client
                .post("/submissions/v3/integration/secure/submit/" + std::to_string(tokens.portal) +
                          "/" + form_named("Newsletter"),
                      R"({"fields":[{"name":"email","value":"a@b.example"}]})",
                      other.access)
                .status,
            404);
}

}  // namespace
}  // namespace wayleave::sandbox
