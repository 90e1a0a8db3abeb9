#include "connect/installer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "connect/flow_repository.hpp"
#include "connect/installer_rig.hpp"
#include "connect/limits.hpp"
#include "connect/state.hpp"
#include "oauth/pkce.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string begin(Rig& rig, Invitation invitation) {
  auto started = rig.run(rig.installer().start(std::move(invitation)));
  EXPECT_TRUE(started) << (started ? "" : started.error().detail);
  return started ? started->authorize_url : "";
}
std::string begin(Rig& rig) { return begin(rig, rig.invitation()); }

auto come_back(Rig& rig, Callback callback) {
  return rig.run(rig.installer().callback(std::move(callback)));
}

Link link(Rig& rig, Invitation invitation) {
  auto made = rig.run(rig.installer().create_link(std::move(invitation)));
  EXPECT_TRUE(made) << (made ? "" : made.error().detail);
  return made ? *made : Link{};
}
Link link(Rig& rig) { return link(rig, rig.invitation()); }

/// The error of a call that must fail; an empty one when it did not.
template <class T>
Error error_in(const Result<T>& result) {
  return result ? Error{} : result.error();
}

std::string token_of(const Link& link) { return link.url.substr(link.url.rfind('/') + 1); }

TEST(Start, GivesTheProvidersPageWithStateAndChallenge) {
  Rig rig;
  const std::string url = begin(rig);
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
    const FormFields query = query_of(begin(rig));
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

TEST(Callback, ConnectsTheUser) {
  Rig rig;
  const std::string url = begin(rig);
  FormFields query{{"code", "the-code"}, {"iss", "https://login.acme.example"}, {"region", "eu"}};
  const auto ended = come_back(rig, rig.callback(url, query));
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
  EXPECT_EQ(view->provider_name, "Acme");
}

// OA-05, OA-09: the verifier fits the challenge and the redirect URL is repeated byte for byte.
TEST(Callback, ExchangesWithTheFlowsOwnVerifierAndRedirectUrl) {
  Rig rig;
  const std::string url = begin(rig);
  ASSERT_TRUE(come_back(rig, rig.callback(url)));
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
  begin(rig);
  Callback forged = rig.callback("");
  SystemRandom random;
  forged.query = {{"code", "c"}, {"state", make_one_time(random)}};
  const auto ended = come_back(rig, std::move(forged));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::UnknownState);
  EXPECT_EQ(ended.error().error.code, "invalid_request");
  EXPECT_EQ(ended.error().return_url, "");
  EXPECT_TRUE(rig.provider.asked().empty());
}

// OA-03
TEST(Callback, OfTwentyAtOnceOneConnects) {
  Rig rig;
  const std::string url = begin(rig);
  boost::asio::io_context context;
  std::vector<std::future<std::expected<Connected, NotConnected>>> futures;
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
  const std::string url = begin(rig);
  rig.clock.advance(11min);
  const auto ended = come_back(rig, rig.callback(url));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::ExpiredState);
  EXPECT_TRUE(rig.provider.asked().empty());
}

// OA-04
TEST(Callback, IsRefusedAfterTheAppWasChangedOrRemoved) {
  Rig rig;
  const std::string first = begin(rig);
  vault::AppDraft draft;
  draft.client_secret = SecretString("another");
  rig.change_app(std::move(draft));
  const auto changed = come_back(rig, rig.callback(first));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().outcome, Outcome::AppChanged);
  EXPECT_EQ(changed.error().error.code, "invalid_request");

  const std::string second = begin(rig);
  rig.remove_app();
  const auto removed = come_back(rig, rig.callback(second));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().error.code, "invalid_request");
  EXPECT_TRUE(rig.provider.asked().empty());
}

