// A rotated token that the database does not take: it is never dropped (TK-06).
#include <filesystem>
#include <thread>

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;
using Fate = FlakyDatabase::Fate;

class EmergencyTest : public VaultTest {
 protected:
  EmergencyTest() {
    connect(rotating_);
    expire();
    net_.answer_with(tokens_answer("access-1", "refresh-1"));
  }
  /// The claim passes, the commit does not.
  void fail_commits(Fate fate = Fate::Refuse) {
    database_.judge_writes([fate](int number) { return number == 0 ? Fate::Pass : fate; });
  }
  int kept() { return count_kept(store_.dir.path() / "emergency"); }

  /// As the next process on this data folder has it.
  Vault::Parts restarted() { return parts(*store_.database, "here", journal_); }
};

TEST_F(EmergencyTest, AnswerIsKeptWhileTheDatabaseFailsAndStoredOnceItWorks) {
  fail_commits();
  EXPECT_EQ(code_of(credential(rotating_)), "database_unavailable");  // told, not left waiting
  EXPECT_EQ(kept(), 1);
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-0");
  database_.pass();
  run(vault_.settled());
  EXPECT_EQ(stored_tokens(rotating_), std::pair(std::string("access-1"), std::string("refresh-1")));
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(net_.count(), 1U);
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
}

TEST_F(EmergencyTest, AnswerIsKeptWhileItsCommitHangs) {
  fail_commits(Fate::Hang);
  std::thread database([this] {
    while (kept() == 0) std::this_thread::yield();  // a kill -9 from here on loses nothing
    EXPECT_EQ(stored_tokens(rotating_).second, "refresh-0");
    database_.release();
  });
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
  database.join();
  run(vault_.settled());
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(EmergencyTest, NobodyAsksAnewWhileTheAnswerIsKept) {
  fail_commits();
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(credential(rotating_));
  EXPECT_EQ(net_.count(), 1U);
  database_.pass();
  run(vault_.settled());
}

TEST_F(EmergencyTest, CommitThatWasCarriedOutAlthoughItFailedIsFound) {
  fail_commits(Fate::Deny);
  (void)credential(rotating_);
  database_.pass();
  run(vault_.settled());
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
  EXPECT_EQ(stored(rotating_).state, State::Active);
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(EmergencyTest, NextStartStoresWhatTheLastOneCouldNot) {
  fail_commits();
  EXPECT_FALSE(credential(rotating_));
  run(vault_.drain());  // a stop does not wait for a database that is gone
  ASSERT_EQ(kept(), 1);
  // As the process that was stopped would look to the next one.
  store_.sql("UPDATE refresh_work SET owner = $1 WHERE owner IS NOT NULL", {owner_that_ended()});
  Vault next(restarted());
  EXPECT_EQ(must(run(next.recover())), 0);  // nothing is unknown
  run(next.settled());
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
  EXPECT_EQ(stored(rotating_).state, State::Active);
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(net_.count(), 1U);
}

TEST_F(EmergencyTest, KeptAnswerHealsAConnectionThatWasGivenUpMeanwhile) {
  fail_commits();
  EXPECT_FALSE(credential(rotating_));
  run(vault_.drain());
  store_.sql("UPDATE refresh_work SET owner = $1 WHERE owner IS NOT NULL", {owner_that_ended()});
  net_.answer_with(oauth_error("invalid_grant"));
  {
    const Journal none{{}, store_.keys};  // another machine does not see the journal
    Vault other(parts(*store_.database, "elsewhere", none));
    (void)must(run(other.recover()));
    auto settled = begin(other.settled());
    while (settled.wait_for(20ms) == std::future_status::timeout) store_.clock.advance(5s);
    EXPECT_EQ(stored(rotating_).state, State::NeedsReauthorization);
    EXPECT_EQ(stored(rotating_).state_reason, "refresh_outcome_unknown");
  }
  Vault next(restarted());
  must(run(next.recover()));
  run(next.settled());
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
  // Somebody else asked meanwhile: whether ours is still good shows with the next refresh.
  EXPECT_EQ(stored(rotating_).state, State::RefreshUnknown);
  EXPECT_EQ(shown(must(credential(rotating_)).access_token), "access-1");
  expire();
  net_.answer_with(tokens_answer("access-2", "refresh-2"));
  EXPECT_EQ(code_of(run(next.credential(rotating_.id, "ann"))), "no error");
  EXPECT_EQ(stored(rotating_).state, State::Active);
}

TEST_F(EmergencyTest, OldAnswerDoesNotReplaceANewerToken) {
  fail_commits();
  EXPECT_FALSE(credential(rotating_));
  run(vault_.drain());
  must(keep(grant(rotating_, "ann", "reconnected-access", "reconnected-refresh")));
  Vault next(restarted());
  must(run(next.recover()));
  run(next.settled());
  EXPECT_EQ(stored_tokens(rotating_).second, "reconnected-refresh");
  EXPECT_EQ(kept(), 0);
}

TEST_F(EmergencyTest, AnswerStaysInMemoryWhenTheJournalFailsToo) {
  const auto folder = store_.dir.path() / "emergency";
  {
    std::ofstream(folder) << "a file where the folder should be";
  }
  fail_commits();
  EXPECT_FALSE(credential(rotating_));
  EXPECT_EQ(net_.count(), 1U);
  database_.pass();
  run(vault_.settled());
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
}

TEST_F(EmergencyTest, FrozenHolderCannotWriteAndItsAnswerIsNotLost) {  // TK-02
  // While the provider was asked, somebody took the lease over and is at it.
  net_.answer_with([&](const net::Outgoing&) {
    store_.sql("UPDATE refresh_work SET owner = 'other', fence = fence + 1");
    return tokens_answer("access-1", "refresh-1");
  });
  EXPECT_FALSE(credential(rotating_));
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-0");
  EXPECT_EQ(kept(), 1);
  store_.sql("UPDATE refresh_work SET owner = NULL, fingerprint = NULL");
  run(vault_.settled());
  EXPECT_EQ(stored_tokens(rotating_).second, "refresh-1");
  EXPECT_EQ(kept(), 0);
}

TEST_F(EmergencyTest, HolderWhoIsWatchedFinishesAndItsTokenIsTaken) {  // TK-01
  store_.sql("UPDATE refresh_work SET owner = 'other', fence = 5");
  auto call = begin(vault_.credential(rotating_.id, "ann"));
  EXPECT_EQ(call.wait_for(100ms), std::future_status::timeout);
  must(keep(grant(rotating_, "ann", "winners-access", "winners-refresh")));
  EXPECT_EQ(shown(must(call.get()).access_token), "winners-access");
  EXPECT_EQ(net_.count(), 0U);
}

TEST_F(EmergencyTest, HolderWhoNeverMovesIsReplaced) {
  store_.sql("UPDATE refresh_work SET owner = 'other', fence = 5, fingerprint = $1",
             {db::Blob{token_fingerprint(secret("refresh-0"))}});
  auto call = begin(vault_.credential(rotating_.id, "ann"));
  while (call.wait_for(20ms) == std::future_status::timeout) store_.clock.advance(5s);
  EXPECT_EQ(shown(must(call.get()).access_token), "access-1");
  EXPECT_EQ(audited(),
            (std::vector<std::string>{"connection.refresh_unknown", "connection.recovered"}));
}

}  // namespace
}  // namespace wayleave::vault
