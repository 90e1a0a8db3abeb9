// What failed refreshes do to connections, apps and callers.
#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

class RefreshFailureTest : public VaultTest {};

TEST_F(RefreshFailureTest, TransientFailuresKeepStateAndTokens) {  // TK-09, TK-10, OA-16
  const std::vector<std::pair<std::string, NetAnswer>> failures{
      {"429", answer(429, "slow down", "text/plain")},
      {"500", answer(500, "{}")},
      {"502", answer(502, "<html>", "text/html")},
      {"503", answer(503, "", "text/plain")},
      {"403 without OAuth body", answer(403, "<html>", "text/html")},
      {"HTML 200", answer(200, "<html>login</html>", "text/html")},
      {"broken JSON", answer(200, R"({"access_token":"x)")},
      {"redirect", answer(307, "", "text/plain")},
      {"unreachable", no_answer(net::Reached::Nothing)},
      {"reset", no_answer(net::Reached::Maybe)}};
  int number = 0;
  for (const auto& [name, failure] : failures) {
    const std::string user = "user-" + std::to_string(number++);
    connect(steady_, user);
    expire();
    net_.answer_with(failure);
    const auto refused = credential(steady_, user);
    EXPECT_EQ(code_of(refused), "upstream_unreachable") << name;
    EXPECT_EQ(stored(steady_, user).state, State::Active) << name;
    EXPECT_EQ(stored_tokens(steady_, user).second, "refresh-0") << name;
    EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_work WHERE owner IS NOT NULL").empty())
        << name;
    store_.clock.advance(31s);
    net_.answer_with(tokens_answer("access-1", ""));
    EXPECT_TRUE(credential(steady_, user)) << name;
  }
}

TEST_F(RefreshFailureTest, FailureIsSharedAndCoolsDown) {  // TK-20
  const auto connection = connect(steady_);
  expire();
  net_.answer_with(answer(503, ""));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(code_of(credential(steady_)), "upstream_unreachable");
  EXPECT_EQ(net_.count(), 1U);
  store_.clock.advance(30s);
  EXPECT_FALSE(credential(steady_));
  EXPECT_EQ(net_.count(), 2U);
  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_TRUE(run(vault_.refresh_now(home_, connection.id)));  // an operator overrides it
  EXPECT_EQ(shown(must(credential(steady_)).access_token), "access-1");
}

TEST_F(RefreshFailureTest, RetryAfterIsObeyed) {  // TK-18
  connect(steady_);
  expire();
  net_.answer_with(answer(429, "{}", "application/json", "120"));
  EXPECT_FALSE(credential(steady_));
  store_.clock.advance(119s);
  EXPECT_FALSE(credential(steady_));
  EXPECT_EQ(net_.count(), 1U);
  store_.clock.advance(1s);
  EXPECT_FALSE(credential(steady_));
  EXPECT_EQ(net_.count(), 2U);
}

TEST_F(RefreshFailureTest, StillValidTokenIsUsedAlthoughItsEarlyRefreshFails) {  // TK-19
  connect(steady_);
  store_.clock.advance(28min);
  net_.answer_with(answer(503, ""));
  const auto release = net_.hold();
  const auto given = must(credential(steady_));  // does not wait for the provider either
  EXPECT_EQ(shown(given.access_token), "access-0");
  EXPECT_GT(given.refresh_due_at, store_.clock.now());
  release.set();
  run(vault_.settled());
  const auto again = must(credential(steady_));
  EXPECT_EQ(shown(again.access_token), "access-0");
  EXPECT_EQ(again.refresh_due_at, store_.clock.now() + 30s);  // no call asks before
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(RefreshFailureTest,
       RefusedGrantNeedsReauthorizationAndLosesNothing) {  // TK-09, TK-10, TK-23
  const auto connection = connect(steady_);
  expire();
  net_.answer_with(oauth_error("invalid_grant"));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(code_of(credential(steady_)), "reauthorization_required");
  }
  EXPECT_EQ(net_.count(), 1U);
  EXPECT_EQ(stored(steady_).state, State::NeedsReauthorization);
  EXPECT_EQ(stored(steady_).state_reason, "refresh_token_rejected");
  EXPECT_EQ(stored_tokens(steady_).second, "refresh-0");
  EXPECT_EQ(audited(), (std::vector<std::string>{"connection.needs_reauthorization"}));

  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_EQ(must(run(vault_.refresh_now(home_, connection.id))).state, State::Active);
  EXPECT_EQ(audited().back(), "connection.recovered");
  EXPECT_TRUE(credential(steady_));
}

TEST_F(RefreshFailureTest, RefusedClientStopsTheAppAndBlamesNoConnection) {  // TK-11
  constexpr int kConnections = 300;
  for (int i = 0; i < kConnections; ++i) connect(steady_, "user-" + std::to_string(i));
  expire();
  net_.answer_with(oauth_error("invalid_client", 401));
  std::vector<std::future<Result<Credential>>> calls;
  for (int i = 0; i < kConnections; ++i) {
    calls.push_back(begin(vault_.credential(steady_.id, "user-" + std::to_string(i))));
  }
  for (auto& call : calls) EXPECT_EQ(code_of(call.get()), "app_misconfigured");
  EXPECT_LE(net_.count(), 3U);
  EXPECT_EQ(audited(), (std::vector<std::string>{"app.client_refused"}));
  EXPECT_TRUE(store_.rows("SELECT id FROM connection WHERE state <> 'active'").empty());
  EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_work WHERE owner IS NOT NULL").empty());

  must(store_.write([&](db::Transaction& tx) {
    AppDraft mended;
    mended.client_secret = secret("right");
    return vault_.apps().update(tx, home_, "steady", std::move(mended), store_.clock.now());
  }));
  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_TRUE(credential(steady_, "user-7"));
}

TEST_F(RefreshFailureTest, RepeatedRefusalsCauseOneRefreshPerCoolDown) {  // TK-17
  connect(steady_);
  net_.answer_with(tokens_answer("access-1", ""));
  const auto first = must(credential(steady_));
  const auto second = must(run(vault_.renew(steady_.id, "ann", first.version)));
  EXPECT_EQ(code_of(run(vault_.renew(steady_.id, "ann", second.version))), "refresh_cooling_down");
  EXPECT_EQ(net_.count(), 1U);
  // Who saw the older token gets the newer without a request.
  EXPECT_EQ(shown(must(run(vault_.renew(steady_.id, "ann", first.version))).access_token),
            "access-1");
  EXPECT_EQ(net_.count(), 1U);
  store_.clock.advance(30s);
  EXPECT_TRUE(run(vault_.renew(steady_.id, "ann", second.version)));
  EXPECT_EQ(net_.count(), 2U);
}

TEST_F(RefreshFailureTest, TokenRefusedOnBothSidesIsNotTriedAgain) {
  connect(steady_);
  const auto given = must(credential(steady_));
  net_.answer_with(oauth_error("invalid_grant"));
  EXPECT_EQ(code_of(run(vault_.renew(steady_.id, "ann", given.version))),
            "reauthorization_required");
  EXPECT_EQ(code_of(credential(steady_)), "reauthorization_required");
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(RefreshFailureTest, ExpiredTokenWithoutRefreshTokenNeedsReauthorization) {
  must(keep(grant(steady_, "ann", "access-0", "")));
  EXPECT_TRUE(credential(steady_));
  expire();
  EXPECT_EQ(code_of(credential(steady_)), "reauthorization_required");
  EXPECT_EQ(stored(steady_).state_reason, "refresh_token_missing");
  EXPECT_EQ(net_.count(), 0U);
}

TEST_F(RefreshFailureTest, LostAnswerIsAskedForAgainWithinTheGraceTime) {  // TK-07
  connect(rotating_);
  expire();
  net_.answer_with([&](const net::Outgoing&) {
    return net_.count() == 1 ? no_answer(net::Reached::Maybe)
                             : tokens_answer("access-1", "refresh-1");
  });
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
  EXPECT_EQ(net_.count(), 2U);
  EXPECT_EQ(net_.field(1, "refresh_token"), "refresh-0");
  EXPECT_EQ(stored(rotating_).state, State::Active);
}

TEST_F(RefreshFailureTest, LostAnswerThatCannotBeHadAgainIsHonestlyUnknownAndHeals) {  // TK-07
  connect(rotating_);
  expire();
  net_.answer_with(no_answer(net::Reached::Maybe));
  EXPECT_EQ(code_of(credential(rotating_)), "refresh_unknown");
  EXPECT_EQ(stored(rotating_).state, State::RefreshUnknown);
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-0");
  EXPECT_EQ(code_of(credential(rotating_)), "refresh_unknown");
  EXPECT_EQ(net_.count(), 2U);
  store_.clock.advance(30s);
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  EXPECT_TRUE(credential(rotating_));
  EXPECT_EQ(stored(rotating_).state, State::Active);
}

TEST_F(RefreshFailureTest, GrantThatDiedWithALostAnswerSaysSo) {  // TK-07
  connect(rotating_);
  expire();
  net_.answer_with([&](const net::Outgoing&) {
    return net_.count() == 1 ? no_answer(net::Reached::Maybe) : oauth_error("invalid_grant");
  });
  EXPECT_EQ(code_of(credential(rotating_)), "reauthorization_required");
  EXPECT_EQ(stored(rotating_).state_reason, "refresh_outcome_unknown");
  // Also after an operator has asked once more.
  EXPECT_FALSE(run(vault_.refresh_now(home_, stored(rotating_).id)));
  EXPECT_EQ(stored(rotating_).state_reason, "refresh_outcome_unknown");
}

TEST_F(RefreshFailureTest,
       RefreshCutShortByACrashIsUnknownAfterTheRestartAndTriedAtOnce) {  // TK-04
  const auto connection = connect(rotating_);
  const auto calm = connect(steady_, "bob");
  for (const auto& id : {connection.id, calm.id}) {
    leave_intent(id, owner_that_ended(), token_fingerprint(secret("refresh-0")));
  }
  net_.answer_with(answer(503, ""));
  EXPECT_EQ(must(run(vault_.recover())), 1);
  run(vault_.settled());
  EXPECT_EQ(stored(rotating_).state, State::RefreshUnknown);
  EXPECT_EQ(stored(steady_, "bob").state, State::Active);
  EXPECT_EQ(net_.count(), 1U);
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-0");
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-0");  // still valid
}

TEST_F(RefreshFailureTest, DamagedConnectionFailsAloneAndIsReportedOnce) {  // VT-03, VT-04
  connect(steady_);
  connect(steady_, "bob");
  store_.sql("UPDATE connection SET access_token = refresh_token WHERE user_id = 'ann'");
  EXPECT_EQ(code_of(credential(steady_)), "reauthorization_required");
  EXPECT_EQ(code_of(credential(steady_)), "reauthorization_required");
  EXPECT_EQ(audited(), (std::vector<std::string>{"connection.damaged"}));
  EXPECT_TRUE(credential(steady_, "bob"));
}

TEST_F(RefreshFailureTest, UnknownUserAndAppAreToldApart) {
  EXPECT_EQ(code_of(credential(steady_, "nobody")), "connection_not_found");
}

}  // namespace
}  // namespace wayleave::vault
