#include "connect/installer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "connect/installer_rig.hpp"
#include "connect/state.hpp"
#include "oauth/pkce.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Callback, ConnectsTheUser) {
  Rig rig;
  const std::string url = rig.begin();
  FormFields query{{"code", "the-code"}, {"iss", "https://login.acme.example"}, {"region", "eu"}};
  const auto ended = rig.come_back(rig.callback(url, query));
  ASSERT_TRUE(ended) << ended.error().error.detail;
  EXPECT_EQ(ended->connection.user, "user-1");
  EXPECT_EQ(ended->return_url, "");
  const auto stored = rig.connection();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->external_account, "4711");
  EXPECT_EQ(stored->state, vault::State::Active);
  EXPECT_EQ(stored->metadata.at("region"), "eu");
  const auto view = rig.run(rig.installer().result(ended->result_id));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->outcome, Outcome::Connected);
  EXPECT_EQ(view->scene.provider_name, "Acme");
}

// OA-05, OA-09: the verifier fits the challenge and the redirect URL is repeated byte for byte.
TEST(Callback, ExchangesWithTheFlowsOwnVerifierAndRedirectUrl) {
  Rig rig;
  const std::string url = rig.begin();
  ASSERT_TRUE(rig.come_back(rig.callback(url)));
  ASSERT_EQ(rig.provider.asked().size(), 1U);
  const FormFields form = rig.provider.asked()[0];
  EXPECT_EQ(field(form, "grant_type"), "authorization_code");
  EXPECT_EQ(field(form, "code"), "the-code");
  EXPECT_EQ(field(form, "redirect_uri"), field(query_of(url), "redirect_uri"));
  EXPECT_EQ(oauth::pkce_challenge(field(form, "code_verifier")),
            field(query_of(url), "code_challenge"));
}

// OA-01
TEST(Callback, UnknownStateAsksNobody) {
  Rig rig;
  (void)rig.begin();
  Callback forged = rig.callback("");
  SystemRandom random;
  forged.query = {{"code", "c"}, {"state", make_one_time(random)}};
  const auto ended = rig.come_back(std::move(forged));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::UnknownState);
  EXPECT_EQ(ended.error().error.code, "invalid_request");
  EXPECT_EQ(ended.error().return_url, "");
  EXPECT_TRUE(rig.provider.asked().empty());
}

// OA-03
TEST(Callback, OfTwentyAtOnceOneConnects) {
  Rig rig;
  const std::string url = rig.begin();
  boost::asio::io_context context;
  std::vector<std::future<Ended>> futures;
  for (int i = 0; i < 20; ++i) {
    futures.push_back(boost::asio::co_spawn(
        context, rig.installer().callback(rig.callback(url)), boost::asio::use_future));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { context.run(); });
  for (std::thread& thread : threads) thread.join();
  int connected = 0;
  for (auto& future : futures) {
    const auto ended = future.get();
    connected += ended ? 1 : 0;
    if (!ended) {
      EXPECT_EQ(ended.error().outcome, Outcome::UsedState);
    }
  }
  EXPECT_EQ(connected, 1);
  EXPECT_EQ(rig.provider.asked().size(), 1U);
}

// OA-04
TEST(Callback, IsRefusedAfterElevenMinutes) {
  Rig rig;
  const std::string url = rig.begin();
  rig.clock.advance(11min);
  const auto ended = rig.come_back(rig.callback(url));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::ExpiredState);
  EXPECT_TRUE(rig.provider.asked().empty());
}

// OA-04
TEST(Callback, IsRefusedAfterTheAppWasChangedOrRemoved) {
  Rig rig;
  const std::string first = rig.begin();
  vault::AppDraft draft;
  draft.client_secret = SecretString("another");
  rig.change_app(std::move(draft));
  const auto changed = rig.come_back(rig.callback(first));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().outcome, Outcome::AppChanged);
  EXPECT_EQ(changed.error().error.code, "invalid_request");

  const std::string second = rig.begin();
  rig.remove_app();
  const auto removed = rig.come_back(rig.callback(second));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().error.code, "invalid_request");
  EXPECT_TRUE(rig.provider.asked().empty());
}

