#include "connect/installer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "connect/flow_repository.hpp"
#include "connect/installer_rig.hpp"
#include "connect/limits.hpp"
#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::StartsWith;

TEST(Link, ConnectsOneAccountOnceHoweverOftenItIsFollowed) {
  Rig rig;
  const Link made = rig.link();
  EXPECT_THAT(made.url, StartsWith("https://gateway.example/connect/"));
  EXPECT_THAT(made.authorize_url, StartsWith("https://login.acme.example/authorize?"));
  EXPECT_EQ(made.expires_at, rig.clock.now() + kLinkLifeDefault);

  const auto view = rig.run(rig.installer().view(token_of(made)));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->provider_name, "Acme");
  const Permission see{Permission::Kind::Read, "", "See your things", false};
  const Permission change{Permission::Kind::Change, "", "things.write", false};
  EXPECT_THAT(view->permissions, ElementsAre(see, change));
  EXPECT_EQ(view->authorize_origin, "https://login.acme.example");

  const auto first = rig.run(rig.installer().follow(token_of(made), ""));
  const auto second = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(first && second);
  Callback back = rig.callback(second->authorize_url);
  back.browser_cookie = second->browser_cookie;
  ASSERT_TRUE(rig.come_back(std::move(back)));

  EXPECT_EQ(error_in(rig.run(rig.installer().view(token_of(made)))).code, "gone");
  EXPECT_EQ(error_in(rig.run(rig.installer().follow(token_of(made), ""))).code, "gone");
  for (const std::string& url : {first->authorize_url, made.authorize_url}) {
    Callback other = rig.callback(url);
    other.browser_cookie = first->browser_cookie;
    const auto ended = rig.come_back(std::move(other));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().outcome, Outcome::LinkUsed);
    EXPECT_EQ(ended.error().error.code, "gone");
  }
  EXPECT_EQ(rig.provider.asked().size(), 1U);
}

// Two flows of one link, both past the check and at the provider at the same time.
TEST(Link, ConnectsOnceEvenWhenTwoExchangesOverlap) {
  Rig rig;
  const Link made = rig.link();
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
  const Link made = rig.link();
  rig.provider.break_down();
  const auto failed = rig.come_back(rig.callback(made.authorize_url));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().outcome, Outcome::Unreachable);
  EXPECT_FALSE(rig.connection());
  rig.provider.answer_with(200, R"({"access_token":"a","refresh_token":"r","account":"1"})");
  const auto again = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(again);
  Callback back = rig.callback(again->authorize_url);
  back.browser_cookie = again->browser_cookie;
  EXPECT_TRUE(rig.come_back(std::move(back)));
}

// The process died between consuming the state and storing the connection.
TEST(Link, CanBeFollowedAgainAfterACrashInTheExchange) {
  Rig rig;
  const Link made = rig.link();
  const std::string state = field(query_of(made.authorize_url), "state");
  const auto consumed = rig.database().write_blocking([&](db::Transaction& tx) {
    return consume_flow(tx, one_time_digest(state), rig.clock.now());
  });
  ASSERT_TRUE(consumed && *consumed);
  const auto replayed = rig.come_back(rig.callback(made.authorize_url));
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().outcome, Outcome::UsedState);
  EXPECT_TRUE(rig.run(rig.installer().follow(token_of(made), "")));
}

TEST(Link, Expires) {
  Rig rig;
  Invitation invitation = rig.invitation();
  invitation.expires_in = 1h;
  const Link made = rig.link(std::move(invitation));
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
  const Link made = rig.link(std::move(invitation));
  vault::AppDraft draft;
  draft.return_origins = std::vector<std::string>{"https://new.example"};
  rig.change_app(std::move(draft));
  EXPECT_EQ(error_in(rig.run(rig.installer().follow(token_of(made), ""))).field, "returnUrl");
}

TEST(Link, AsksForTheCallersScopesExactly) {
  Rig rig;
  Invitation invitation = rig.invitation();
  invitation.scopes = {{"things.read"}};
  const Link made = rig.link(std::move(invitation));
  EXPECT_EQ(field(query_of(made.authorize_url), "scope"), "things.read");
  const auto followed = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(followed);
  EXPECT_EQ(field(query_of(followed->authorize_url), "scope"), "things.read");
}

// OA-02
TEST(Binding, AFlowOfThePageIsFinishedByItsBrowserOnly) {
  Rig rig(vault::BrowserBinding::Required);
  const Link made = rig.link();
  EXPECT_EQ(made.authorize_url, "");
  const auto own = rig.run(rig.installer().follow(token_of(made), ""));
  ASSERT_TRUE(own);
  ASSERT_TRUE(is_one_time(own->browser_cookie));
  SystemRandom random;
  for (const std::string& cookie : {std::string(), make_one_time(random), std::string("x")}) {
    Callback stranger = rig.callback(own->authorize_url);
    stranger.browser_cookie = cookie;
    const auto ended = rig.come_back(std::move(stranger));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().outcome, Outcome::WrongBrowser);
    EXPECT_EQ(ended.error().return_url, "");
  }
  EXPECT_TRUE(rig.provider.asked().empty());
  Callback back = rig.callback(own->authorize_url);
  back.browser_cookie = own->browser_cookie;
  EXPECT_TRUE(rig.come_back(std::move(back)));
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
  const Link one = rig.link();
  const Link two = rig.link(rig.invitation("user-2"));
  const auto first = rig.run(rig.installer().follow(token_of(one), "not one of ours"));
  ASSERT_TRUE(first);
  EXPECT_TRUE(is_one_time(first->browser_cookie));
  const auto second = rig.run(rig.installer().follow(token_of(two), first->browser_cookie));
  ASSERT_TRUE(second);
  for (const auto& started : {*first, *second}) {
    Callback back = rig.callback(started.authorize_url);
    back.browser_cookie = second->browser_cookie;
    EXPECT_TRUE(rig.come_back(std::move(back)));
  }
}

}  // namespace
}  // namespace wayleave::connect
