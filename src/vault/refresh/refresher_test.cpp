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
  run(vault_.settled());
  EXPECT_EQ(stored_tokens(rotating_), std::pair(std::string("access-1"), std::string("refresh-1")));
}

TEST_F(RefreshTest, NewTokensAreInTheFileBeforeAnyoneGetsThem) {  // TK-05
  connect(rotating_);
  expire();
  net_.answer_with(tokens_answer("access-1", "refresh-1"));
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
  const auto other = must(db::open(store_.url()));
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
    intents = store_.rows("SELECT connection FROM refresh_work WHERE owner IS NOT NULL").size();
    return tokens_answer("access-1", "refresh-1");
  });
  must(credential(rotating_));
  EXPECT_EQ(intents, 1U);
  EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_work WHERE owner IS NOT NULL").empty());
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

TEST_F(RefreshTest, DueTokenIsRefreshedBehindTheCall) {
  connect(steady_);
  store_.clock.advance(28min);
  net_.answer_with(tokens_answer("access-1", ""));
  EXPECT_EQ(shown(must(credential(steady_)).access_token), "access-0");
  run(vault_.settled());
  EXPECT_EQ(shown(must(credential(steady_)).access_token), "access-1");
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
