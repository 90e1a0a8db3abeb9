#pragma once

#include <string>

#include "app/config.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"

namespace wayleave::app {

/// The root key and how it was come by.
struct LoadedRootKey {
  crypto::RootKey key;
  std::string source;   ///< for messages: a file name or `WAYLEAVE_ROOT_KEY`
  std::string created;  ///< path of the file made just now; empty when the key was there
};

/// From `WAYLEAVE_ROOT_KEY`, `--root-key-file`, `--root-key-command`, or `DIR/root.key`, in that
/// order. The last is made at the first start (mode 0600), but never beside a database that is
/// already there: its own key is then missing, and a new one could not open it (VT-05). A file that
/// others can read is refused, with the command that mends it. Blocks.
[[nodiscard]] Result<LoadedRootKey> load_root_key(const Config& config,
                                                  const Environment& environment,
                                                  Random& random);

/// The same, but makes nothing: `root_key_missing` when `DIR/root.key` is not there. For a server
/// whose root key was changed while it ran, and for verbs that need the key of a store.
[[nodiscard]] Result<LoadedRootKey> find_root_key(const Config& config,
                                                  const Environment& environment);

/// Makes the data folder with mode 0700; refuses one that others can write to.
[[nodiscard]] Result<> prepare_data_folder(const std::string& path);

/// What is wrong with a file that holds a secret: missing, not a file, readable by others. Empty
/// when nothing is.
[[nodiscard]] std::string secret_file_fault(const std::string& path);

}  // namespace wayleave::app
