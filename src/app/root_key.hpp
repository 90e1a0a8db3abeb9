#pragma once

#include <string>

#include "app/config.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"

namespace wayleave::app {

enum class RootKeyOrigin { Environment, File, Command, DataFolder };

/// The root key and how it was come by.
struct LoadedRootKey {
  crypto::RootKey key;
  RootKeyOrigin origin = RootKeyOrigin::DataFolder;
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

/// `DIR/root.key`.
[[nodiscard]] std::string default_root_key_path(const Config& config);
/// `DIR/root.key.new`, where the next root key lies while the data keys are wrapped anew with it.
[[nodiscard]] std::string next_root_key_path(const Config& config);
/// Puts it in place of `DIR/root.key`, which is kept as `DIR/root.key.old-FINGERPRINT`; that path.
/// May be done twice, and by two processes at once.
[[nodiscard]] Result<std::string> take_over_next_root_key(const Config& config,
                                                          const std::string& old_fingerprint);
/// Reads a key file; refuses one that others can read.
[[nodiscard]] Result<crypto::RootKey> read_root_key_file(const std::string& path);
/// Runs a command that prints a key.
[[nodiscard]] Result<crypto::RootKey> run_root_key_command(const std::string& command);
/// `source` is named in errors; the text is wiped.
[[nodiscard]] Result<crypto::RootKey> parse_root_key(std::string& text, const std::string& source);
/// Writes a key file (mode 0600) that must not exist; it is on the disk when this returns, so that
/// it can be sealed with.
[[nodiscard]] Result<> write_root_key_file(const std::string& path, const crypto::RootKey& key);

/// Makes the data folder with mode 0700; refuses one that others can write to.
[[nodiscard]] Result<> prepare_data_folder(const std::string& path);

/// What is wrong with a file that holds a secret: missing, not a file, readable by others. Empty
/// when nothing is.
[[nodiscard]] std::string secret_file_fault(const std::string& path);

}  // namespace wayleave::app
