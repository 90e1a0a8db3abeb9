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

}  // namespace wayleave::app
