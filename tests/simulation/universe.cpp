#include "tests/simulation/universe.hpp"

#include <algorithm>

namespace wayleave::simulation {
namespace {

using namespace std::chrono_literals;
using vault::State;

constexpr Tick kCallsEnd{25min};
/// Whoever is away for longer than this may find that others went on without it.
constexpr Millis kAwayMax = vault::kLeaseLife - 5s;
constexpr Millis kShowTime = vault::kLeaseLife / 3 + 500ms;

}  // namespace

Universe::Universe(const Scenario& given, Mutation mutated, bool tracing)
    : world(given.seed),
      store(given.rotation != Rotation::None, mutated),
      provider(given.rotation, given.grace),
      scenario(given),
      mutation(mutated) {
  world.tracing = tracing;
  for (int i = 0; i < given.replicas; ++i) {
    replicas_.push_back(std::make_unique<Replica>(*this, i));
  }
}

Report Universe::run() {
  for (auto& replica : replicas_) replica->start();
  call_now_and_then();
  watch();
  world.run_until(kCallsEnd + 5min, [this] { return report.violation.empty(); });
  if (report.violation.empty()) judge_end();
  report.requests = requests_;
  report.trace = std::move(world.trace);
  return std::move(report);
}

void Universe::trigger(bool statement, int number, const Replica& sender) {
  for (const Fault& fault : scenario.faults) {
    if (fault.length.count() == 0 || fault.number != number || fault.after_statement != statement) {
      continue;
    }
    const auto target = static_cast<std::size_t>(sender.number() + fault.what) % replicas_.size();
    world.after(fault.delay, [this, fault, target] { inject(fault, *replicas_[target]); });
  }
}

void Universe::inject(const Fault& fault, Replica& replica) {
  disturb();
  for (Request& request : under_way_) {
    if (fault.kind == Fault::Kind::StoreDown || request.by == &replica) request.disturbed = true;
  }
  note(to_string(fault));
  switch (fault.kind) {
    case Fault::Kind::Crash:
      if (!replica.up()) return;
      replica.crash();
      world.after(fault.length, [this, &replica] {
        disturb();
        if (!replica.up()) replica.start();
      });
      return;
    case Fault::Kind::Freeze:
      if (!replica.up() || replica.frozen()) return;
      replica.freeze();
      world.after(fault.length, [this, &replica] {
        disturb();
        replica.thaw();
      });
      return;
    case Fault::Kind::StoreDown:
      store_down_until_ = std::max(store_down_until_, world.now() + fault.length);
      world.after(fault.length, [this] { disturb(); });
      return;
    case Fault::Kind::JournalFull:
      replica.journal_full_until = world.now() + fault.length;
      return;
    case Fault::Kind::Lie:
    case Fault::Kind::StatementLost:
      return;
  }
}

Universe::Fate Universe::next_statement(const Replica& sender) {
  const int number = statements_++;
  trigger(true, number, sender);
  for (const Fault& fault : scenario.faults) {
    if (fault.kind != Fault::Kind::StatementLost || fault.number != number) continue;
    disturb();
    note(to_string(fault));
    for (Request& request : under_way_) request.disturbed = true;
    return fault.what == 0 ? Fate::Refuse : Fate::Deny;
  }
  return world.now() < store_down_until_ ? Fate::Refuse : Fate::Pass;
}

Lie Universe::next_lie(const Replica& sender) {
  const int number = requests_++;
  trigger(false, number, sender);
  for (const Fault& fault : scenario.faults) {
    if (fault.kind != Fault::Kind::Lie || fault.number != number) continue;
    disturb();
    note(to_string(fault));
    return static_cast<Lie>(fault.what);
  }
  return Lie::None;
}

bool Universe::sent(int id, const Replica& by, int token) {
  note("replica " + std::to_string(by.number()) + " sends token " + std::to_string(token));
  forsake();
  const int current = provider.current();
  bool excused = !somebody_holds(current) && std::ranges::any_of(replicas_, [&](auto& replica) {
    return replica->holds(current);
  });
  for (Request& other : under_way_) {
    excused = excused || other.id != id;
    other.overtaken = other.overtaken || other.id != id;
    const bool alive = other.by->up() && other.by->owner() == other.owner && !other.by->frozen();
    if (other.id != id && alive && !other.disturbed && world.now() >= store_down_until_) {
      violate("two refreshes at once (TK-01)");
    }
  }
  std::erase_if(under_way_, [id](const Request& request) { return request.id == id; });
  under_way_.push_back({id, &by, by.owner(), world.now(), by.frozen()});
  return excused;
}

void Universe::answered(int id) {
  std::erase_if(under_way_, [id](const Request& request) { return request.id == id; });
}

void Universe::forsake() {
  for (auto& replica : replicas_) {
    if (given_up(*replica)) replica->forsake();
  }
}

bool Universe::given_up(const Replica& replica) const {
  // Back for less than a beat, it may not have shown itself yet.
  const bool away =
      !replica.up() || replica.frozen() || world.now() - replica.back_since() < kShowTime;
  return away && world.now() - replica.away_since() > kAwayMax;
}

bool Universe::somebody_holds(int token) const {
  if (store.row().token == token) return true;
  return std::ranges::any_of(replicas_, [&](const auto& replica) {
    return replica->holds(token) && !given_up(*replica) && !replica->forsaken();
  });
}

std::optional<int> Universe::present(int id, int token, bool late, bool excused) {
  for (const Request& request : under_way_) late = late || (request.id == id && request.overtaken);
  const int before = provider.current();
  const bool was_revoked = provider.revoked();
  const auto given = provider.present(token, world.now());
  if (!was_revoked && provider.revoked()) {
    const bool known = std::ranges::count(losses_, before, &Loss::token) > 0;
    if (!known && !late && !excused && !unknowable_) {
      violate("token " + std::to_string(token) + " was used again although token " +
              std::to_string(before) + " was not lost: the provider revoked the grant");
    }
    losses_.push_back({world.now(), before, "its holder was away, or an old request came late"});
  }
  if (late && given && *given != store.row().token) unknowable_ = true;
  note("provider: token " + std::to_string(token) +
       (given ? " gives " + std::to_string(*given) : std::string(" is refused")));
  return given;
}

void Universe::lost(int token, const std::string& why) {
  if (token != provider.current() || store.row().token == token) return;
  note("token " + std::to_string(token) + " is lost: " + why);
  losses_.push_back({world.now(), token, why});
}

void Universe::condemned() {
  if (provider.takes(store.row().token, world.now())) {
    violate("condemned although the provider takes the stored token");
  }
}

void Universe::violate(const std::string& what) {
  if (!report.violation.empty()) return;
  note("VIOLATION " + what);
  report.violation = what;
}

void Universe::call_now_and_then() {
  if (world.now() > kCallsEnd) return;
  Replica& replica = *replicas_[world.below(replicas_.size())];
  replica.call();
  world.after(world.between(200ms, 6s), [this] { call_now_and_then(); });
}

/// Once in a while: a connection that says it is well is well, unless somebody is at it.
void Universe::watch() {
  if (world.now() > kCallsEnd) return;
  const bool stale = store.row().token != provider.current() && !provider.revoked() && !unknowable_;
  const bool held = std::ranges::any_of(replicas_, [&](const auto& replica) {
    return replica->busy() || replica->holds(provider.current());
  });
  const bool down =
      std::ranges::all_of(replicas_, [](const auto& replica) { return !replica->up(); });
  if (stale && !held && !down && !store.says_open()) {
    violate("the stored token is not the provider's, and nothing says so (TK-05)");
  }
  world.after(1s, [this] { watch(); });
}

void Universe::judge_end() {
  const auto& row = store.row();
  const bool good = provider.takes(row.token, world.now()) && row.token == provider.current();
  report.grant_lost = !good;
  if (good && row.state != State::Active) {
    violate("the grant lives and the connection does not say so");
  }
  if (good) return;
  if (row.state == State::Active) violate("the grant is dead and the connection does not say so");
  if (losses_.empty()) return violate("the grant was lost without any reason");
  // Within a grace time an answer can be had again, unless something else went wrong in it.
  const Loss& loss = losses_.back();
  if (scenario.grace < 2min || provider.revoked() || unknowable_) return;
  const auto again = std::ranges::count_if(
      disturbances_, [&](Tick at) { return at > loss.at && at <= loss.at + scenario.grace; });
  if (again == 0) violate("the grant was lost within its grace time: " + loss.why);
}

Report run(const Scenario& scenario, Mutation mutation, bool tracing) {
  return Universe(scenario, mutation, tracing).run();
}

}  // namespace wayleave::simulation
