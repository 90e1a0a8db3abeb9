#include "vault/refresh/attempt.hpp"

#include <gtest/gtest.h>

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;
using Answer = Attempt::Answer;
using Ending = Attempt::Ending;
using Settlement = Attempt::Settlement;
using Written = Attempt::Written;

constexpr Tick kStart{1h};

Attempt::Loaded rotating() { return {.version = 7, .rotates = true}; }

/// An attempt that has its lease and is about to ask.
Attempt asking(Attempt::Loaded loaded = rotating(), Occasion occasion = Occasion::Due) {
  Attempt attempt({.occasion = occasion, .seen = 7});
  EXPECT_TRUE(std::holds_alternative<Attempt::Load>(attempt.begin()));
  EXPECT_TRUE(std::holds_alternative<Attempt::Claim>(attempt.loaded(loaded)));
  EXPECT_TRUE(std::holds_alternative<Attempt::Ask>(
      attempt.claimed(Attempt::Claimed{.fence = 1}, kStart, kStart)));
  return attempt;
}
Attempt committing() {
  Attempt attempt = asking();
  EXPECT_TRUE(std::holds_alternative<Attempt::Keep>(attempt.answered(Answer::Granted, kStart)));
  EXPECT_TRUE(std::holds_alternative<Attempt::Commit>(attempt.kept(true)));
  return attempt;
}

void expect_ending(const Attempt::Step& step, Ending ending) {
  const auto* finish = std::get_if<Attempt::Finish>(&step);
  ASSERT_NE(finish, nullptr) << "step " << step.index();
  EXPECT_EQ(finish->ending, ending);
}
void expect_settlement(const Attempt::Step& step, Settlement as) {
  const auto* settle = std::get_if<Attempt::Settle>(&step);
  ASSERT_NE(settle, nullptr) << "step " << step.index();
  EXPECT_EQ(settle->as, as);
}
template <class T>
void expect(const Attempt::Step& step) {
  EXPECT_TRUE(std::holds_alternative<T>(step)) << "step " << step.index();
}

TEST(Attempt, AsksAndStores) {
  Attempt attempt = committing();
  expect<Attempt::Forget>(attempt.committed(Written::Done));
  expect_ending(attempt.forgotten(), Ending::Stored);
}

TEST(Attempt, StoresAlthoughTheJournalDidNotTakeTheAnswer) {
  Attempt attempt = asking();
  (void)attempt.answered(Answer::Granted, kStart);
  expect<Attempt::Commit>(attempt.kept(false));
  EXPECT_FALSE(attempt.is_kept());
  expect_ending(attempt.committed(Written::Done), Ending::Stored);
}

TEST(Attempt, TokenThatWorksForEverNeedsNoJournal) {
  Attempt attempt = asking({.version = 7});
  expect<Attempt::Commit>(attempt.answered(Answer::Granted, kStart));
}

TEST(Attempt, TakesWhatSomebodyElseStoredSinceTheCallerLooked) {  // TK-08
  Attempt attempt({.seen = 6});
  expect_ending(attempt.loaded(rotating()), Ending::Stored);
}

TEST(Attempt, LooksAgainWhenTheConnectionChangedBeforeTheClaim) {
  Attempt attempt({.seen = 7});
  (void)attempt.loaded(rotating());
  expect<Attempt::Load>(attempt.claimed(Attempt::Moved{}, kStart, kStart));
  expect_ending(attempt.loaded(Attempt::Loaded{.version = 8, .rotates = true}), Ending::Stored);
}

TEST(Attempt, DeadConnectionIsAskedForByAnOperatorOnly) {
  const Attempt::Loaded dead{.version = 7, .state = State::NeedsReauthorization, .rotates = true};
  Attempt due({.occasion = Occasion::Due, .seen = 7});
  expect_ending(due.loaded(dead), Ending::Dead);
  Attempt asked({.occasion = Occasion::Asked, .seen = 7});
  expect<Attempt::Claim>(asked.loaded(dead));
}

TEST(Attempt, WaitsForAHolderWhoLives) {  // TK-01, TK-02
  Attempt attempt({.seen = 7});
  (void)attempt.loaded(rotating());
  Tick now = kStart;
  for (std::int64_t beat = 0; beat < 100; ++beat) {
    const Holder holder{"other", 3, beat};
    expect<Attempt::Pause>(attempt.claimed(holder, now, now));
    now += kLeaseLife - 1ms;
    expect<Attempt::Load>(attempt.paused(false));
    (void)attempt.loaded(rotating());
  }
}

