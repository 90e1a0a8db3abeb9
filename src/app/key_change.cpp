#include "app/key_change.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "vault/refresh/journal.hpp"

namespace wayleave::app {
namespace {

using vault::KeyHolder;
using vault::RotationStage;
using vault::RotationState;

// A running server hears within a second. One that has not answered by then has died, or cannot
// reach the database and will look for the key when it meets a value sealed with it.
constexpr std::chrono::seconds kPatience{10};
constexpr Millis kPoll{50};
constexpr int kTimesThrough = 3;

const access::Actor kActor{"cli", {}, {}};

Result<RotationState> state_of(db::Database& database) {
  return database.read_blocking([](db::Transaction& tx) { return vault::rotation_state(tx); });
}

Result<std::vector<KeyHolder>> holders_of(db::Database& database) {
  return database.read_blocking([](db::Transaction& tx) { return vault::key_holders(tx); });
}

Error cannot_open(const KeyHolder& holder, std::uint32_t key) {
  return {ErrorKind::Conflict,
          "conflict",
          fmt::format("server {} cannot open data key {}: it runs with the root key {}. Start it "
                      "again with the present root key, then run wayleave rotate-key again. The "
                      "new key is not in use; nothing else was changed",
                      holder.id,
                      key,
                      holder.root_fingerprint)};
}

/// Waits until `well` holds for every running server; forgets those that do not answer.
template <class Well>
Result<std::size_t> wait_for_servers(Core& core, Well well, std::uint32_t key) {
  const Tick deadline = core.clock().tick() + kPatience;
  while (true) {
    WL_TRY(auto holders, holders_of(core.database()));
    const std::size_t all = holders.size();
    for (const KeyHolder& holder : holders) {
      if (holder.heard_key >= key && holder.held_key < key) {
        return std::unexpected(cannot_open(holder, key));
      }
    }
    std::erase_if(holders, well);
    if (holders.empty()) return all;
    if (core.clock().tick() < deadline) {
      std::this_thread::sleep_for(kPoll);
      continue;
    }
    WL_CHECK(core.database().write_blocking([&](db::Transaction& tx) -> Result<> {
      for (const KeyHolder& holder : holders) WL_CHECK(vault::forget_key_holder(tx, holder.id));
      return {};
    }));
    return all - holders.size();
  }
}

Result<> take_up(Core& core) {
  return core.database().read_blocking(
      [&](db::Transaction& tx) { return vault::take_up_keys(tx, core.keys()); });
}

Result<std::uint32_t> announce(Core& core) {
  auto work = [&](db::Transaction& tx) {
    return vault::announce_key(tx, core.keys(), core.random(), kActor, core.clock().now());
  };
  return core.database().write_blocking(std::move(work));
}

/// From announced to in use, with every running server following.
Result<std::size_t> put_in_use(Core& core, std::uint32_t key) {
  const auto held = [key](const KeyHolder& holder) { return holder.held_key >= key; };
  WL_CHECK(wait_for_servers(core, held, key));
  auto work = [&](db::Transaction& tx) {
    return vault::put_key_in_use(tx, key, kActor, core.clock().now());
  };
  WL_CHECK(core.database().write_blocking(std::move(work)));
  WL_CHECK(take_up(core));
  // Whoever still sealed with the old key would leave values behind.
  const auto seals = [key](const KeyHolder& holder) { return holder.sealing_key >= key; };
  return wait_for_servers(core, seals, key);
}

/// One time through all tables.
Result<> reseal(Core& core,
                RotationReport& report,
                const std::function<void(RotationProgress)>& progress) {
  const auto tables = all_sealed_tables();
  vault::Resealer resealer(core.database(), core.keys(), tables, core.clock());
  WL_TRY(const auto rows, resealer.rows_left());
  bool more = true;
  while (more) {
    WL_TRY(more, resealer.step());
    progress({resealer.rows(), std::max(rows, resealer.rows())});
  }
  report.resealed += resealer.resealed();
  report.damaged = resealer.damaged();
  report.damaged_values = resealer.damaged_values();
  WL_TRY(report.still_needed,
         vault::retire_unused_keys(core.database(), tables, kActor, core.clock().now()));
  return {};
}

/// Whoever sealed with the old key just before it was replaced may store that a moment later.
Result<> reseal_all(Core& core,
                    RotationReport& report,
                    const std::function<void(RotationProgress)>& progress) {
  for (int times = 0; times < kTimesThrough; ++times) {
    WL_CHECK(reseal(core, report, progress));
    if (report.still_needed.empty()) break;
  }
  return {};
}

}  // namespace

Result<RotationReport> rotate_data_key(Core& core,
                                       bool begin,
                                       const std::function<void(RotationProgress)>& progress) {
  WL_TRY(RotationState state, state_of(core.database()));
  RotationReport report;
  report.resumed = state.stage != RotationStage::Done;
  report.key = state.newest;
  if (state.stage == RotationStage::Done && begin) {
    WL_TRY(report.key, announce(core));
    state.stage = RotationStage::Announced;
  }
  if (state.stage == RotationStage::Announced) {
    WL_CHECK(take_up(core));
    WL_TRY(report.servers, put_in_use(core, report.key));
  }
  WL_CHECK(reseal_all(core, report, progress));
  return report;
}

Result<std::vector<std::uint32_t>> remove_old_data_keys(Core& core) {
  for (const auto& folder : emergency_folders(core.config().data)) {
    if (vault::count_kept(folder) == 0) continue;
    return fail(ErrorKind::Conflict,
                "conflict",
                "tokens in " + folder.string() +
                    " may be sealed with an old key; let a server store them first");
  }
  auto work = [&](db::Transaction& tx) {
    return vault::remove_retired_keys(tx, all_sealed_tables(), kActor, core.clock().now());
  };
  return core.database().write_blocking(std::move(work));
}

}  // namespace wayleave::app
