// The window that somebody waits for: who may be told, and trying again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connect/installer_rig.hpp"
#include "connect/limits.hpp"
#include "connect/return_url.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;

constexpr const char* kOpener = "https://saas.example";
constexpr const char* kLimited =
    R"({"access_token":"a","refresh_token":"r","expires_in":600,"scope":"things.read","account":"4711"})";

class Window : public ::testing::Test {
 protected:
  Visit visit(std::string opener = kOpener) const { return {std::move(opener), "de"}; }
  Started follow(const Link& link, std::string cookie = {}) {
    auto started = rig_.run(rig_.installer().follow(token_of(link), std::move(cookie), visit()));
    EXPECT_TRUE(started) << (started ? "" : started.error().detail);
    return started ? *std::move(started) : Started{};
  }
  Ended come_back(const Started& started, FormFields query = {{"code", "c"}}) {
    Callback made = rig_.callback(started.authorize_url, std::move(query));
    made.browser_cookie = started.browser_cookie;
    return rig_.come_back(std::move(made));
  }
  Result<Started> repeat(const std::string& id, const std::string& cookie) {
    rig_.clock.advance(1s);  // nobody is as quick as the same millisecond
    return rig_.run(rig_.installer().repeat(id, cookie));
  }
  LinkStatus status(const Link& link) {
    auto found = rig_.run(rig_.installer().status(token_of(link), kOpener));
    EXPECT_TRUE(found);
    return found ? *std::move(found) : LinkStatus{};
  }

  Rig rig_;
};

TEST(Opener, IsAnExactOriginAsBrowsersWriteIt) {
  const std::vector<std::string> origins{"https://saas.example", "https://two.example:8443"};
  EXPECT_TRUE(check_opener("https://saas.example", origins));
  EXPECT_TRUE(check_opener("https://two.example:8443", origins));
  for (const auto* origin : {"",
                             "*",
                             "null",
                             "?",
                             "https://saas.example/",
                             "https://SAAS.example",
                             "https://saas.example:443",
                             "http://saas.example",
                             "https://saas.example.evil.example",
                             "https://evil.example",
                             "https://saas.example@evil.example",
                             "https://saas.example#",
                             "https://two.example",
                             "saas.example",
                             "javascript:alert(1)"}) {
    EXPECT_EQ(error_in(check_opener(origin, origins)).field, "origin") << origin;
  }
  EXPECT_FALSE(check_opener("https://saas.example", {}));
}

// OA-10 for windows: only an origin that the app names is ever told.
TEST_F(Window, AnotherOriginIsRefusedOnThePageAndAtTheButton) {
  const Link link = rig_.link();
  const auto open = [&](std::string opener) {
    return rig_.run(rig_.installer().view(token_of(link), visit(std::move(opener))));
  };
  EXPECT_TRUE(open(kOpener));
  EXPECT_EQ(error_in(open("https://evil.example")).field, "origin");
  const auto pressed =
      rig_.run(rig_.installer().follow(token_of(link), "", visit("https://evil.example")));
  EXPECT_EQ(error_in(pressed).field, "origin");
  const auto refusal =
      rig_.run(rig_.installer().refusal(token_of(link), visit("https://evil.example")));
  EXPECT_EQ(refusal.scene.opener, "");
  EXPECT_EQ(refusal.scene.user, "");
}

TEST_F(Window, IsToldHowItEndedAndForWhom) {
  const auto ended = come_back(follow(rig_.link()));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->scene.opener, kOpener);
  EXPECT_EQ(ended->scene.user, "user-1");
  EXPECT_EQ(ended->scene.language, "de");
  EXPECT_EQ(ended->scene.repeat_id, "");
}

TEST_F(Window, ShowsTheResultAndLeadsOnInsteadOfBeingSentOn) {
  Invitation invitation = rig_.invitation();
  invitation.return_url = "https://saas.example/done";
  const auto ended = come_back(follow(rig_.link(std::move(invitation))));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->return_url, "");
  EXPECT_EQ(ended->scene.back_url,
            "https://saas.example/done?status=connected&userForeignIdentifier=user-1");
}

// OA-02: a browser that did not begin learns nothing from a callback that it brings.
TEST_F(Window, AStolenCallbackTellsNobody) {
  const Started started = follow(rig_.link());
  Callback stolen = rig_.callback(started.authorize_url);
  const auto ended = rig_.come_back(stolen);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::WrongBrowser);
  EXPECT_EQ(ended.error().scene.opener, "");
  EXPECT_EQ(ended.error().scene.user, "");
  EXPECT_EQ(ended.error().scene.repeat_id, "");
}

TEST_F(Window, ALateOrSecondCallbackOfTheSameBrowserIsTold) {
  const Started late = follow(rig_.link());
  rig_.clock.advance(kFlowLife);
  const auto expired = come_back(late);
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().outcome, Outcome::ExpiredState);
  EXPECT_EQ(expired.error().scene.opener, kOpener);
  const Started twice = follow(rig_.link());
  ASSERT_TRUE(come_back(twice));
  const auto used = come_back(twice);
  ASSERT_FALSE(used);
  EXPECT_EQ(used.error().scene.opener, kOpener);
}

