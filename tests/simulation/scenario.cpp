#include "tests/simulation/scenario.hpp"

#include <algorithm>
#include <array>

#include "tests/simulation/world.hpp"

namespace wayleave::simulation {
namespace {

using namespace std::chrono_literals;

constexpr int kRequestsFaulted = 12;
constexpr int kStatementsFaulted = 200;

constexpr std::array kLieNames{"none",
                               "answer lost, did not act",
                               "answer lost, acted",
                               "half an answer, acted",
                               "slow, acted at the end",
                               "slow, acted at once",
                               "too slow, acted",
                               "unreachable",
                               "503",
                               "502, acted",
                               "HTML",
                               "wrong JSON, acted",
                               "invalid_client"};

Fault make_lasting(World& world, Fault::Kind kind, Millis longest) {
  Fault fault{.kind = kind};
  fault.after_statement = world.chance(40);
  fault.number =
      static_cast<int>(world.below(fault.after_statement ? kStatementsFaulted : kRequestsFaulted));
  fault.what = world.chance(75) ? 0 : static_cast<int>(world.below(3));
  fault.delay = world.between(0ms, world.chance(80) ? 500ms : 60s);
  fault.length = world.between(10ms, longest);
  return fault;
}

Fault make_fault(World& world) {
  const auto dice = world.below(100);
  if (dice < 30) {
    return {.kind = Fault::Kind::Lie,
            .number = static_cast<int>(world.below(kRequestsFaulted)),
            .what = static_cast<int>(1 + world.below(kLies - 1))};
  }
  if (dice < 50) return make_lasting(world, Fault::Kind::Crash, 3min);
  if (dice < 63) return make_lasting(world, Fault::Kind::Freeze, 2min);
  if (dice < 78) return make_lasting(world, Fault::Kind::StoreDown, 2min);
  if (dice < 84) return make_lasting(world, Fault::Kind::JournalFull, 5min);
  return {.kind = Fault::Kind::StatementLost,
          .number = static_cast<int>(world.below(kStatementsFaulted)),
          .what = static_cast<int>(world.below(2))};
}

}  // namespace

std::string to_string(const Fault& fault) {
  const std::string number = std::to_string(fault.number);
  const std::string when = std::to_string(fault.delay.count()) + " ms after " +
                           (fault.after_statement ? "statement " : "request ") + number + ", for " +
                           std::to_string(fault.length.count()) + " ms";
  const std::string whose = fault.what == 0 ? "of the sender " : "of another replica ";
  switch (fault.kind) {
    case Fault::Kind::Crash:
      return "crash " + whose + when;
    case Fault::Kind::Freeze:
      return "freeze " + whose + when;
    case Fault::Kind::StoreDown:
      return "store down " + when;
    case Fault::Kind::JournalFull:
      return "journal full " + whose + when;
    case Fault::Kind::StatementLost:
      return "statement " + number + (fault.what == 0 ? " refused" : " carried out and denied");
    case Fault::Kind::Lie:
      break;
  }
  return "request " + number + ": " + kLieNames.at(static_cast<std::size_t>(fault.what));
}

std::string_view to_string(Mutation mutation) {
  constexpr std::array names{
      "none", "intent", "fence", "renewal", "look-again", "journal", "watch", "guard"};
  return names.at(static_cast<std::size_t>(mutation));
}

Scenario make_scenario(std::uint64_t seed) {
  World world(seed ^ 0x5eed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.replicas = static_cast<int>(1 + world.below(3));
  scenario.embedded = scenario.replicas == 1 && world.chance(70);
  scenario.rotation = static_cast<Rotation>(world.below(8) == 0 ? 0 : 1 + world.below(3));
  const std::array graces{30s, 60s, 300s, 1800s};
  if (scenario.rotation == Rotation::Grace || scenario.rotation == Rotation::Repeat) {
    scenario.grace = graces.at(world.below(graces.size()));
  }
  const auto count = world.below(13);
  for (std::uint64_t i = 0; i < count; ++i) {
    scenario.faults.push_back(make_fault(world));
  }
  return scenario;
}

Scenario shrink(Scenario scenario, Mutation mutation) {
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
      Scenario without = scenario;
      without.faults.erase(without.faults.begin() + static_cast<std::ptrdiff_t>(i));
      if (run(without, mutation).violation.empty()) continue;
      scenario = std::move(without);
      smaller = true;
      break;
    }
  }
  return scenario;
}

}  // namespace wayleave::simulation
