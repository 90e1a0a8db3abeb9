// The refresh under faults, with a fixed budget of seeds; `wayleave-sim --seeds N` runs more. Each
// rule of the refresh is left out once, to see that its absence is noticed.

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "tests/simulation/scenario.hpp"

namespace wayleave::simulation {
namespace {

constexpr std::uint64_t kSeeds = 20'000;
constexpr std::uint64_t kSeedsToNotice = 100'000;

std::string story(const Scenario& scenario, Mutation mutation) {
  std::string text = "wayleave-sim --seed " + std::to_string(scenario.seed) + "\n";
  for (const Fault& fault : scenario.faults) text += "  " + to_string(fault) + "\n";
  for (const auto& line : run(scenario, mutation, true).trace) text += "    " + line + "\n";
  return text;
}

TEST(Simulation, NoGrantIsLostByUsWhateverGoesWrong) {  // TK-01 to TK-10
  int takeovers = 0;
  int salvaged = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto report = run(make_scenario(seed), Mutation::None);
    ASSERT_EQ(report.violation, "")
        << story(shrink(make_scenario(seed), Mutation::None), Mutation::None);
    takeovers += report.takeovers;
    salvaged += report.salvaged;
  }
  // The faults did fall where they hurt, or this shows nothing.
  EXPECT_GT(takeovers, 1'000);
  EXPECT_GT(salvaged, 100);
}

TEST(Simulation, WithoutFaultsEveryRefreshIsOneRequest) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Scenario calm = make_scenario(seed);
    calm.faults.clear();
    const auto report = run(calm, Mutation::None);
    EXPECT_EQ(report.violation, "");
    EXPECT_FALSE(report.grant_lost);
    EXPECT_EQ(report.takeovers, 0);
    // 25 minutes with tokens of a minute.
    EXPECT_GE(report.requests, 20);
    EXPECT_LE(report.requests, 30);
  }
}

TEST(Simulation, SameSeedTellsTheSameStory) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto once = run(make_scenario(seed), Mutation::None, true);
    EXPECT_EQ(run(make_scenario(seed), Mutation::None, true).trace, once.trace);
    EXPECT_FALSE(once.trace.empty());
  }
}

std::optional<std::uint64_t> first_noticed(Mutation mutation) {
  for (std::uint64_t seed = 1; seed <= kSeedsToNotice; ++seed) {
    if (!run(make_scenario(seed), mutation).violation.empty()) return seed;
  }
  return std::nullopt;
}

class MutationTest : public testing::TestWithParam<Mutation> {};

TEST_P(MutationTest, LeavingTheRuleOutIsNoticed) {
  const auto seed = first_noticed(GetParam());
  ASSERT_TRUE(seed) << to_string(GetParam());
  EXPECT_EQ(run(make_scenario(*seed), Mutation::None).violation, "");
  // Shrinking leaves what it takes: no fault can be spared.
  const Scenario small = shrink(make_scenario(*seed), GetParam());
  EXPECT_NE(run(small, GetParam()).violation, "");
  for (std::size_t i = 0; i < small.faults.size(); ++i) {
    Scenario smaller = small;
    smaller.faults.erase(smaller.faults.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(run(smaller, GetParam()).violation, "");
  }
}

INSTANTIATE_TEST_SUITE_P(Simulation,
                         MutationTest,
                         testing::ValuesIn(kMutations),
                         [](const auto& with) {
                           std::string name(to_string(with.param));
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace wayleave::simulation
