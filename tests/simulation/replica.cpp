#include "tests/simulation/replica.hpp"

#include <utility>

#include "tests/simulation/universe.hpp"

namespace wayleave::simulation {
namespace {

using namespace std::chrono_literals;
using Answer = Attempt::Answer;
using Written = Attempt::Written;
using vault::Occasion;
using vault::State;

constexpr Millis kTokenLife = 60s;
constexpr Millis kCoolDown = 30s;
constexpr Millis kRequestTime = vault::kTokenTimeout;

}  // namespace

void Replica::later(Millis delay, std::function<void()> happen) {
  universe_.world.after(delay, [this, life = life_, happen = std::move(happen)]() mutable {
    if (!up_ || life != life_) return;
    if (frozen_) {
      waiting_.push_back([this, life, happen = std::move(happen)] {
        if (up_ && life == life_) happen();
      });
    } else {
      happen();
    }
  });
}

template <class R>
void Replica::statement(std::function<R()> carry_out, std::function<void(std::optional<R>)> done) {
  World& world = universe_.world;
  // What a process had under way when it ended may still arrive at a database of its own.
  const bool survives = !universe_.scenario.embedded && world.chance(50);
  world.after(world.between(1ms, 40ms), [=, this, life = life_] {
    if (life != life_ && !survives) return;
    const auto fate = universe_.next_statement(*this);
    std::optional<R> result;
    if (fate != Universe::Fate::Refuse) result = carry_out();
    if (fate != Universe::Fate::Pass) result.reset();
    if (life != life_) return;
    later(universe_.world.between(1ms, 20ms), [done, result] { done(result); });
  });
}

void Replica::start() {
  up_ = true;
  back_since_ = universe_.world.now();
  ++life_;
  owner_ = std::to_string(number_) + "/" + std::to_string(life_);
  universe_.note("replica " + std::to_string(number_) + " starts");
  cool_until_ = {};
  serving_ = journal_.has_value();
  if (journal_) {
    ++universe_.report.salvaged;
    begin({.occasion = Occasion::Asked, .salvage = true, .fence = journal_->fence}, {}, journal_);
    return;
  }
  recover();
}

/// Serves nobody until the database has answered.
void Replica::recover() {
  const std::function<void(std::optional<bool>)> done = [this](std::optional<bool> again) {
    if (!again) return later(1s, [this] { recover(); });
    serving_ = true;
    if (*again) call();
  };
  statement<bool>(
      [this] {
        const auto owner = universe_.store.owner();
        if (!owner) return false;
        return inherits(*owner) ? universe_.store.recover() : true;
      },
      done);
}

void Replica::crash() {
  // What the disk has not taken in sync outlives the process, and now and then not the machine.
  const bool outlives = flight_ && flight_->noted && universe_.world.chance(70);
  if (flight_ && flight_->noted && !outlives) journal_.reset();
  if (flight_ && flight_->answer && !flight_->safe && !outlives) {
    universe_.lost(*flight_->answer, "a crash before it was durable");
  }
  if (flight_ && flight_->coming) universe_.lost(*flight_->coming, "a crash before it came");
  up_ = false;
  if (!std::exchange(frozen_, false)) away_since_ = universe_.world.now();
  waiting_.clear();
  flight_.reset();
  universe_.store.lose_volatile(owner_);
}

void Replica::freeze() {
  frozen_ = true;
  away_since_ = universe_.world.now();
}

void Replica::thaw() {
  if (!frozen_) return;
  frozen_ = false;
  back_since_ = universe_.world.now();
  universe_.note("replica " + std::to_string(number_) + " thaws");
  for (auto& happen : std::exchange(waiting_, {})) {
    if (up_) happen();
  }
}

bool Replica::inherits(const std::string& owner) const {
  return owner != owner_ && owner.starts_with(std::to_string(number_) + "/");
}

bool Replica::holds(int token) const {
  if (journal_ && journal_->answer == token) return true;
  return flight_ && (flight_->answer == token || flight_->coming == token);
}

void Replica::call() {
  if (!up_ || !serving_) return;
  later(0ms, [this] {
    const std::function<void(std::optional<Store::Row>)> done =
        [this](const std::optional<Store::Row>& row) {
          if (!row || flight_ || universe_.world.now() < cool_until_) return;
          const bool fresh = universe_.world.now() < row->expires_at - kTokenLife / 10;
          if (row->state == State::NeedsReauthorization) return;
          if (fresh && row->state == State::Active) return;
          begin({.occasion = Occasion::Due, .seen = row->version}, *row);
        };
    statement<Store::Row>([this] { return universe_.store.row(); }, done);
  });
}

void Replica::begin(Attempt::Terms terms, const Store::Row& seen, std::optional<Entry> entry) {
  flight_ = std::make_shared<Flight>(terms);
  flight_->id = universe_.next_flight();
  flight_->loaded = seen;
  if (entry) {
    flight_->sent_token = entry->sent_token;
    flight_->answer = entry->answer;
    flight_->asked_fence = entry->fence;
    flight_->safe = true;
  }
  step(flight_, flight_->attempt.begin());
}

void Replica::step(FlightPtr flight, Attempt::Step next) {
  std::visit([&](const auto& now) { on(flight, now); }, next);
}

void Replica::on(FlightPtr flight, Attempt::Load) {
  const std::function<void(std::optional<Store::Row>)> done =
      [this, flight](const std::optional<Store::Row>& row) {
        if (!row) return step(flight, flight->attempt.loaded(Attempt::Failed{}));
        if (universe_.mutation != Mutation::LookAgain || flight->answer) {
          flight->loaded = *row;
        }
        Attempt::Loaded loaded;
        loaded.version = flight->loaded.version;
        loaded.state = flight->loaded.state;
        loaded.same_token = flight->sent_token == flight->loaded.token;
        loaded.rotates = universe_.rotates();
        loaded.grace = universe_.scenario.grace;
        step(flight, flight->attempt.loaded(loaded));
      };
  statement<Store::Row>([this] { return universe_.store.row(); }, done);
}

void Replica::on(FlightPtr flight, Attempt::Claim claim) {
  const Tick issued = universe_.world.now();
  const std::function<void(std::optional<Store::Claimed>)> done =
      [this, flight, issued](const std::optional<Store::Claimed>& claimed) {
        const Tick now = universe_.world.now();
        if (!claimed) return step(flight, flight->attempt.claimed(Attempt::Failed{}, issued, now));
        if (claimed->inherited) ++universe_.report.takeovers;
        if (std::holds_alternative<Attempt::Claimed>(claimed->outcome)) {
          flight->fence = claimed->fence;
          if (!std::exchange(flight->beating, true)) renew(flight);
        }
        step(flight, flight->attempt.claimed(claimed->outcome, issued, now));
      };
  statement<Store::Claimed>(
      [this, flight, claim, owner = owner_] {
        const auto holder = universe_.store.owner();
        const auto claimed = universe_.store.claim(
            owner, flight->loaded, claim.over, holder && inherits(*holder), claim.have_answer);
        if (claimed.inherited) {
          universe_.note("replica " + std::to_string(number_) + " takes over");
          universe_.forsake();
        }
        return claimed;
      },
      done);
}

void Replica::renew(FlightPtr flight) {
  if (universe_.mutation == Mutation::Renewal) return;
  later(flight->attempt.beat_pause(), [this, flight] {
    if (flight_ != flight) return;
    const Tick issued = universe_.world.now();
    const auto fence = flight->fence;
    const std::function<void(std::optional<Written>)> done =
        [this, flight, issued, fence](std::optional<Written> written) {
          if (fence == flight->fence) {
            flight->attempt.beat(written.value_or(Written::Failed), issued);
          }
          renew(flight);
        };
    statement<Written>([this, fence, owner = owner_] { return universe_.store.beat(owner, fence); },
                       done);
  });
}

void Replica::on(FlightPtr flight, Attempt::Pause pause) {
  later(pause.time, [this, flight] { step(flight, flight->attempt.paused(false)); });
}

void Replica::on(FlightPtr flight, Attempt::Ask) {
  // Looking up, connecting.
  later(universe_.world.between(1ms, 300ms), [this, flight] {
    const bool wanted = flight->attempt.may_ask(universe_.world.now());
    if (!wanted && universe_.mutation != Mutation::Guard) {
      return answered(flight, Answer::Unspent, std::nullopt);
    }
    send(flight);
  });
}

void Replica::send(FlightPtr flight) {
  World& world = universe_.world;
  const Lie lie = universe_.next_lie(*this);
  if (lie == Lie::Unreachable) return answered(flight, Answer::Unspent, std::nullopt);
  flight->sent_token = flight->loaded.token;
  flight->asked_fence = flight->fence;
  const bool excused = universe_.sent(flight->id, *this, flight->sent_token);
  ++universe_.report.refreshes;
  const bool acts =
      lie != Lie::LostBefore && lie != Lie::Busy && lie != Lie::Html && lie != Lie::BadClient;
  const Millis way = world.between(5ms, 200ms);
  const Millis slow = world.between(16s, 55s);
  const Millis until_act = lie == Lie::SlowBefore ? slow : way;
  Millis until_answer = until_act + way;
  if (lie == Lie::SlowAfter) until_answer = slow;
  const bool cut = lie == Lie::LostBefore || lie == Lie::LostAfter || lie == Lie::Half;
  const bool unreadable = lie == Lie::BadGateway || lie == Lie::WrongJson || lie == Lie::Html;
  const auto token = std::make_shared<std::optional<int>>();
  world.after(until_act, [=, this, life = life_] {
    if (!acts) return;
    const bool gone = !up_ || life != life_;
    *token = universe_.present(
        flight->id, flight->sent_token, gone || universe_.given_up(*this), excused);
    if (!*token) return;
    if (!cut && !unreadable && lie != Lie::TooSlow && !gone) {
      flight->coming = *token;
    } else {
      universe_.lost(**token, "no answer came");
    }
  });
  if (lie == Lie::TooSlow) until_answer = kRequestTime;
  later(until_answer, [=, this] {
    if (cut || lie == Lie::TooSlow) return answered(flight, Answer::Lost, std::nullopt);
    if (lie == Lie::Busy) return answered(flight, Answer::Unspent, std::nullopt);
    if (lie == Lie::BadClient) return answered(flight, Answer::ClientRefused, std::nullopt);
    if (unreadable) return answered(flight, Answer::Doubtful, std::nullopt);
    answered(flight, *token ? Answer::Granted : Answer::Refused, *token);
  });
}

void Replica::answered(FlightPtr flight, Answer answer, std::optional<int> token) {
  universe_.answered(flight->id);
  flight->coming.reset();
  flight->answer = token;
  step(flight, flight->attempt.answered(answer, universe_.world.now()));
}

void Replica::on(FlightPtr flight, Attempt::Commit commit) {
  const std::function<void(std::optional<Written>)> done =
      [this, flight](std::optional<Written> written) {
        step(flight, flight->attempt.committed(written.value_or(Written::Failed)));
      };
  statement<Written>(
      [this, flight, commit, owner = owner_, fence = flight->fence] {
        const auto written = universe_.store.commit(owner,
                                                    fence,
                                                    flight->loaded,
                                                    *flight->answer,
                                                    universe_.world.now() + kTokenLife,
                                                    commit.contested);
        if (written == Written::Done) {
          flight->safe = true;
          universe_.note("stored token " + std::to_string(*flight->answer));
        }
        return written;
      },
      done);
}

void Replica::on(FlightPtr flight, Attempt::Keep keep) {
  const Millis time = keep.sync ? universe_.world.between(1ms, 100ms) : 1ms;
  later(time, [this, flight, keep] {
    const bool fits = universe_.world.now() >= journal_full_until;
    if (fits && universe_.mutation != Mutation::Journal) {
      journal_ = Entry{flight->sent_token, *flight->answer, flight->asked_fence};
      universe_.note("kept token " + std::to_string(*flight->answer));
    }
    if (fits && keep.sync) flight->safe = true;
    flight->noted = fits && !keep.sync;
    step(flight, flight->attempt.kept(fits));
  });
}

void Replica::on(FlightPtr flight, Attempt::Forget) {
  later(universe_.world.between(1ms, 20ms), [this, flight] {
    journal_.reset();
    step(flight, flight->attempt.forgotten());
  });
}

void Replica::on(FlightPtr flight, Attempt::Settle settle) {
  const bool unspent = settle.as == Attempt::Settlement::Unspent;
  const Millis grace = universe_.scenario.grace;
  flight->cool_down = unspent || grace.count() == 0 ? kCoolDown : std::min(grace / 2, kCoolDown);
  const std::function<void(std::optional<Written>)> done =
      [this, flight](std::optional<Written> written) {
        step(flight, flight->attempt.settled(written.value_or(Written::Failed)));
      };
  statement<Written>(
      [this, flight, settle, owner = owner_, fence = flight->fence] {
        if (settle.as == Attempt::Settlement::Overtaken) {
          universe_.store.overtaken(flight->asked_fence);
          return Written::Done;
        }
        const auto written = universe_.store.settle(owner, fence, flight->loaded, settle.as);
        if (written == Written::Done && settle.as == Attempt::Settlement::Condemn) {
          universe_.note("condemned");
          universe_.condemned();
        }
        return written;
      },
      done);
}

void Replica::on(FlightPtr flight, Attempt::Finish) {
  cool_until_ = universe_.world.now() + flight->cool_down;
  if (flight->answer) universe_.lost(*flight->answer, "somebody else's was stored");
  if (flight_ == flight) flight_.reset();
  forsaken_ = false;
  // An answer that another process kept, or this one before it could store it, goes on here.
}

}  // namespace wayleave::simulation
