#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

class RefreshTest : public VaultTest {};

TEST_F(RefreshTest, FreshTokenIsGivenWithoutAskingTheProvider) {
  connect(steady_);
  const auto given = must(credential(steady_));
  EXPECT_EQ(shown(given.access_token), "access-0");
  EXPECT_EQ(given.expires_at, store_.clock.now() + 30min);
  EXPECT_EQ(given.refresh_due_at, store_.clock.now() + 27min);
  EXPECT_EQ(net_.count(), 0U);
}

TEST_F(RefreshTest, TwoHundredCallsOverAnExpiredTokenCauseOneRefresh) {  // TK-01
  connect(rotating_);
  expire();
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  const auto release = net_.hold();
  std::vector<std::future<Result<Credential>>> calls;
  for (int i = 0; i < 200; ++i) calls.push_back(begin(vault_.credential(rotating_.id, "ann")));
  run(net_.arrived().wait());
  release.set();
  for (auto& call : calls) EXPECT_EQ(shown(must(call.get()).access_token), "access-1");
  EXPECT_EQ(net_.count(), 1U);
  EXPECT_EQ(net_.field(0, "grant_type"), "refresh_token");
  EXPECT_EQ(net_.field(0, "refresh_token"), "refresh-0");
}

TEST_F(RefreshTest, DifferentConnectionsAreRefreshedEachForItself) {
  for (int i = 0; i < 20; ++i) connect(steady_, "user-" + std::to_string(i));
  expire();
  net_.answer_with(tokens_answer("access-1", ""));
  std::vector<std::future<Result<Credential>>> calls;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(begin(vault_.credential(steady_.id, "user-" + std::to_string(i))));
  }
  for (auto& call : calls) EXPECT_TRUE(call.get());
  EXPECT_EQ(net_.count(), 20U);
}

TEST_F(RefreshTest, CallerThatLeavesDoesNotStopTheRefresh) {
  connect(rotating_);
  expire();
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  const auto release = net_.hold();
  const auto strand = asio::make_strand(pool_);
  asio::cancellation_signal leave;
  std::promise<bool> left;
  const auto on_end = [&](std::exception_ptr failure, const Result<Credential>&) {
    left.set_value(failure != nullptr);
  };
  asio::co_spawn(strand,
                 vault_.credential(rotating_.id, "ann"),
                 asio::bind_cancellation_slot(leave.slot(), on_end));
  run(net_.arrived().wait());
  asio::post(strand, [&] { leave.emit(asio::cancellation_type::terminal); });
  EXPECT_TRUE(left.get_future().get());
  release.set();
  run(vault_.drain());
  EXPECT_EQ(stored_tokens(rotating_), std::pair(std::string("access-1"), std::string("refresh-1")));
}

TEST_F(RefreshTest, NewTokensAreInTheFileBeforeAnyoneGetsThem) {  // TK-05
  connect(rotating_);
  expire();
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
  const auto other = must(db::open("sqlite:" + store_.path()));
  const auto seen = must(other->read_blocking([&](db::Transaction& tx) -> Result<Tokens> {
    WL_TRY(const auto found, vault_.connections().find(tx, rotating_.id, "ann"));
    return vault_.connections().tokens(tx, *found);
  }));
  EXPECT_EQ(shown(seen.refresh_token), "refresh-1");
}

TEST_F(RefreshTest, IntentIsInTheFileBeforeTheProviderIsAsked) {  // TK-03, TK-04
  connect(rotating_);
  expire();
  std::size_t intents = 0;
  net_.answer_with([&](const net::Outgoing&) {
    intents = store_.rows("SELECT connection FROM refresh_intent").size();
    return tokens_answer("access-1", "refresh-1");
  });
  must(credential(rotating_));
  EXPECT_EQ(intents, 1U);
  EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_intent").empty());
}

TEST_F(RefreshTest, LifeCountsFromWhenTheRequestWasSent) {  // TK-15
  connect(steady_);
  expire();
  const Instant sent_at = store_.clock.now();
  net_.answer_with([&](const net::Outgoing&) {
    store_.clock.advance(20s);
    return tokens_answer("access-1", "", 60);
  });
  EXPECT_EQ(must(credential(steady_)).expires_at, sent_at + 60s);
}

TEST_F(RefreshTest, OldRefreshTokenStaysWhenNoneComesBack) {  // TK-12
  connect(steady_);
  expire();
  net_.answer_with(tokens_answer("access-1", ""));
  must(credential(steady_));
  expire();
  must(credential(steady_));
  EXPECT_EQ(net_.field(1, "refresh_token"), "refresh-0");
  EXPECT_EQ(stored_tokens(steady_).second, "refresh-0");
}