// OA-07, OA-08: refused before any token request, and the rightful callback still works.
TEST(Callback, MixUpsAreRefusedWithoutConsumingTheFlow) {
  Rig rig;
  const std::string url = begin(rig);
  const auto refused = [&](Callback callback, Outcome outcome) {
    const auto ended = come_back(rig, std::move(callback));
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
  EXPECT_TRUE(come_back(rig, rig.callback(url)));
}

// OA-11
TEST(Callback, ADeniedConsentEndsTheFlow) {
  Rig rig;
  const std::string url = begin(rig);
  const auto ended = come_back(
      rig,
      rig.callback(url,
                   {{"error", "access_denied"}, {"error_description", "<script>no</script>"}}));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::Denied);
  EXPECT_EQ(ended.error().error.code, "access_denied");
  EXPECT_EQ(ended.error().provider_text, "<script>no</script>");
  const auto late = come_back(rig, rig.callback(url));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().outcome, Outcome::UsedState);
  EXPECT_TRUE(rig.provider.asked().empty());
  EXPECT_THAT(rig.audit_actions(), ElementsAre("connection.denied"));
  EXPECT_FALSE(rig.connection());
}

TEST(Callback, SendsTheBrowserBackWithTheOutcome) {
  Rig rig;
  Invitation invitation = rig.invitation("a b&c");
  invitation.return_url = "https://saas.example/done?tab=1#here";
  Invitation again = invitation;
  const auto connected = come_back(rig, rig.callback(begin(rig, std::move(invitation))));
  ASSERT_TRUE(connected);
  EXPECT_EQ(
      connected->return_url,
      "https://saas.example/done?tab=1&status=connected&userForeignIdentifier=a%20b%26c#here");
  const auto denied =
      come_back(rig, rig.callback(begin(rig, std::move(again)), {{"error", "access_denied"}}));
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
    const auto ended = come_back(rig, rig.callback(begin(rig)));
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
  const auto first = come_back(rig, rig.callback(begin(rig)));
  ASSERT_TRUE(first);
  rig.provider.answer_with(200,
                           R"({"access_token":"other","refresh_token":"other","account":"4712"})");
  const auto second = come_back(rig, rig.callback(begin(rig)));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().outcome, Outcome::AccountMismatch);
  EXPECT_EQ(second.error().error.code, "account_mismatch");
  EXPECT_EQ(rig.connection()->external_account, "4711");
  EXPECT_EQ(rig.connection()->version, first->connection.version);
}

TEST(Callback, ConnectingAgainKeepsTheConnectionsId) {
  Rig rig;
  const auto first = come_back(rig, rig.callback(begin(rig)));
  const auto second = come_back(rig, rig.callback(begin(rig)));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->connection.id, second->connection.id);
}

TEST(Link, ConnectsOneAccountOnceHoweverOftenItIsFollowed) {
  Rig rig;
  const Link made = link(rig);
  EXPECT_THAT(made.url, StartsWith("https://gateway.example/connect/"));
  EXPECT_THAT(made.authorize_url, StartsWith("https://login.acme.example/authorize?"));
  EXPECT_EQ(made.expires_at, rig.clock.now() + kLinkLifeDefault);

  const auto view = rig.run(rig.installer().view(token_of(made)));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->provider_name, "Acme");
  EXPECT_THAT(view->grants, ElementsAre("See your things", "things.write"));
  EXPECT_EQ(view->authorize_origin, "https://login.acme.example");

  const auto first = rig.run(rig.installer().follow(token_of(made), ""));
  const auto second = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(first && second);
  Callback back = rig.callback(second->authorize_url);
  back.browser_cookie = second->browser_cookie;
  ASSERT_TRUE(come_back(rig, std::move(back)));

  EXPECT_EQ(error_in(rig.run(rig.installer().view(token_of(made)))).code, "gone");
  EXPECT_EQ(error_in(rig.run(rig.installer().follow(token_of(made), ""))).code, "gone");
  for (const std::string& url : {first->authorize_url, made.authorize_url}) {
    Callback other = rig.callback(url);
    other.browser_cookie = first->browser_cookie;
    const auto ended = come_back(rig, std::move(other));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().outcome, Outcome::LinkUsed);
    EXPECT_EQ(ended.error().error.code, "gone");
  }
  EXPECT_EQ(rig.provider.asked().size(), 1U);
}

