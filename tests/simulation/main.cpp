// Runs the refresh through many seeds: `wayleave-sim --seeds 100000`. A seed that fails is shrunk
// and printed with what happened; `--seed N` shows one run.

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/simulation/scenario.hpp"

namespace {

using namespace wayleave::simulation;

void show(const Scenario& scenario, Mutation mutation) {
  const Report report = run(scenario, mutation, true);
  std::printf("seed %llu: %d replica(s), rotation %d, grace %lld s%s\n",
              static_cast<unsigned long long>(scenario.seed),
              scenario.replicas,
              static_cast<int>(scenario.rotation),
              static_cast<long long>(scenario.grace.count() / 1000),
              scenario.embedded ? ", embedded database" : "");
  for (const Fault& fault : scenario.faults) std::printf("  %s\n", to_string(fault).c_str());
  for (const auto& line : report.trace) std::printf("    %s\n", line.c_str());
  std::printf("%s\n", report.violation.empty() ? "clean" : report.violation.c_str());
}

struct Totals {
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refreshes{0};
  std::atomic<std::uint64_t> takeovers{0};
  std::atomic<std::uint64_t> salvaged{0};
  std::atomic<std::uint64_t> lost{0};
  std::mutex mutex;
  std::vector<std::uint64_t> failed;
};

void work(Totals& totals, std::uint64_t first, std::uint64_t count, Mutation mutation) {
  for (std::uint64_t i = totals.next++; i < count; i = totals.next++) {
    const Report report = run(make_scenario(first + i), mutation);
    totals.requests += static_cast<std::uint64_t>(report.requests);
    totals.refreshes += static_cast<std::uint64_t>(report.refreshes);
    totals.takeovers += static_cast<std::uint64_t>(report.takeovers);
    totals.salvaged += static_cast<std::uint64_t>(report.salvaged);
    totals.lost += report.grant_lost ? 1 : 0;
    if (report.violation.empty()) continue;
    const std::lock_guard lock(totals.mutex);
    totals.failed.push_back(first + i);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App options("Runs the token refresh through faults in virtual time");
  std::uint64_t seeds = 10'000;
  std::uint64_t first = 1;
  std::uint64_t one = 0;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  std::string left_out = "none";
  options.add_option("--seeds", seeds, "how many")->capture_default_str();
  options.add_option("--first", first, "the first of them")->capture_default_str();
  options.add_option("--seed", one, "show this one");
  options.add_option("--threads", threads)->capture_default_str();
  options.add_option("--without",
                     left_out,
                     "leave a rule out: intent, fence, renewal, look-again, journal, watch, guard");
  CLI11_PARSE(options, argc, argv);
  Mutation mutation = Mutation::None;
  for (const Mutation each : kMutations) {
    if (to_string(each) == left_out) mutation = each;
  }
  if (one != 0) {
    show(make_scenario(one), mutation);
    return 0;
  }
  const auto began = std::chrono::steady_clock::now();
  Totals totals;
  std::vector<std::thread> pool;
  for (unsigned i = 0; i < threads; ++i) {
    pool.emplace_back([&] { work(totals, first, seeds, mutation); });
  }
  for (auto& thread : pool) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf(
      "%llu seeds in %.1f s: %llu token requests, %llu takeovers, %llu salvaged answers, "
      "%llu grants lost with an excuse, %zu violations\n",
      static_cast<unsigned long long>(seeds),
      took.count(),
      static_cast<unsigned long long>(totals.requests),
      static_cast<unsigned long long>(totals.takeovers),
      static_cast<unsigned long long>(totals.salvaged),
      static_cast<unsigned long long>(totals.lost),
      totals.failed.size());
  if (totals.failed.empty()) return 0;
  show(shrink(make_scenario(totals.failed.front()), mutation), mutation);
  for (const auto seed : totals.failed) {
    std::printf("violated: --seed %llu\n", static_cast<unsigned long long>(seed));
    if (&seed - totals.failed.data() > 10) break;
  }
  return 1;
}