TEST(Attempt, TakesOverFromAHolderWhoDidNotMoveForALeaseLife) {
  Attempt attempt({.seen = 7});
  Attempt::Loaded graceful = rotating();
  graceful.grace = 1min;
  (void)attempt.loaded(graceful);
  const Holder holder{"other", 3, 9};
  expect<Attempt::Pause>(attempt.claimed(holder, kStart, kStart));
  expect<Attempt::Pause>(attempt.claimed(holder, kStart, kStart + kLeaseLife - 1ms));
  const auto step = attempt.claimed(holder, kStart, kStart + kLeaseLife);
  ASSERT_TRUE(std::holds_alternative<Attempt::Claim>(step));
  EXPECT_EQ(std::get<Attempt::Claim>(step).over, holder);
}

TEST(Attempt, GivesASlowHolderTheProvidersTimeWhereASecondUseCostsTheGrant) {
  Attempt attempt({.seen = 7});
  (void)attempt.loaded(rotating());
  const Holder holder{"other", 3, 9};
  (void)attempt.claimed(holder, kStart, kStart);
  expect<Attempt::Pause>(
      attempt.claimed(holder, kStart, kStart + kLeaseLife + kTokenTimeout - 1ms));
  expect<Attempt::Claim>(attempt.claimed(holder, kStart, kStart + kLeaseLife + kTokenTimeout));
}

TEST(Attempt, NobodyIsWaitedForWhenTheGatewayStops) {  // OP-07
  Attempt attempt({.seen = 7});
  (void)attempt.loaded(rotating());
  expect<Attempt::Pause>(attempt.claimed(Holder{"other", 3, 9}, kStart, kStart));
  expect_ending(attempt.paused(true), Ending::Busy);
}

TEST(Attempt, SchedulerDoesNotWaitForAHolder) {
  Attempt attempt({.occasion = Occasion::Scheduled, .seen = 7});
  (void)attempt.loaded(rotating());
  expect_ending(attempt.claimed(Holder{"other", 3, 9}, kStart, kStart), Ending::Busy);
}

TEST(Attempt, DoesNotAskWithALeaseThatMayHaveRunOut) {  // TK-02
  Attempt attempt({.seen = 7});
  (void)attempt.loaded(rotating());
  expect_settlement(attempt.claimed(Attempt::Claimed{.fence = 1}, kStart, kStart + kLeaseLife),
                    Settlement::Unspent);
}

TEST(Attempt, LeaseHoldsForAsLongAsItIsRenewed) {  // TK-02
  Attempt attempt = asking();
  EXPECT_TRUE(attempt.may_ask(kStart + kLeaseLife / 2));
  EXPECT_FALSE(attempt.may_ask(kStart + kLeaseLife));
  attempt.beat(Written::Done, kStart + kLeaseLife / 2);
  EXPECT_TRUE(attempt.may_ask(kStart + kLeaseLife));
  attempt.beat(Written::Failed, kStart + kLeaseLife);
  EXPECT_TRUE(attempt.may_ask(kStart + kLeaseLife));
  attempt.beat(Written::Fenced, kStart + kLeaseLife);
  EXPECT_FALSE(attempt.may_ask(kStart));
  EXPECT_LE(3 * attempt.beat_pause(), kLeaseLife);
}

TEST(Attempt, LostAnswerIsAskedForOnceMoreAndIsThenUnknown) {  // TK-07
  Attempt attempt = asking();
  expect<Attempt::Ask>(attempt.answered(Answer::Lost, kStart));
  expect_settlement(attempt.answered(Answer::Lost, kStart), Settlement::Unknown);
  expect_ending(attempt.settled(Written::Done), Ending::Unknown);
}

TEST(Attempt, LostAnswerIsNotAskedForAgainWithoutTheLease) {
  Attempt attempt = asking();
  expect_settlement(attempt.answered(Answer::Lost, kStart + kLeaseLife), Settlement::Unknown);
}

TEST(Attempt, LostAnswerOfAProviderThatDoesNotRotateIsAnyFailure) {
  Attempt attempt = asking({.version = 7});
  expect_settlement(attempt.answered(Answer::Lost, kStart), Settlement::Unspent);
  expect_ending(attempt.settled(Written::Done), Ending::Failing);
}

TEST(Attempt, RefusalAfterALostAnswerSaysSo) {  // TK-07
  Attempt attempt = asking();
  EXPECT_FALSE(attempt.in_doubt());
  (void)attempt.answered(Answer::Lost, kStart);
  expect_settlement(attempt.answered(Answer::Refused, kStart), Settlement::Condemn);
  EXPECT_TRUE(attempt.in_doubt());
  expect_ending(attempt.settled(Written::Done), Ending::Dead);
}

TEST(Attempt, RefusedGrantIsNotDeadWhenTheTokenChangedMeanwhile) {  // TK-08
  Attempt attempt = asking();
  (void)attempt.answered(Answer::Refused, kStart);
  expect_ending(attempt.settled(Written::Moved), Ending::Stored);
}

