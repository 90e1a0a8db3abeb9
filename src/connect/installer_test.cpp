#include "connect/installer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "connect/installer_rig.hpp"
#include "connect/limits.hpp"
#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Start, GivesTheProvidersPageWithStateAndChallenge) {
  Rig rig;
  const std::string url = rig.begin();
  EXPECT_THAT(url, StartsWith("https://login.acme.example/authorize?"));
  const FormFields query = query_of(url);
  EXPECT_EQ(field(query, "client_id"), "client");
  EXPECT_EQ(field(query, "scope"), "things.read things.write");
  EXPECT_EQ(field(query, "code_challenge_method"), "S256");
  EXPECT_EQ(field(query, "redirect_uri"),
            "https://gateway.example/acme/acme-app-" + rig.app.id.str() + "/callback");
  EXPECT_TRUE(is_one_time(field(query, "state")));
  EXPECT_EQ(url.find('+'), std::string::npos);
}

// OA-01, OA-05
TEST(Start, NoTwoFlowsShareStateOrChallenge) {
  Rig rig;
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const FormFields query = query_of(rig.begin());
    seen.insert(field(query, "state"));
    seen.insert(field(query, "code_challenge"));
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(Start, RefusesWhatCannotWork) {
  struct Row {
    std::function<void(Invitation&)> spoil;
    std::string code;
    std::string field;
  };
  const std::vector<Row> rows{
      {[](Invitation& i) { i.user = ""; }, "invalid_request", "userForeignIdentifier"},
      {[](Invitation& i) { i.user = std::string(300, 'u'); },
       "invalid_request",
       "userForeignIdentifier"},
      {[](Invitation& i) { i.user = std::string("a\0b", 3); },
       "invalid_request",
       "userForeignIdentifier"},
      {[](Invitation& i) { i.user = "a\r\nb"; }, "invalid_request", "userForeignIdentifier"},
      {[](Invitation& i) { i.app = "unknown"; }, "app_not_found", ""},
      {[](Invitation& i) { i.workspace = WorkspaceId("other"); }, "app_not_found", ""},
      {[](Invitation& i) { i.provider = "hubspot"; }, "app_not_found", ""},
      {[](Invitation& i) { i.scopes = {{"a b"}}; }, "invalid_request", "scopes"},
      {[](Invitation& i) { i.return_url = "//evil.example"; }, "invalid_request", "returnUrl"},
      {[](Invitation& i) { i.return_url = "https://saas.example.evil.example"; },
       "invalid_request",
       "returnUrl"},
  };
  Rig rig;
  for (const Row& row : rows) {
    Invitation invitation = rig.invitation();
    row.spoil(invitation);
    Invitation copy = invitation;
    const auto started = rig.run(rig.installer().start(std::move(invitation)));
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, row.code) << started.error().detail;
    if (!row.field.empty()) EXPECT_EQ(started.error().field, row.field);
    EXPECT_FALSE(rig.run(rig.installer().create_link(std::move(copy))));
  }
  // OA-10: refused before anything is stored.
  EXPECT_THAT(rig.texts("SELECT id FROM install_flow"), ElementsAre());
  EXPECT_THAT(rig.texts("SELECT id FROM install_link"), ElementsAre());
}

// OA-01, VT-02: nothing that a browser or the provider carries can be read from the files.
TEST(AtRest, NoSecretIsInTheDatabaseFiles) {
  Rig rig;
  const Link made = rig.link();
  const auto followed = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(followed);
  std::vector<std::string> secrets{token_of(made),
                                   field(query_of(made.authorize_url), "state"),
                                   field(query_of(followed->authorize_url), "state"),
                                   followed->browser_cookie,
                                   "the-code",
                                   "canary-access",
                                   "canary-refresh",
                                   "canary-secret"};
  const std::string open = rig.files();
  ASSERT_TRUE(rig.come_back(rig.callback(made.authorize_url)));
  secrets.push_back(field(rig.provider.asked()[0], "code_verifier"));
  const std::string done = rig.files();
  ASSERT_THAT(done, HasSubstr("user-1"));
  for (const std::string& secret : secrets) {
    ASSERT_FALSE(secret.empty());
    EXPECT_THAT(open, Not(HasSubstr(secret)));
    EXPECT_THAT(done, Not(HasSubstr(secret)));
  }
}

TEST(Audit, TellsWhoInvitedAndWhatCameOfIt) {
  Rig rig;
  const Link made = rig.link();
  ASSERT_TRUE(rig.come_back(rig.callback(made.authorize_url)));
  rig.provider.answer_with(400, R"({"error":"invalid_grant"})");
  ASSERT_FALSE(rig.come_back(rig.callback(rig.begin())));
  EXPECT_THAT(
      rig.audit_actions(),
      ElementsAre("link.created", "connection.connected", "link.created", "connection.failed"));
}

TEST(Result, IsKeptForADayAndUnknownBefore) {
  Rig rig;
  const std::string url = rig.begin();
  EXPECT_EQ(error_in(rig.run(rig.installer().result("flw_unknown"))).code, "not_found");
  const auto open_ids = rig.texts("SELECT id FROM install_flow");
  ASSERT_EQ(open_ids.size(), 1U);
  EXPECT_EQ(error_in(rig.run(rig.installer().result(open_ids[0]))).code, "not_found");
  const auto ended = rig.come_back(rig.callback(url));
  ASSERT_TRUE(ended);
  rig.clock.advance(kFlowLife + kFlowKept);
  (void)rig.begin();
  EXPECT_TRUE(rig.run(rig.installer().result(ended->result_id)));
  rig.clock.advance(1ms);
  (void)rig.begin();
  EXPECT_FALSE(rig.run(rig.installer().result(ended->result_id)));
}

}  // namespace
}  // namespace wayleave::connect
