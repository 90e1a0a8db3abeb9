#include "connect/callback_check.hpp"

#include <gtest/gtest.h>

#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;

/// A callback that fits its flow; each test spoils one thing.
struct Case {
  FakeClock clock;
  Flow flow;
  vault::App app;
  provider::Auth auth;
  CallbackParams params;
  Arrival arrival{"hubspot", "hbdev-11111111-2222-4333-8444-555555555555", {}};

  Case() {
    flow.redirect_uri =
        "https://gateway.example/hubspot/hbdev-11111111-2222-4333-8444-555555555555/callback";
    flow.app_version = 3;
    flow.expires_at = clock.now() + 10min;
    app.version = 3;
    params.code = "c";
  }
  std::optional<Outcome> check() const {
    return check_callback(flow, &app, &auth, params, arrival, clock.now());
  }
};

TEST(CallbackCheck, FittingCallbackPasses) { EXPECT_EQ(Case().check(), std::nullopt); }

// OA-08: each app has its own path, and a callback on another one is refused.
TEST(CallbackCheck, AnotherPathIsRefused) {
  const char* const own = "hbdev-11111111-2222-4333-8444-555555555555";
  for (const auto& [provider, app] : std::vector<std::pair<std::string, std::string>>{
           {"hubspot-sandbox", own},
           {"slack", own},
           {"HubSpot", own},
           {"", own},
           {"gateway.example/hubspot", own},
           {"hubspot", "other-11111111-2222-4333-8444-555555555555"},
           {"hubspot", "hbdev-99999999-2222-4333-8444-555555555555"},
           {"hubspot", "hbdev"},
           {"hubspot", ""},
           {"hubspot", std::string(own) + "/callback"}}) {
    Case spoiled;
    spoiled.arrival = {provider, app, {}};
    EXPECT_EQ(spoiled.check(), Outcome::WrongPath) << provider << " " << app;
  }
}

// OA-02: a bound flow is finished by the browser that began it or not at all.
TEST(CallbackCheck, AnotherBrowserIsRefused) {
  SystemRandom random;
  const std::string cookie = make_one_time(random);
  Case bound;
  bound.flow.browser_digest = one_time_digest(cookie);
  EXPECT_EQ(bound.check(), Outcome::WrongBrowser);
  const std::string other = make_one_time(random);
  bound.arrival.browser_cookie = other;
  EXPECT_EQ(bound.check(), Outcome::WrongBrowser);
  bound.arrival.browser_cookie = bound.flow.browser_digest;
  EXPECT_EQ(bound.check(), Outcome::WrongBrowser);
  bound.arrival.browser_cookie = cookie;
  EXPECT_EQ(bound.check(), std::nullopt);
}

TEST(CallbackCheck, AnUnboundFlowIgnoresCookiesOfOtherFlows) {
  Case open;
  open.arrival.browser_cookie = "left over from another flow";
  EXPECT_EQ(open.check(), std::nullopt);
}

// OA-04: ten minutes, and not one millisecond more.
TEST(CallbackCheck, ExpiryIsExact) {
  Case late;
  late.clock.advance(10min - 1ms);
  EXPECT_EQ(late.check(), std::nullopt);
  late.clock.advance(1ms);
  EXPECT_EQ(late.check(), Outcome::ExpiredState);
}

TEST(CallbackCheck, AConsumedFlowIsUsed) {
  Case used;
  used.flow.consumed_at = used.clock.now();
  EXPECT_EQ(used.check(), Outcome::UsedState);
}

// OA-04: a change of the app ends the flows that began before it.
TEST(CallbackCheck, AChangedOrRemovedAppIsRefused) {
  Case changed;
  changed.app.version = 4;
  EXPECT_EQ(changed.check(), Outcome::AppChanged);
  const Case removed;
  EXPECT_EQ(
      check_callback(
          removed.flow, nullptr, nullptr, removed.params, removed.arrival, removed.clock.now()),
      Outcome::AppChanged);
}

// OA-07, RFC 9207 section 2.4.
TEST(CallbackCheck, IssuerMustBeExactlyTheConfiguredOne) {
  struct Row {
    std::string configured;
    bool sends;
    std::optional<std::string> iss;
    bool fits;
  };
  const std::vector<Row> rows{
      {"", false, std::nullopt, true},
      {"https://op.example", false, std::nullopt, true},
      {"https://op.example", false, "https://op.example", true},
      {"https://op.example", true, "https://op.example", true},
      {"https://op.example", true, std::nullopt, false},
      {"https://op.example", false, "https://evil.example", false},
      {"https://op.example", false, "https://op.example/", false},
      {"https://op.example", false, "https://OP.example", false},
      {"https://op.example", false, "", false},
      {"", false, "https://evil.example", false},
      {"", false, "", false},
  };
  for (const Row& row : rows) {
    Case made;
    made.auth.issuer = row.configured;
    made.auth.sends_iss = row.sends;
    made.params.iss = row.iss;
    const auto expected = row.fits ? std::nullopt : std::optional(Outcome::IssuerMismatch);
    EXPECT_EQ(made.check(), expected) << row.configured << " / " << row.iss.value_or("(none)");
  }
}

TEST(CallbackCheck, AStrangerLearnsNothingAboutABoundFlow) {
  Case all_wrong;
  all_wrong.flow.browser_digest = one_time_digest("x");
  all_wrong.flow.consumed_at = all_wrong.clock.now();
  all_wrong.app.version = 9;
  EXPECT_EQ(all_wrong.check(), Outcome::WrongBrowser);
}

}  // namespace
}  // namespace wayleave::connect