TEST(Attempt, AnswerThatTellsNothingLeavesTheConnectionAsItIsAndADoubt) {  // TK-09
  Attempt attempt = asking();
  expect_settlement(attempt.answered(Answer::Doubtful, kStart), Settlement::Doubtful);
  EXPECT_TRUE(attempt.in_doubt());
  expect_ending(attempt.settled(Written::Done), Ending::Failing);
}

TEST(Attempt, UnknownStaysUnknownWhileTheProviderFails) {
  Attempt attempt = asking({.version = 7, .state = State::RefreshUnknown, .rotates = true});
  expect_settlement(attempt.answered(Answer::Unspent, kStart), Settlement::Unknown);
}

TEST(Attempt, RefusedClientBlamesNoConnection) {  // TK-11
  Attempt attempt = asking();
  expect_settlement(attempt.answered(Answer::ClientRefused, kStart), Settlement::Unspent);
  expect_ending(attempt.settled(Written::Done), Ending::ClientRefused);
}

TEST(Attempt, AnswerTheStoreDoesNotTakeIsKeptAndTriedUntilItIsStored) {  // TK-06
  Attempt attempt = committing();
  expect<Attempt::Keep>(attempt.committed(Written::Failed));
  expect<Attempt::Pause>(attempt.kept(true));
  for (int i = 0; i < 1'000; ++i) {
    expect<Attempt::Load>(attempt.paused(false));
    expect<Attempt::Pause>(attempt.loaded(Attempt::Failed{}));
  }
  (void)attempt.paused(false);
  expect<Attempt::Claim>(attempt.loaded(rotating()));
  const auto step = attempt.claimed(Attempt::Claimed{.fence = 2}, kStart, kStart);
  ASSERT_TRUE(std::holds_alternative<Attempt::Commit>(step));
  EXPECT_FALSE(std::get<Attempt::Commit>(step).contested);
  expect<Attempt::Forget>(attempt.committed(Written::Done));
  expect_ending(attempt.forgotten(), Ending::Stored);
}

TEST(Attempt, AnswerThatIsNotKeptIsKeptLater) {
  Attempt attempt = committing();
  (void)attempt.committed(Written::Failed);
  expect<Attempt::Pause>(attempt.kept(false));
  EXPECT_FALSE(attempt.is_kept());
  expect<Attempt::Load>(attempt.paused(true));  // stopping would lose it
  expect<Attempt::Keep>(attempt.loaded(Attempt::Failed{}));
  expect<Attempt::Pause>(attempt.kept(true));
  expect_ending(attempt.paused(true), Ending::StoreFailed);  // the next start finds it
}

TEST(Attempt, AnswerThatCameTooLateIsKeptAndStoredUnderANewLease) {  // TK-02
  Attempt attempt = committing();
  expect<Attempt::Keep>(attempt.committed(Written::Fenced));
  expect<Attempt::Pause>(attempt.kept(true));
  (void)attempt.paused(false);
  expect<Attempt::Claim>(attempt.loaded(rotating()));
  expect<Attempt::Pause>(attempt.claimed(Holder{"other", 4, 0}, kStart, kStart));
  (void)attempt.paused(false);
  Attempt::Loaded theirs{.version = 8, .same_token = false, .rotates = true};
  expect_settlement(attempt.loaded(theirs), Settlement::Overtaken);
  expect<Attempt::Forget>(attempt.settled(Written::Done));
}

TEST(Attempt, AnswerIsContestedWhenSomebodyElseHadTheLeaseSince) {
  Attempt attempt({.salvage = true, .fence = 5});
  (void)attempt.loaded(rotating());
  const auto step = attempt.claimed(Attempt::Claimed{.fence = 7}, kStart, kStart);
  ASSERT_TRUE(std::holds_alternative<Attempt::Commit>(step));
  EXPECT_TRUE(std::get<Attempt::Commit>(step).contested);
}

TEST(Attempt, SalvagedAnswerReplacesEvenACondemnedToken) {
  Attempt attempt({.salvage = true});
  Attempt::Loaded condemned = rotating();
  condemned.state = State::NeedsReauthorization;
  expect<Attempt::Claim>(attempt.loaded(condemned));
  expect<Attempt::Commit>(attempt.claimed(Attempt::Claimed{.fence = 1}, kStart, kStart));
  expect<Attempt::Forget>(attempt.committed(Written::Done));
}

TEST(Attempt, DisconnectedMeanwhileIsGone) {
  Attempt attempt = committing();
  expect<Attempt::Forget>(attempt.committed(Written::Gone));
  expect_ending(attempt.forgotten(), Ending::Gone);
}

TEST(Attempt, ClaimThatMayHaveBeenWrittenSendsNothing) {
  Attempt attempt({.seen = 7});
  (void)attempt.loaded(rotating());
  expect_ending(attempt.claimed(Attempt::Failed{}, kStart, kStart), Ending::StoreFailed);
}

}  // namespace
}  // namespace wayleave::vault
