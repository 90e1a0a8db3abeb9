#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/core.hpp"
#include "vault/key_rotation.hpp"

namespace wayleave::app {

/// How far a rotation of the data key has come, for a progress bar.
struct RotationProgress {
  std::int64_t done = 0;
  std::int64_t all = 0;
};

/// What a rotation of the data key did.
struct RotationReport {
  std::uint32_t key = 0;
  bool resumed = false;     ///< it had been begun before
  std::size_t servers = 0;  ///< running ones that took the key up
  std::int64_t resealed = 0;
  std::int64_t damaged = 0;
  std::vector<vault::DamagedValue> damaged_values;  ///< the first of them
  std::vector<vault::KeyUse> still_needed;          ///< old keys that could not be retired
};

/// Changes the data key while servers run (VT-06): announces a new one, waits until every running
/// server can open it, puts it in use, seals every value anew, retires the old one. A rotation that
/// was interrupted is finished instead; with `begin` false only that is done. When a server cannot
/// open the new key (it runs with an older root key) the key is not put in use. Blocks.
[[nodiscard]] Result<RotationReport> rotate_data_key(
    Core& core, bool begin, const std::function<void(RotationProgress)>& progress);

/// Removes old data keys that were retired at least vault::kRetiredFor ago and that nothing is
/// sealed with; their ids. Blocks.
[[nodiscard]] Result<std::vector<std::uint32_t>> remove_old_data_keys(Core& core);

/// Where the next root key comes from; at most one of these. Else it is `WAYLEAVE_NEW_ROOT_KEY`, or
/// a new one takes the place of `DIR/root.key` when that is what protects the store.
struct NextRootKey {
  std::string file;  ///< made with a new key when it is not there
  std::string command;
};

/// What a change of the root key did.
struct RootKeyReport {
  std::string before;  ///< fingerprints
  std::string after;
  std::string made;        ///< path of the key file made for it; empty: the key was there
  std::string kept;        ///< where the old `DIR/root.key` lies now; empty: it was elsewhere
  std::string next_start;  ///< how the next start gets the new key
};

/// Wraps the data keys with another root key, in one transaction (VT-07). Running servers go on
/// with the data keys they have opened. A change of `DIR/root.key` that was interrupted is finished
/// by the next start or the next change. Blocks.
[[nodiscard]] Result<RootKeyReport> change_root_key(Core& core, const NextRootKey& next);

}  // namespace wayleave::app
