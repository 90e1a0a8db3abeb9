#include "vault/refresh/attempt.hpp"

#include <algorithm>

namespace wayleave::vault {
namespace {

constexpr Millis kPollMin{50};
constexpr Millis kPollMax{500};
constexpr Millis kCommitPauseMin{100};
/// Several tries within the life of a lease, or others go on before a database that is back took
/// it.
constexpr Millis kCommitPauseMax{3'000};
constexpr int kDoublingsMax = 10;

Millis grown(Millis least, Millis most, int times) {
  return std::min(most, least * (1 << std::min(times, kDoublingsMax)));
}

}  // namespace

bool is_dead(State state) {
  return state == State::NeedsReauthorization || state == State::Revoked;
}

Attempt::Step Attempt::begin() { return Load{}; }

Attempt::Step Attempt::loaded(const LoadOutcome& outcome) {
  if (std::holds_alternative<Gone>(outcome)) return finish(Ending::Gone);
  const auto* now = std::get_if<Loaded>(&outcome);
  if (have_answer_) {
    if (now == nullptr) return keep_or_wait();
    // Somebody stored another one (TK-08).
    if (!now->same_token) return settle(Settlement::Overtaken);
    loaded_ = *now;
    return Claim{.have_answer = true};
  }
  if (now == nullptr) return finish(Ending::StoreFailed);
  if (now->version != terms_.seen && now->state == State::Active) return finish(Ending::Stored);
  if (is_dead(now->state) && terms_.occasion != Occasion::Asked) return finish(Ending::Dead);
  loaded_ = *now;
  if (now->state == State::RefreshUnknown) doubt_ = Doubt::Lost;
  return Claim{};
}

Attempt::Step Attempt::claimed(const ClaimOutcome& outcome, Tick issued, Tick now) {
  if (std::holds_alternative<Gone>(outcome)) return finish(Ending::Gone);
  if (std::holds_alternative<Moved>(outcome)) return Load{};
  if (std::holds_alternative<Failed>(outcome)) {
    return have_answer_ ? keep_or_wait() : finish(Ending::StoreFailed);
  }
  if (const auto* holder = std::get_if<Holder>(&outcome)) return wait_for(*holder, now);
  watched_.reset();
  lease_until_ = issued + kLeaseLife;
  const auto& grant = std::get<Claimed>(outcome);
  contested_ = contested_ || (have_answer_ && grant.fence != fence_ + 1);
  fence_ = grant.fence;
  if (have_answer_) return Commit{contested_};
  doubt_ = std::max(doubt_, grant.doubt);
  if (!loaded_.has_refresh_token) return settle(Settlement::Condemn);
  return may_ask(now) ? Step{Ask{}} : settle(left_open());
}

Attempt::Step Attempt::wait_for(const Holder& holder, Tick now) {
  if (terms_.occasion == Occasion::Scheduled && !have_answer_) return finish(Ending::Busy);
  if (watched_ != holder) {
    watched_ = holder;
    watched_since_ = now;
  } else if (now - watched_since_ >= watch_time()) {
    return Claim{watched_, have_answer_};
  }
  return Pause{grown(kPollMin, kPollMax, pauses_++)};
}

Millis Attempt::watch_time() const {
  // Where a token sent twice costs the whole grant, whoever is only slow gets the time in which the
  // provider could have answered.
  const bool costly = loaded_.rotates && loaded_.grace.count() == 0;
  return costly ? kLeaseLife + kTokenTimeout : kLeaseLife;
}

Attempt::Settlement Attempt::left_open() const {
  switch (doubt_) {
    case Doubt::Lost:
      return Settlement::Unknown;
    case Doubt::Odd:
      return Settlement::Doubtful;
    case Doubt::None:
      break;
  }
  return Settlement::Unspent;
}

Attempt::Step Attempt::settle(Settlement as) {
  settlement_ = as;
  return Settle{as};
}

Attempt::Step Attempt::paused(bool stopping) {
  if (stopping && kept_) return finish(Ending::StoreFailed);
  // Nothing was sent: whoever is at it goes on without us.
  if (stopping && !have_answer_) return finish(Ending::Busy);
  return Load{};
}

Attempt::Step Attempt::answered(Answer answer, Tick now) {
  switch (answer) {
    case Answer::Granted:
      have_answer_ = true;
      // A token that works once is on the disk before anything else is done.
      return loaded_.rotates ? Step{Keep{}} : Step{Commit{}};
    case Answer::Refused:
      return settle(Settlement::Condemn);
    case Answer::ClientRefused:
      ending_ = Ending::ClientRefused;
      break;
    case Answer::Unspent:
      break;
    case Answer::Doubtful:
      if (loaded_.rotates) doubt_ = std::max(doubt_, Doubt::Odd);
      break;
    case Answer::Lost:
      if (!loaded_.rotates) break;
      doubt_ = Doubt::Lost;
      // Asked again at once, a provider repeats its answer within its grace time or tells that the
      // grant is gone; nothing is risked, as nobody will ever get the first answer (TK-07).
      if (!retried_ && may_ask(now)) {
        retried_ = true;
        return Ask{};
      }
      break;
  }
  return settle(left_open());
}

Attempt::Step Attempt::committed(Written outcome) {
  switch (outcome) {
    case Written::Done:
      return finish(Ending::Stored);
    case Written::Moved:
      return settle(Settlement::Overtaken);
    case Written::Gone:
      return finish(Ending::Gone);
    case Written::Fenced:
    case Written::Failed:
      break;
  }
  return keep_or_wait();
}

Attempt::Step Attempt::keep_or_wait() {
  // What was seen before the database failed says nothing: its holder could not show itself.
  watched_.reset();
  if (!kept_ && !keep_tried_) {
    keep_tried_ = true;
    return Keep{.sync = true};
  }
  keep_tried_ = kept_;
  return Pause{grown(kCommitPauseMin, kCommitPauseMax, pauses_++)};
}

Attempt::Step Attempt::kept(bool safe) {
  if (!keep_tried_) {
    noted_ = safe;
    return Commit{};
  }
  kept_ = safe;
  pauses_ = 0;
  return keep_or_wait();
}

Attempt::Step Attempt::settled(Written outcome) {
  if (settlement_ == Settlement::Overtaken) return finish(Ending::Stored);
  switch (outcome) {
    case Written::Moved:
      return finish(Ending::Stored);
    case Written::Gone:
      return finish(Ending::Gone);
    case Written::Fenced:  // another holder decides
      return finish(Ending::Failing);
    case Written::Failed:
      // The note of what was sent stays, and whoever comes next finds it.
      return finish(settlement_ == Settlement::Unspent ? ending_ : Ending::StoreFailed);
    case Written::Done:
      break;
  }
  switch (settlement_) {
    case Settlement::Condemn:
      return finish(Ending::Dead);
    case Settlement::Unknown:
      return finish(ending_ == Ending::Failing ? Ending::Unknown : ending_);
    case Settlement::Unspent:
    case Settlement::Doubtful:
    case Settlement::Overtaken:
      break;
  }
  return finish(ending_);
}

void Attempt::beat(Written outcome, Tick issued) {
  if (outcome == Written::Done) lease_until_ = std::max(lease_until_, issued + kLeaseLife);
  if (outcome == Written::Fenced || outcome == Written::Gone) lease_until_ = Tick{};
}

Attempt::Step Attempt::finish(Ending ending) {
  ending_ = ending;
  const bool over = ending == Ending::Stored || ending == Ending::Gone;
  if ((kept_ || noted_) && over) return Forget{};
  return Finish{ending};
}

Attempt::Step Attempt::forgotten() {
  kept_ = noted_ = false;
  return Finish{ending_};
}

}  // namespace wayleave::vault