TEST_F(RefreshTest, EachRotatedRefreshTokenIsUsedOnce) {  // TK-13
  connect(rotating_);
  int issued = 0;
  net_.answer_with([&](const net::Outgoing& call) {
    if (call.body.find("refresh_token=refresh-" + std::to_string(issued) + "&") ==
            std::string::npos &&
        !call.body.ends_with("refresh_token=refresh-" + std::to_string(issued))) {
      return oauth_error("invalid_grant");
    }
    ++issued;
    return tokens_answer("access-" + std::to_string(issued), "refresh-" + std::to_string(issued));
  });
  for (int i = 1; i <= 100; ++i) {
    expire();
    ASSERT_EQ(shown(must(credential(rotating_)).access_token), "access-" + std::to_string(i));
  }
}

TEST_F(RefreshTest, TransientFailuresKeepStateAndTokens) {  // TK-09, TK-10, OA-16
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
    EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_intent").empty()) << name;
    store_.clock.advance(31s);
    net_.answer_with(tokens_answer("access-1", ""));
    EXPECT_TRUE(credential(steady_, user)) << name;
  }
}

TEST_F(RefreshTest, FailureIsSharedAndCoolsDown) {  // TK-20
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

TEST_F(RefreshTest, RetryAfterIsObeyed) {  // TK-18
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

TEST_F(RefreshTest, StillValidTokenIsUsedAlthoughItsEarlyRefreshFails) {  // TK-19
  connect(steady_);
  store_.clock.advance(28min);
  net_.answer_with(answer(503, ""));
  const auto release = net_.hold();
  const auto given = must(credential(steady_));  // does not wait for the provider either
  EXPECT_EQ(shown(given.access_token), "access-0");
  EXPECT_GT(given.refresh_due_at, store_.clock.now());
  release.set();
  run(vault_.drain());
  const auto again = must(credential(steady_));
  EXPECT_EQ(shown(again.access_token), "access-0");
  EXPECT_EQ(again.refresh_due_at, store_.clock.now() + 30s);  // no call asks before
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(RefreshTest, DueTokenIsRefreshedBehindTheCall) {
  connect(steady_);
  store_.clock.advance(28min);
  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_EQ(shown(must(credential(steady_)).access_token), "access-0");
  run(vault_.drain());
  EXPECT_EQ(shown(must(credential(steady_)).access_token), "access-1");
}

TEST_F(RefreshTest, RefusedGrantNeedsReauthorizationAndLosesNothing) {  // TK-09, TK-10, TK-23
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

TEST_F(RefreshTest, LoserOfARaceTakesTheWinnersToken) {  // TK-08
  connect(rotating_);
  expire();
  net_.answer_with([&](const net::Outgoing&) {
    const auto current = stored(rotating_);
    TokenUpdate winner;
    winner.tokens.access_token = secret("winners-access");
    winner.tokens.refresh_token = secret("winners-refresh");
    winner.expires_at = store_.clock.now() + 30min;
    winner.life = 30min;
    must(store_.write([&](db::Transaction& tx) {
      return vault_.connections().swap_tokens(tx, current, winner, store_.clock.now());
    }));
    return oauth_error("invalid_grant");
  });
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "winners-access");
  EXPECT_EQ(stored(rotating_).state, State::Active);
}

TEST_F(RefreshTest, RefreshedTokensDoNotReplaceAReconnect) {  // TK-24
  connect(rotating_);
  expire();
  net_.answer_with([&](const net::Outgoing&) {
    must(keep(grant(rotating_, "ann", "reconnected-access", "reconnected-refresh")));
    return tokens_answer("access-1", "refresh-1");
  });
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "reconnected-access");
  EXPECT_EQ(stored_tokens(rotating_).second, "reconnected-refresh");
}

TEST_F(RefreshTest, StateChangeMeanwhileDoesNotLoseTheRotatedToken) {  // TK-05, TK-24
  connect(rotating_);
  expire();
  net_.answer_with([&](const net::Outgoing&) {
    const auto current = stored(rotating_);
    must(store_.write([&](db::Transaction& tx) {
      return vault_.connections().set_state(
          tx, current, State::NeedsReauthorization, "x", store_.clock.now());
    }));
    return tokens_answer("access-1", "refresh-1");
  });
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
}

TEST_F(RefreshTest, RefusedClientStopsTheAppAndBlamesNoConnection) {  // TK-11
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
  EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_intent").empty());

  must(store_.write([&](db::Transaction& tx) {
    AppDraft mended;
    mended.client_secret = secret("right");
    return vault_.apps().update(tx, home_, "steady", std::move(mended), store_.clock.now());
  }));
  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_TRUE(credential(steady_, "user-7"));
}

TEST_F(RefreshTest, UnknownExpiryIsRefreshedAfterA401Only) {  // TK-14
  connect(steady_, "ann", std::nullopt);
  store_.clock.advance(24h * 30);
  const auto given = must(credential(steady_));
  EXPECT_EQ(net_.count(), 0U);
  EXPECT_FALSE(given.expires_at);
  net_.answer_with(tokens_answer("access-1", "", -1));
  EXPECT_EQ(shown(must(run(vault_.renew(steady_.id, "ann", given.version))).access_token),
            "access-1");
}

TEST_F(RefreshTest, RepeatedRefusalsCauseOneRefreshPerCoolDown) {  // TK-17
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

TEST_F(RefreshTest, TokenRefusedOnBothSidesIsNotTriedAgain) {
  connect(steady_);
  const auto given = must(credential(steady_));
  net_.answer_with(oauth_error("invalid_grant"));
  EXPECT_EQ(code_of(run(vault_.renew(steady_.id, "ann", given.version))),
            "reauthorization_required");
  EXPECT_EQ(code_of(credential(steady_)), "reauthorization_required");
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(RefreshTest, ExpiredTokenWithoutRefreshTokenNeedsReauthorization) {
  must(keep(grant(steady_, "ann", "access-0", "")));
  EXPECT_TRUE(credential(steady_));
  expire();
  EXPECT_EQ(code_of(credential(steady_)), "reauthorization_required");
  EXPECT_EQ(stored(steady_).state_reason, "refresh_token_missing");
  EXPECT_EQ(net_.count(), 0U);
}

TEST_F(RefreshTest, LostAnswerIsAskedForAgainWithinTheGraceTime) {  // TK-07
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

TEST_F(RefreshTest, LostAnswerThatCannotBeHadAgainIsHonestlyUnknownAndHeals) {  // TK-07
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

TEST_F(RefreshTest, GrantThatDiedWithALostAnswerSaysSo) {  // TK-07
  connect(rotating_);
  expire();
  net_.answer_with([&](const net::Outgoing&) {
    return net_.count() == 1 ? no_answer(net::Reached::Maybe) : oauth_error("invalid_grant");
  });
  EXPECT_EQ(code_of(credential(rotating_)), "reauthorization_required");
  EXPECT_EQ(stored(rotating_).state_reason, "refresh_outcome_unknown");
}

TEST_F(RefreshTest, RefreshCutShortByACrashIsUnknownAfterTheRestartAndTriedAtOnce) {  // TK-04
  const auto connection = connect(rotating_);
  const auto calm = connect(steady_, "bob");
  for (const auto& id : {connection.id, calm.id}) {
    store_.sql(
        "INSERT INTO refresh_intent (connection, version, fingerprint, started_at) "
        "VALUES ($1, 1, $2, 0)",
        {id, db::Blob{"f"}});
  }
  net_.answer_with(answer(503, ""));
  EXPECT_EQ(must(run(vault_.recover())), 1);
  run(vault_.drain());
  EXPECT_EQ(stored(rotating_).state, State::RefreshUnknown);
  EXPECT_EQ(stored(steady_, "bob").state, State::Active);
  EXPECT_EQ(net_.count(), 1U);
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-0");
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-0");  // still valid
}

TEST_F(RefreshTest, DrainWaitsForTheCommitAndLetsNothingNewBegin) {  // OP-07
  connect(rotating_);
  connect(rotating_, "bob");
  expire();
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  const auto release = net_.hold();
  auto call = begin(vault_.credential(rotating_.id, "ann"));
  run(net_.arrived().wait());
  auto drained = begin(vault_.drain());
  release.set();
  drained.get();
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
  EXPECT_TRUE(call.get());
  EXPECT_EQ(code_of(credential(rotating_, "bob")), "unavailable");
}

TEST_F(RefreshTest, DamagedConnectionFailsAloneAndIsReportedOnce) {  // VT-03, VT-04
  connect(steady_);
  connect(steady_, "bob");
  store_.sql("UPDATE connection SET access_token = refresh_token WHERE user_id = 'ann'");
  EXPECT_EQ(code_of(credential(steady_)), "sealed_value_damaged");
  EXPECT_EQ(code_of(credential(steady_)), "sealed_value_damaged");
  EXPECT_EQ(audited(), (std::vector<std::string>{"connection.damaged"}));
  EXPECT_TRUE(credential(steady_, "bob"));
}

TEST_F(RefreshTest, UnknownUserAndAppAreToldApart) {
  EXPECT_EQ(code_of(credential(steady_, "nobody")), "connection_not_found");
}

TEST_F(RefreshTest, ClockThatJumpsRefreshesEachConnectionOnce) {  // TK-16
  for (int i = 0; i < 50; ++i) connect(steady_, "user-" + std::to_string(i));
  net_.answer_with(tokens_answer("access-1", ""));
  for (const auto jump : {24h, -48h}) {
    store_.clock.advance(jump);
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(credential(steady_, "user-" + std::to_string(i)));
      }
    }
  }
  EXPECT_LE(net_.count(), 100U);
}

}  // namespace
}  // namespace wayleave::vault