// Two flows of one link, both past the check and at the provider at the same time.
TEST(Link, ConnectsOnceEvenWhenTwoExchangesOverlap) {
  Rig rig;
  const Link made = link(rig);
  const auto other = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(other);
  Callback bound = rig.callback(other->authorize_url);
  bound.browser_cookie = other->browser_cookie;
  rig.provider.answer_together(2);
  boost::asio::io_context context;
  auto a = boost::asio::co_spawn(
      context, rig.installer().callback(rig.callback(made.authorize_url)), boost::asio::use_future);
  auto b = boost::asio::co_spawn(
      context, rig.installer().callback(std::move(bound)), boost::asio::use_future);
  std::thread one([&] { context.run(); });
  context.run();
  one.join();
  const auto first = a.get();
  const auto second = b.get();
  ASSERT_NE(first.has_value(), second.has_value());
  EXPECT_EQ((first ? second : first).error().outcome, Outcome::LinkUsed);
  EXPECT_EQ(rig.provider.asked().size(), 2U);
  EXPECT_EQ(rig.connection()->version, 1);
}

TEST(Link, CanBeFollowedAgainAfterTheProviderWasAway) {
  Rig rig;
  const Link made = link(rig);
  rig.provider.break_down();
  const auto failed = come_back(rig, rig.callback(made.authorize_url));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().outcome, Outcome::Unreachable);
  EXPECT_FALSE(rig.connection());
  rig.provider.answer_with(200, R"({"access_token":"a","refresh_token":"r","account":"1"})");
  const auto again = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(again);
  Callback back = rig.callback(again->authorize_url);
  back.browser_cookie = again->browser_cookie;
  EXPECT_TRUE(come_back(rig, std::move(back)));
}

// The process died between consuming the state and storing the connection.
TEST(Link, CanBeFollowedAgainAfterACrashInTheExchange) {
  Rig rig;
  const Link made = link(rig);
  const std::string state = field(query_of(made.authorize_url), "state");
  const auto consumed = rig.database().write_blocking([&](db::Transaction& tx) {
    return consume_flow(tx, one_time_digest(state), rig.clock.now());
  });
  ASSERT_TRUE(consumed && *consumed);
  const auto replayed = come_back(rig, rig.callback(made.authorize_url));
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().outcome, Outcome::UsedState);
  EXPECT_TRUE(rig.run(rig.installer().follow(token_of(made), "")));
}

TEST(Link, Expires) {
  Rig rig;
  Invitation invitation = rig.invitation();
  invitation.expires_in = 1h;
  const Link made = link(rig, std::move(invitation));
  rig.clock.advance(1h - 1ms);
  EXPECT_TRUE(rig.run(rig.installer().view(token_of(made))));
  rig.clock.advance(1ms);
  EXPECT_EQ(error_in(rig.run(rig.installer().view(token_of(made)))).code, "gone");
  EXPECT_EQ(error_in(rig.run(rig.installer().follow(token_of(made), ""))).code, "gone");
  for (const std::chrono::seconds life : {0s, 59s, std::chrono::seconds(kLinkLifeMax) + 1s, -1s}) {
    Invitation odd = rig.invitation();
    odd.expires_in = life;
    EXPECT_EQ(error_in(rig.run(rig.installer().create_link(std::move(odd)))).field, "expiresIn");
  }
}

TEST(Link, UnknownTokensAreNotFound) {
  Rig rig;
  SystemRandom random;
  for (const std::string& token : {std::string("nothing"), make_one_time(random), std::string()}) {
    EXPECT_EQ(error_in(rig.run(rig.installer().view(token))).code, "not_found");
    EXPECT_EQ(error_in(rig.run(rig.installer().follow(token, ""))).code, "not_found");
  }
}

TEST(Link, AWithdrawnReturnOriginIsNoLongerFollowed) {
  Rig rig;
  Invitation invitation = rig.invitation();
  invitation.return_url = "https://saas.example/x";
  const Link made = link(rig, std::move(invitation));
  vault::AppDraft draft;
  draft.return_origins = std::vector<std::string>{"https://new.example"};
  rig.change_app(std::move(draft));
  EXPECT_EQ(error_in(rig.run(rig.installer().follow(token_of(made), ""))).field, "returnUrl");
}