// OA-07, OA-08: refused before any token request, and the rightful callback still works.
TEST(Callback, MixUpsAreRefusedWithoutConsumingTheFlow) {
  Rig rig;
  const std::string url = rig.begin();
  const auto refused = [&](Callback callback, Outcome outcome) {
    const auto ended = rig.come_back(std::move(callback));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().outcome, outcome);
  };
  for (const char* iss : {"https://evil.example", "https://login.acme.example/", ""}) {
    refused(rig.callback(url, {{"code", "c"}, {"iss", iss}}), Outcome::IssuerMismatch);
    refused(rig.callback(url, {{"error", "access_denied"}, {"iss", iss}}), Outcome::IssuerMismatch);
  }
  Callback elsewhere = rig.callback(url);
  elsewhere.provider = "hubspot";
  refused(std::move(elsewhere), Outcome::WrongPath);
  EXPECT_TRUE(rig.provider.asked().empty());
  EXPECT_TRUE(rig.come_back(rig.callback(url)));
}

// OA-11
TEST(Callback, ADeniedConsentEndsTheFlow) {
  Rig rig;
  const std::string url = rig.begin();
  const auto ended = rig.come_back(rig.callback(
      url, {{"error", "access_denied"}, {"error_description", "<script>no</script>"}}));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::Denied);
  EXPECT_EQ(ended.error().error.code, "access_denied");
  EXPECT_EQ(ended.error().scene.provider_text, "<script>no</script>");
  const auto late = rig.come_back(rig.callback(url));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().outcome, Outcome::UsedState);
  EXPECT_TRUE(rig.provider.asked().empty());
  EXPECT_THAT(rig.audit_actions(), ElementsAre("link.created", "connection.denied"));
  EXPECT_FALSE(rig.connection());
}

TEST(Callback, SendsTheBrowserBackWithTheOutcome) {
  Rig rig;
  Invitation invitation = rig.invitation("a b&c");
  invitation.return_url = "https://saas.example/done?tab=1#here";
  Invitation again = invitation;
  const auto connected = rig.come_back(rig.callback(rig.begin(std::move(invitation))));
  ASSERT_TRUE(connected);
  EXPECT_EQ(
      connected->return_url,
      "https://saas.example/done?tab=1&status=connected&userForeignIdentifier=a%20b%26c#here");
  const auto denied =
      rig.come_back(rig.callback(rig.begin(std::move(again)), {{"error", "access_denied"}}));
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().return_url,
            "https://saas.example/done?tab=1&status=denied&error=access_denied"
            "&userForeignIdentifier=a%20b%26c#here");
}

TEST(Callback, WhatTheTokenEndpointSaysIsTold) {
  struct Row {
    int status;
    std::string body;
    Outcome outcome;
    std::string code;
  };
  const std::vector<Row> rows{
      {400, R"({"error":"invalid_grant"})", Outcome::CodeRefused, "code_refused"},
      {401, R"({"error":"invalid_client"})", Outcome::Misconfigured, "app_misconfigured"},
      {503, "<html>busy</html>", Outcome::Unreachable, "upstream_unreachable"},
      {200, "{", Outcome::Unreachable, "upstream_unreachable"},
      {200, R"({"access_token":"x\r\nX-Evil: 1"})", Outcome::Unreachable, "upstream_unreachable"},
  };
  Rig rig;
  for (const Row& row : rows) {
    rig.provider.answer_with(row.status, row.body);
    const auto ended = rig.come_back(rig.callback(rig.begin()));
    ASSERT_FALSE(ended) << row.body;
    EXPECT_EQ(ended.error().outcome, row.outcome) << row.body;
    EXPECT_EQ(ended.error().error.code, row.code) << row.body;
    const auto view = rig.run(rig.installer().result(ended.error().result_id));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->outcome, row.outcome);
  }
  EXPECT_FALSE(rig.connection());
}

// OA-25: a callback cannot put another account behind a user.
TEST(Callback, AnotherAccountIsRefusedAndTheOldTokensStay) {
  Rig rig;
  const auto first = rig.come_back(rig.callback(rig.begin()));
  ASSERT_TRUE(first);
  rig.provider.answer_with(200,
                           R"({"access_token":"other","refresh_token":"other","account":"4712"})");
  const auto second = rig.come_back(rig.callback(rig.begin()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().outcome, Outcome::AccountMismatch);
  EXPECT_EQ(second.error().error.code, "account_mismatch");
  EXPECT_EQ(rig.connection()->external_account, "4711");
  EXPECT_EQ(rig.connection()->version, first->connection.version);
}

TEST(Callback, ConnectingAgainKeepsTheConnectionsId) {
  Rig rig;
  const auto first = rig.come_back(rig.callback(rig.begin()));
  const auto second = rig.come_back(rig.callback(rig.begin()));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->connection.id, second->connection.id);
}

}  // namespace
}  // namespace wayleave::connect
