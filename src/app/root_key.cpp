#include "app/root_key.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

#include "base/file.hpp"

namespace wayleave::app {
namespace {

constexpr std::size_t kKeyTextMax = 4096;  // far more than 32 bytes in base64

Result<LoadedRootKey> make_in_data_folder(const Config& config, Random& random) {
  const std::string path = default_root_key_path(config);
  const std::string database = config.sqlite_path();
  std::error_code ec;
  if (!database.empty() && std::filesystem::exists(database, ec)) {
    return fail(ErrorKind::Reject,
                "root_key_missing",
                fmt::format("{} is there but its root key {} is not. Put the key back from your"
                            " backup, or name it with --root-key-file or WAYLEAVE_ROOT_KEY."
                            " Nothing was changed.",
                            database,
                            path));
  }
  auto key = crypto::RootKey::generate(random);
  WL_CHECK(write_root_key_file(path, key));
  return LoadedRootKey{std::move(key), RootKeyOrigin::DataFolder, path, path};
}

}  // namespace

std::string default_root_key_path(const Config& config) { return config.data + "/root.key"; }

Result<crypto::RootKey> parse_root_key(std::string& text, const std::string& source) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  const SecretString secret(text);
  wipe(text.data(), text.size());
  auto key = crypto::RootKey::from_base64(secret);
  if (!key) return reject("root-key", source + ": " + key.error().detail);
  return key;
}

Result<crypto::RootKey> read_root_key_file(const std::string& path) {
  if (const std::string fault = secret_file_fault(path); !fault.empty()) {
    return reject("root-key-file", fault);
  }
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) {
    return reject("root-key-file", fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  }
  std::setvbuf(file, nullptr, _IONBF, 0);  // no copy of the key in a buffer that nobody wipes
  std::string text(kKeyTextMax, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return parse_root_key(text, path);
}

Result<crypto::RootKey> run_root_key_command(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return reject("root-key-command", "cannot run the root key command");
  std::setvbuf(pipe, nullptr, _IONBF, 0);
  std::string text(kKeyTextMax, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), pipe));
  const int status = ::pclose(pipe);
  if (status != 0) {
    wipe(text.data(), text.size());
    return reject("root-key-command",
                  "the root key command failed; run it by hand to see why: " + command);
  }
  return parse_root_key(text, "the root key command");
}

Result<> write_root_key_file(const std::string& path, const crypto::RootKey& key) {
  // Under another name first: a crash must not leave half a key where a whole one is looked for.
  const std::string partial = path + ".partial";
  const int fd = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) {
    return reject("data", fmt::format("cannot create {}: {}", partial, std::strerror(errno)));
  }
  const bool written = key.to_base64().expose([&](std::string_view text) {
    return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
           ::write(fd, "\n", 1) == 1 && ::fsync(fd) == 0;
  });
  ::close(fd);
  const bool linked = written && ::link(partial.c_str(), path.c_str()) == 0;
  const int why = errno;
  ::unlink(partial.c_str());
  if (!written) return reject("data", "cannot write " + path + "; is the disk full?");
  if (!linked) return reject("data", fmt::format("cannot create {}: {}", path, std::strerror(why)));
  if (sync_folder_of(path)) return {};
  return reject("data", "cannot sync the folder of " + path + "; check the disk");
}

std::string secret_file_fault(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return fmt::format("cannot read {}: {}", path, std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) return path + " is not a file";
  if ((info.st_mode & 077) != 0) {
    return fmt::format("{} can be read by others (mode {:04o}); run: chmod 600 {}",
                       path,
                       info.st_mode & 07777,
                       path);
  }
  return {};
}

Result<> prepare_data_folder(const std::string& path) {
  std::error_code ec;
  const bool existed = std::filesystem::exists(path, ec);
  std::filesystem::create_directories(path, ec);
  if (ec) return reject("data", fmt::format("cannot create {}: {}", path, ec.message()));
  if (!existed) ::chmod(path.c_str(), 0700);
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return reject("data", path + " is not a folder");
  }
  if ((info.st_mode & 022) != 0) {
    return reject("data", fmt::format("others can write to {}; run: chmod go-w {}", path, path));
  }
  return {};
}

Result<LoadedRootKey> find_root_key(const Config& config, const Environment& environment) {
  if (auto text = environment("WAYLEAVE_ROOT_KEY"); text && !text->empty()) {
    WL_TRY(auto key, parse_root_key(*text, "WAYLEAVE_ROOT_KEY"));
    return LoadedRootKey{std::move(key), RootKeyOrigin::Environment, "WAYLEAVE_ROOT_KEY", {}};
  }
  if (!config.root_key_file.empty()) {
    WL_TRY(auto key, read_root_key_file(config.root_key_file));
    return LoadedRootKey{std::move(key), RootKeyOrigin::File, config.root_key_file, {}};
  }
  if (!config.root_key_command.empty()) {
    WL_TRY(auto key, run_root_key_command(config.root_key_command));
    return LoadedRootKey{std::move(key), RootKeyOrigin::Command, "the root key command", {}};
  }
  const std::string path = default_root_key_path(config);
  std::error_code ec;
  if (!std::filesystem::exists(path, ec)) {
    return fail(ErrorKind::Reject, "root_key_missing", "there is no root key at " + path);
  }
  WL_TRY(auto key, read_root_key_file(path));
  return LoadedRootKey{std::move(key), RootKeyOrigin::DataFolder, path, {}};
}

std::string next_root_key_path(const Config& config) {
  return default_root_key_path(config) + ".new";
}

Result<std::string> take_over_next_root_key(const Config& config,
                                            const std::string& old_fingerprint) {
  const std::string path = default_root_key_path(config);
  const std::string kept = path + ".old-" + old_fingerprint;
  // The old one keeps its bytes under the other name before the new one takes its place.
  if (::link(path.c_str(), kept.c_str()) != 0 && errno != EEXIST && errno != ENOENT) {
    return reject("data",
                  fmt::format("cannot keep {} as {}: {}", path, kept, std::strerror(errno)));
  }
  if (::rename(next_root_key_path(config).c_str(), path.c_str()) != 0 && errno != ENOENT) {
    return reject(
        "data",
        fmt::format("cannot put the new root key in place of {}: {}", path, std::strerror(errno)));
  }
  if (!sync_folder_of(path)) return reject("data", "cannot sync the folder of " + path);
  return kept;
}

Result<LoadedRootKey> load_root_key(const Config& config,
                                    const Environment& environment,
                                    Random& random) {
  auto found = find_root_key(config, environment);
  if (found || found.error().code != "root_key_missing") return found;
  return make_in_data_folder(config, random);
}

}  // namespace wayleave::app