TEST_F(Window, ResultsBelongToTheBrowserThatMadeTheTrip) {
  const Started started = follow(rig_.link());
  const auto ended = come_back(started, {{"error", "access_denied"}});
  ASSERT_FALSE(ended);
  const std::string id = ended.error().result_id;
  const auto own = rig_.run(rig_.installer().result(id, started.browser_cookie));
  ASSERT_TRUE(own);
  EXPECT_EQ(own->scene.opener, kOpener);
  EXPECT_EQ(own->scene.repeat_id, id);
  for (const std::string& cookie : {std::string(), std::string(43, 'x')}) {
    const auto other = rig_.run(rig_.installer().result(id, cookie));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->outcome, Outcome::Denied);
    EXPECT_EQ(other->scene.opener, "");
    EXPECT_EQ(other->scene.user, "");
    EXPECT_EQ(other->scene.repeat_id, "");
    EXPECT_EQ(error_in(repeat(id, cookie)).code, "gone");
  }
}

TEST_F(Window, ADenialCanBeThoughtOverWithTheSameLink) {
  const Link link = rig_.link();
  const Started first = follow(link);
  const auto denied = come_back(first, {{"error", "access_denied"}});
  ASSERT_FALSE(denied);
  EXPECT_EQ(status(link).status, "denied");
  const auto again = repeat(denied.error().result_id, first.browser_cookie);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->browser_cookie, first.browser_cookie);
  EXPECT_EQ(status(link).status, "started");
  const auto ended = come_back(*again);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->scene.opener, kOpener);
  EXPECT_EQ(status(link).status, "connected");
  // The link is used up by it as by a first try.
  EXPECT_EQ(error_in(rig_.run(rig_.installer().view(token_of(link)))).code, "gone");
  EXPECT_EQ(error_in(repeat(denied.error().result_id, first.browser_cookie)).code, "gone");
}

TEST_F(Window, TooFewScopesAreNamedAndCanBeGivenAfterAll) {
  rig_.provider.answer_with(200, kLimited);
  const Link link = rig_.link();
  const Started first = follow(link);
  const auto limited = come_back(first);
  ASSERT_TRUE(limited);
  ASSERT_EQ(limited->scene.missing.size(), 1u);
  EXPECT_EQ(limited->scene.missing[0].text, "things.write");
  EXPECT_EQ(limited->scene.repeat_id, limited->result_id);
  EXPECT_TRUE(status(link).limited);
  const auto shown = rig_.run(rig_.installer().result(limited->result_id, first.browser_cookie));
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->scene.missing, limited->scene.missing);

  rig_.provider.answer_with(
      200,
      R"({"access_token":"b","refresh_token":"r","expires_in":600,"scope":"things.read things.write","account":"4711"})");
  const auto again = repeat(limited->result_id, first.browser_cookie);
  ASSERT_TRUE(again) << again.error().detail;
  const auto whole = come_back(*again);
  ASSERT_TRUE(whole) << whole.error().error.detail;
  EXPECT_TRUE(whole->scene.missing.empty());
  EXPECT_EQ(whole->connection.id, limited->connection.id);
  EXPECT_FALSE(status(link).limited);
  // A connection that lacks nothing is not made again.
  EXPECT_EQ(error_in(repeat(whole->result_id, first.browser_cookie)).code, "gone");
}

TEST_F(Window, ARepetitionHasItsTime) {
  const Started started = follow(rig_.link());
  const auto denied = come_back(started, {{"error", "access_denied"}});
  ASSERT_FALSE(denied);
  rig_.clock.advance(kRepeatLife);
  EXPECT_EQ(error_in(repeat(denied.error().result_id, started.browser_cookie)).code, "gone");
  const auto shown =
      rig_.run(rig_.installer().result(denied.error().result_id, started.browser_cookie));
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->scene.repeat_id, "");
}

TEST_F(Window, AnUnboundTripIsNotRepeated) {
  const auto denied = rig_.come_back(rig_.callback(rig_.begin(), {{"error", "access_denied"}}));
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().scene.repeat_id, "");
  EXPECT_EQ(error_in(repeat(denied.error().result_id, "")).code, "gone");
}

TEST_F(Window, StatusFollowsTheTrip) {
  const Link link = rig_.link();
  EXPECT_EQ(status(link).status, "open");
  EXPECT_EQ(status(link).user, "user-1");
  const Started started = follow(link);
  rig_.clock.advance(5s);
  EXPECT_EQ(status(link).status, "started");
  EXPECT_EQ(status(link).since, 5s);
  rig_.provider.break_down();
  ASSERT_FALSE(come_back(started));
  EXPECT_EQ(status(link).status, "failed");
  EXPECT_EQ(status(link).reason, "unreachable");
  rig_.clock.advance(kLinkLifeDefault);
  const Link old = rig_.link();
  rig_.clock.advance(kLinkLifeDefault);
  EXPECT_EQ(status(old).status, "expired");
}

TEST_F(Window, StatusIsForTheAppsOwnPagesOnly) {
  const Link link = rig_.link();
  for (const auto* origin :
       {"", "null", "https://evil.example", "https://saas.example.evil.example"}) {
    EXPECT_EQ(error_in(rig_.run(rig_.installer().status(token_of(link), origin))).code,
              "forbidden");
  }
  EXPECT_EQ(error_in(rig_.run(rig_.installer().status(std::string(43, 'x'), kOpener))).code,
            "not_found");
}

}  // namespace
}  // namespace wayleave::connect
