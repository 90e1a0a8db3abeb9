#include <fmt/core.h>

#include "app/core.hpp"
#include "app/doctor/look.hpp"
#include "base/text.hpp"
#include "vault/key_rotation.hpp"

namespace wayleave::app {
namespace {

using State = Finding::State;

constexpr int kRowsAtOnce = 200;
constexpr std::int64_t kSampleRows = 2'000;  // of each table, unless all are asked for
constexpr std::size_t kTold = 10;

struct Keys {
  vault::RotationState rotation;
  std::vector<vault::KeyHolder> servers;
  std::vector<vault::KeyUse> uses;  ///< of keys older than the one in use
};

Result<Keys> read_keys(db::Transaction& tx) {
  Keys keys;
  WL_TRY(keys.rotation, vault::rotation_state(tx));
  WL_TRY(keys.servers, vault::key_holders(tx));
  WL_TRY(keys.uses, vault::old_key_uses(tx, all_sealed_tables()));
  return keys;
}

Finding look_at_data_keys(const Keys& keys) {
  const vault::RotationState& rotation = keys.rotation;
  if (rotation.stage == vault::RotationStage::Announced) {
    return {
        State::Warning,
        "data keys",
        fmt::format("a rotation stands still: key {} was made and is not in use", rotation.newest),
        "wayleave rotate-key goes on with it",
        "rotation_unfinished"};
  }
  std::int64_t values = 0;
  for (const auto& use : keys.uses) values += use.values;
  if (values > 0 || rotation.stage == vault::RotationStage::Resealing) {
    return {State::Warning,
            "data keys",
            fmt::format("{} values are still sealed with older keys", values),
            "wayleave rotate-key --resume seals them anew; values that are damaged stay",
            "old_data_keys_needed"};
  }
  return {State::Fine, "data keys", fmt::format("key {} seals everything", rotation.newest)};
}

Finding look_at_servers(const Keys& keys, const std::string& root) {
  std::vector<std::string> outdated;
  for (const auto& server : keys.servers) {
    if (server.root_fingerprint != root) outdated.push_back(server.id);
  }
  if (!outdated.empty()) {
    return {State::Warning,
            "servers",
            "running with an older root key: " + join(outdated, ", "),
            "start them again with the present one before the data key is rotated",
            "root_key_outdated"};
  }
  return {State::Fine, "servers", fmt::format("{} signed on", keys.servers.size())};
}

struct Checked {
  std::int64_t rows = 0;
  bool all = true;
  std::vector<vault::DamagedValue> damaged;
};

/// In pieces, so that no long transaction stands in the way of the servers.
Result<Checked> check_values(const OpenStore& store, const crypto::KeyRing& ring) {
  Checked checked;
  for (const vault::SealedTable& table : all_sealed_tables()) {
    vault::SealedBatch batch;
    std::int64_t rows = 0;
    do {
      const auto after = batch.last;
      WL_TRY(batch, store.database.read_blocking([&](db::Transaction& tx) {
        return vault::check_some(tx, ring, table, after, kRowsAtOnce);
      }));
      rows += batch.rows;
      checked.damaged.insert(checked.damaged.end(), batch.damaged.begin(), batch.damaged.end());
    } while (batch.rows > 0 && (store.deep || rows < kSampleRows));
    checked.all = checked.all && batch.rows == 0;
    checked.rows += rows;
  }
  return checked;
}

Finding look_at_values(const OpenStore& store, const crypto::KeyRing& ring) {
  const auto checked = check_values(store, ring);
  if (!checked) return unreadable("sealed values", checked.error());
  if (!checked->damaged.empty()) {
    std::vector<std::string> told;
    for (const auto& value : checked->damaged) {
      if (told.size() == kTold) break;
      told.push_back(fmt::format("{}.{} of {}", value.table, value.column, value.row));
    }
    return {
        State::Broken,
        "sealed values",
        fmt::format("{} do not open: {}{}",
                    checked->damaged.size(),
                    join(told, ", "),
                    told.size() < checked->damaged.size() ? ", …" : ""),
        "they were damaged or tampered with: let users of such connections connect again"
        " (wayleave link APP USER), enter client secrets of such apps again (wayleave app update);"
        " others are not affected",
        "sealed_values_damaged"};
  }
  return {State::Fine,
          "sealed values",
          fmt::format(
              "{} rows opened{}", checked->rows, checked->all ? "" : "; --deep opens all of them")};
}

}  // namespace

std::vector<Finding> look_at_keys(const OpenStore& store) {
  const auto keys = store.database.read_blocking([](db::Transaction& tx) { return read_keys(tx); });
  if (!keys) return {unreadable("data keys", keys.error())};
  if (keys->rotation.newest == 0) {
    return {{State::Fine, "data keys", "none yet: the first is made at the first start"}};
  }
  const auto ring = vault::read_key_ring(store.database, store.root);
  if (!ring) {
    return {{State::Broken,
             "data keys",
             ring.error().detail,
             "restore a backup: wayleave restore FILE",
             ring.error().code}};
  }
  return {look_at_data_keys(*keys),
          look_at_servers(*keys, store.root.fingerprint()),
          look_at_values(store, *ring)};
}

}  // namespace wayleave::app