TEST(Link, AsksForTheCallersScopesExactly) {
  Rig rig;
  Invitation invitation = rig.invitation();
  invitation.scopes = {{"things.read"}};
  const Link made = link(rig, std::move(invitation));
  EXPECT_EQ(field(query_of(made.authorize_url), "scope"), "things.read");
  const auto followed = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(followed);
  EXPECT_EQ(field(query_of(followed->authorize_url), "scope"), "things.read");
}

// OA-02
TEST(Binding, AFlowOfThePageIsFinishedByItsBrowserOnly) {
  Rig rig(vault::BrowserBinding::Required);
  const Link made = link(rig);
  EXPECT_EQ(made.authorize_url, "");
  const auto own = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(own);
  ASSERT_TRUE(is_one_time(own->browser_cookie));
  SystemRandom random;
  for (const std::string& cookie : {std::string(), make_one_time(random), std::string("x")}) {
    Callback stranger = rig.callback(own->authorize_url);
    stranger.browser_cookie = cookie;
    const auto ended = come_back(rig, std::move(stranger));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().outcome, Outcome::WrongBrowser);
    EXPECT_EQ(ended.error().return_url, "");
  }
  EXPECT_TRUE(rig.provider.asked().empty());
  Callback back = rig.callback(own->authorize_url);
  back.browser_cookie = own->browser_cookie;
  EXPECT_TRUE(come_back(rig, std::move(back)));
}

TEST(Binding, ARequiredOneLeavesNoWayButThePage) {
  Rig rig(vault::BrowserBinding::Required);
  const auto started = rig.run(rig.installer().start(rig.invitation()));
  ASSERT_TRUE(started);
  EXPECT_THAT(started->authorize_url, StartsWith("https://gateway.example/connect/"));
  EXPECT_EQ(started->app.id, rig.app.id);
  EXPECT_THAT(rig.texts("SELECT id FROM install_flow"), ElementsAre());
}

TEST(Binding, FlowsSideBySideShareTheBrowsersCookie) {
  Rig rig(vault::BrowserBinding::Required);
  const Link one = link(rig);
  const Link two = link(rig, rig.invitation("user-2"));
  const auto first = rig.run(rig.installer().follow(token_of(one), "not one of ours"));
  ASSERT_TRUE(first);
  EXPECT_TRUE(is_one_time(first->browser_cookie));
  const auto second = rig.run(rig.installer().follow(token_of(two), first->browser_cookie));
  ASSERT_TRUE(second);
  for (const auto& started : {*first, *second}) {
    Callback back = rig.callback(started.authorize_url);
    back.browser_cookie = second->browser_cookie;
    EXPECT_TRUE(come_back(rig, std::move(back)));
  }
}

// OA-01, VT-02: nothing that a browser or the provider carries can be read from the files.
TEST(AtRest, NoSecretIsInTheDatabaseFiles) {
  Rig rig;
  const Link made = link(rig);
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
  ASSERT_TRUE(come_back(rig, rig.callback(made.authorize_url)));
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
  const Link made = link(rig);
  ASSERT_TRUE(come_back(rig, rig.callback(made.authorize_url)));
  rig.provider.answer_with(400, R"({"error":"invalid_grant"})");
  ASSERT_FALSE(come_back(rig, rig.callback(begin(rig))));
  EXPECT_THAT(rig.audit_actions(),
              ElementsAre("link.created", "connection.connected", "connection.failed"));
}

TEST(Result, IsKeptForADayAndUnknownBefore) {
  Rig rig;
  const std::string url = begin(rig);
  EXPECT_EQ(error_in(rig.run(rig.installer().result("flw_unknown"))).code, "not_found");
  const auto open_ids = rig.texts("SELECT id FROM install_flow");
  ASSERT_EQ(open_ids.size(), 1U);
  EXPECT_EQ(error_in(rig.run(rig.installer().result(open_ids[0]))).code, "not_found");
  const auto ended = come_back(rig, rig.callback(url));
  ASSERT_TRUE(ended);
  rig.clock.advance(kFlowLife + kFlowKept);
  begin(rig);
  EXPECT_TRUE(rig.run(rig.installer().result(ended->result_id)));
  rig.clock.advance(1ms);
  begin(rig);
  EXPECT_FALSE(rig.run(rig.installer().result(ended->result_id)));
}

}  // namespace
}  // namespace wayleave::connect
