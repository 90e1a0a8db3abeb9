#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "app/key_change.hpp"
#include "app/root_key.hpp"
#include "base/file.hpp"

namespace wayleave::app {
namespace {

const access::Actor kActor{"cli", {}, {}};

/// The next root key and how the next start finds it.
struct Chosen {
  crypto::RootKey key;
  std::string made;
  std::string next_start;
  bool in_data_folder = false;  ///< it shall take the place of `DIR/root.key`
};

bool exists(const std::string& path) {
  std::error_code ec;
  return std::filesystem::exists(path, ec);
}

/// Reads a key file, or makes one with a new key.
Result<Chosen> from_file(const std::string& path, Random& random) {
  Chosen chosen{crypto::RootKey::generate(random), {}, "--root-key-file " + path};
  if (exists(path)) {
    WL_TRY(chosen.key, read_root_key_file(path));
    return chosen;
  }
  WL_CHECK(write_root_key_file(path, chosen.key));
  chosen.made = path;
  return chosen;
}

Result<Chosen> choose(const Core& core,
                      const NextRootKey& next,
                      RootKeyOrigin origin,
                      Random& random) {
  if (!next.file.empty()) return from_file(next.file, random);
  if (!next.command.empty()) {
    WL_TRY(auto key, run_root_key_command(next.command));
    return Chosen{std::move(key), {}, "--root-key-command '" + next.command + "'"};
  }
  if (auto text = core.environment()("WAYLEAVE_NEW_ROOT_KEY"); text && !text->empty()) {
    WL_TRY(auto key, parse_root_key(*text, "WAYLEAVE_NEW_ROOT_KEY"));
    return Chosen{std::move(key), {}, "WAYLEAVE_ROOT_KEY with what WAYLEAVE_NEW_ROOT_KEY holds"};
  }
  if (origin != RootKeyOrigin::DataFolder) {
    return reject(
        "new-root-key-file",
        "say where the new root key comes from: --new-root-key-file FILE (made when it is "
        "not there), --new-root-key-command, or WAYLEAVE_NEW_ROOT_KEY");
  }
  // A file that is there is of a change that was interrupted before it took effect.
  WL_TRY(auto chosen, from_file(next_root_key_path(core.config()), random));
  chosen.made = default_root_key_path(core.config());
  chosen.next_start = "nothing new: it lies in its old place, " + chosen.made;
  chosen.in_data_folder = true;
  return chosen;
}

Result<> rewrap(Core& core, const crypto::RootKey& from, const crypto::RootKey& to) {
  auto work = [&](db::Transaction& tx) {
    return vault::change_root_key(tx, from, to, core.random(), kActor, core.clock().now());
  };
  return core.database().write_blocking(std::move(work));
}

/// The old `DIR/root.key` when the new one lies elsewhere: out of the way, so that a start without
/// the new option says that the key is missing and not that it is wrong.
Result<std::string> set_aside(const Config& config, const std::string& fingerprint) {
  const std::string path = default_root_key_path(config);
  const std::string kept = path + ".old-" + fingerprint;
  if (::rename(path.c_str(), kept.c_str()) != 0 && errno != ENOENT) {
    return reject("data", "cannot rename " + path + " to " + kept);
  }
  (void)sync_folder_of(path);  // either name serves
  return kept;
}

}  // namespace

Result<RootKeyReport> change_root_key(Core& core, const NextRootKey& next) {
  WL_TRY(const auto present, core.root_key());
  WL_TRY(auto chosen, choose(core, next, present.origin, core.random()));
  RootKeyReport report{
      present.key.fingerprint(), chosen.key.fingerprint(), chosen.made, {}, chosen.next_start};
  if (report.before == report.after) {
    return reject("new-root-key-file", "that is the root key in use; give another one");
  }
  WL_CHECK(rewrap(core, present.key, chosen.key));
  if (chosen.in_data_folder) {
    WL_TRY(report.kept, take_over_next_root_key(core.config(), report.before));
  } else if (present.origin == RootKeyOrigin::DataFolder) {
    WL_TRY(report.kept, set_aside(core.config(), report.before));
  }
  return report;
}

}  // namespace wayleave::app
