#include "vault/refresh/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace wayleave::vault {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".grant";
constexpr std::string_view kReserve = "reserve";
constexpr std::size_t kReserveBytes = 256 << 10;
constexpr std::size_t kFileBytesMax = 128 << 10;  // two tokens of 16 KiB and little more
constexpr std::size_t kFields = 7;

crypto::Place place_of(const WorkspaceId& workspace, const ConnectionId& connection) {
  return {workspace.str(), "emergency", connection.str(), "answer", 1};
}

fs::path file_of(const fs::path& folder, const ConnectionId& connection) {
  return folder / (connection.str() + std::string(kSuffix));
}

/// A folder of ours that nobody else can put anything into.
bool is_safe(const fs::path& folder) {
  struct stat info{};
  return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         info.st_uid == ::geteuid() && (info.st_mode & 077) == 0;
}

/// Written whole and synced, or not there.
bool write_file(const fs::path& path, std::string_view bytes, bool in_sync = true) {
  const fs::path partial = path.string() + ".partial";
  const int fd = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  std::size_t written = 0;
  while (written < bytes.size()) {
    const auto some = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) break;
    written += static_cast<std::size_t>(some);
  }
  const bool whole = written == bytes.size() && (!in_sync || ::fsync(fd) == 0);
  const int why = errno;
  ::close(fd);
  if (whole && ::rename(partial.c_str(), path.c_str()) == 0 &&
      (!in_sync || sync_folder_of(path.string()))) {
    return true;
  }
  ::unlink(partial.c_str());
  errno = why;
  return false;
}

void make_folder(const fs::path& folder) {
  std::error_code ignored;
  fs::create_directories(folder.parent_path(), ignored);
  ::mkdir(folder.c_str(), 0700);
}

/// Real bytes: a file with holes would reserve nothing.
void make_reserve(const fs::path& folder) {
  const fs::path path = folder / kReserve;
  std::error_code ignored;
  if (fs::exists(path, ignored)) return;
  (void)write_file(path, std::string(kReserveBytes, 'r'));
}

std::string number(std::optional<std::int64_t> value) {
  return value ? std::to_string(*value) : "-";
}

/// One field per line; tokens have no line ends (OA-18).
SecretString write_entry(const Journal::Entry& entry) {
  const TokenUpdate& update = entry.update;
  std::optional<std::int64_t> expires;
  std::optional<std::int64_t> life;
  if (update.expires_at) expires = to_millis(*update.expires_at);
  if (update.life) life = update.life->count();
  std::string text = "1\n" + to_hex(entry.fingerprint) + "\n" + number(entry.fence) + "\n" +
                     number(expires) + "\n" + number(life) + "\n";
  text.reserve(text.size() + update.tokens.access_token.size() +
               update.tokens.refresh_token.size() + 2);
  update.tokens.access_token.expose([&](std::string_view token) { text += token; });
  text += "\n";
  update.tokens.refresh_token.expose([&](std::string_view token) { text += token; });
  SecretString secret(text);
  wipe(text.data(), text.size());
  return secret;
}

std::optional<Journal::Entry> read_entry(std::string_view text) {
  std::array<std::string_view, kFields> fields;
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto end = text.find('\n');
    if ((end == std::string_view::npos) != (i + 1 == kFields)) return std::nullopt;
    fields[i] = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const auto fingerprint = from_hex(fields[1]);
  if (fields[0] != "1" || !fingerprint) return std::nullopt;
  Journal::Entry entry;
  entry.fingerprint = *fingerprint;
  entry.fence = parse_number<std::int64_t>(fields[2]).value_or(0);
  if (const auto at = parse_number<std::int64_t>(fields[3]))
    entry.update.expires_at = from_millis(*at);
  if (const auto life = parse_number<std::int64_t>(fields[4]))
    entry.update.life = std::chrono::seconds{*life};
  entry.update.tokens.access_token = SecretString(fields[5]);
  entry.update.tokens.refresh_token = SecretString(fields[6]);
  return entry;
}

/// `workspace`, a line end, and the sealed entry.
std::optional<Journal::Entry> open_file(const fs::path& path, const crypto::KeyRing& keys) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kFileBytesMax) return std::nullopt;
  std::string bytes(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  const auto end = bytes.find('\n');
  if (end == std::string::npos) return std::nullopt;
  const WorkspaceId workspace{bytes.substr(0, end)};
  const ConnectionId connection{path.stem().string()};
  const auto opened =
      keys.open(std::string_view(bytes).substr(end + 1), place_of(workspace, connection));
  if (!opened) return std::nullopt;
  auto entry = opened->expose([](std::string_view text) { return read_entry(text); });
  if (!entry) return std::nullopt;
  entry->workspace = workspace;
  entry->connection = connection;
  return entry;
}

}  // namespace

void Journal::prepare() const {
  if (folders_.empty()) return;
  make_folder(folders_.front());
  if (is_safe(folders_.front())) make_reserve(folders_.front());
}

std::string Journal::seal(const Entry& entry) const {
  const SecretString plain = write_entry(entry);
  return entry.workspace.str() + "\n" +
         keys_.seal(plain, place_of(entry.workspace, entry.connection));
}

bool Journal::note(const Entry& entry) const {
  if (folders_.empty()) return false;
  const fs::path& folder = folders_.front();
  if (!is_safe(folder)) make_folder(folder);
  return is_safe(folder) && write_file(file_of(folder, entry.connection), seal(entry), false);
}

Result<> Journal::keep(const Entry& entry) const {
  const std::string bytes = seal(entry);
  std::string why;
  for (const auto& folder : folders_) {
    make_folder(folder);
    errno = 0;
    const fs::path path = file_of(folder, entry.connection);
    if (is_safe(folder)) {
      if (write_file(path, bytes)) return {};
      if (errno == ENOSPC && ::unlink((folder / kReserve).c_str()) == 0 &&
          write_file(path, bytes)) {
        return {};
      }
    }
    why += (why.empty() ? "" : "; ") + folder.string() + ": " +
           (errno == 0 ? std::string("not a folder of mode 0700 of ours") : std::strerror(errno));
  }
  return fail(ErrorKind::Retry,
              "journal_failed",
              "an answer of a provider could be kept nowhere on the disk",
              why);
}

Journal::Found Journal::read() const {
  Found found;
  for (const auto& folder : folders_) {
    if (!is_safe(folder)) continue;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder, error)) {
      if (file.path().extension() != kSuffix) continue;
      auto entry = open_file(file.path(), keys_);
      if (entry) {
        found.entries.push_back(*std::move(entry));
      } else {
        ++found.unreadable;
      }
    }
  }
  return found;
}

void Journal::forget(const ConnectionId& connection, bool in_sync) const {
  for (const auto& folder : folders_) {
    const fs::path file = file_of(folder, connection);
    if (::unlink(file.c_str()) != 0) continue;
    if (!in_sync) return;
    (void)sync_folder_of(file.string());
    if (folder == folders_.front()) {
      make_reserve(folder);
    } else {
      ::rmdir(folder.c_str());  // unless another answer is in it
    }
  }
}

int count_kept(const std::filesystem::path& folder) {
  int count = 0;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (file.path().extension() == kSuffix) ++count;
  }
  return count;
}

}  // namespace wayleave::vault
