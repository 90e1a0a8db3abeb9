#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "access/audit.hpp"
#include "app/backup/backup.hpp"
#include "app/backup/part.hpp"
#include "app/core.hpp"
#include "app/root_key.hpp"
#include "base/file.hpp"
#include "vault/data_keys.hpp"
#include "vault/json_text.hpp"
#include "vault/refresh/journal.hpp"

namespace wayleave::app {
namespace {

constexpr int kRowsAtOnce = 200;

/// The new file under its first name; removed unless it was finished.
class Unfinished {
 public:
  static Result<Unfinished> create(const std::string& file) {
    struct stat info{};
    if (::lstat(file.c_str(), &info) == 0) {
      return reject("file", file + " is there already; choose another name or remove it");
    }
    Unfinished made(file);
    made.fd_ = ::open(made.partial_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (made.fd_ < 0) {
      return reject("file",
                    fmt::format("cannot create {}: {}", made.partial_, std::strerror(errno)));
    }
    return made;
  }
  Unfinished(Unfinished&& other) noexcept
      : file_(std::move(other.file_)),
        partial_(std::move(other.partial_)),
        fd_(std::exchange(other.fd_, -1)) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(partial_.c_str());
  }

  [[nodiscard]] int fd() const { return fd_; }
  /// From the beginning again: the database may run a transaction more than once.
  [[nodiscard]] Result<> rewind() const {
    if (::ftruncate(fd_, 0) == 0 && ::lseek(fd_, 0, SEEK_SET) == 0) return {};
    return reject("file", fmt::format("cannot write {}: {}", partial_, std::strerror(errno)));
  }
  /// Gives it its name. Not over a file that came meanwhile.
  [[nodiscard]] Result<> finish() {
    if (::link(partial_.c_str(), file_.c_str()) != 0) {
      return reject("file", fmt::format("cannot create {}: {}", file_, std::strerror(errno)));
    }
    if (sync_folder_of(file_)) return {};
    return reject("file", "cannot sync the folder of " + file_ + "; check the disk");
  }

 private:
  explicit Unfinished(const std::string& file) : file_(file), partial_(file + ".partial") {}
  std::string file_;
  std::string partial_;
  int fd_ = -1;
};

Result<BackupHeader> read_header(db::Transaction& tx, std::string fingerprint, Instant now) {
  BackupHeader header;
  header.made_at = to_rfc3339(now);
  header.made_by = WAYLEAVE_VERSION;
  header.root_fingerprint = std::move(fingerprint);
  WL_TRY(header.last_change, db::last_change(tx));
  WL_TRY(const auto rows,
         tx.query("SELECT room, number FROM schema_migration ORDER BY applied_at, room, number"));
  for (const auto& row : rows) header.migrations.emplace_back(row[0].text(), row[1].integer());
  return header;
}

Result<> write_table(db::Transaction& tx,
                     const db::Table& table,
                     BackupWriter& writer,
                     std::int64_t all,
                     const RowsDone& progress) {
  writer.begin_table(table);
  db::Rows rows;
  do {
    const db::Row last = rows.empty() ? db::Row() : rows.back();
    WL_TRY(rows, db::rows_after(tx, table, rows.empty() ? nullptr : &last, kRowsAtOnce));
    for (const db::Row& row : rows) writer.row(row);
    WL_CHECK(writer.health());
    progress(writer.rows(), all);
  } while (!rows.empty());
  writer.end_table();
  return {};
}

Result<BackupReport> write_all(db::Transaction& tx,
                               const crypto::RootKey& root,
                               const Unfinished& out,
                               const RowsDone& progress) {
  WL_CHECK(out.rewind());
  BackupReport report;
  WL_TRY(report.header, read_header(tx, root.fingerprint(), SystemClock().now()));
  WL_TRY(const auto tables, moving_tables(tx));
  std::int64_t all = 0;
  for (const db::Table& table : tables) {
    WL_TRY(const auto rows, db::count_rows(tx, table));
    all += rows;
  }
  BackupWriter writer(out.fd());
  writer.header(report.header);
  for (const db::Table& table : tables) WL_CHECK(write_table(tx, table, writer, all, progress));
  WL_CHECK(writer.finish(root));
  report.tables = static_cast<std::int64_t>(tables.size());
  report.rows = writer.rows();
  report.bytes = writer.bytes();
  return report;
}

Result<> note(db::Database& database, const std::string& file, const BackupReport& report) {
  access::AuditRecord record;
  record.at = SystemClock().now();
  record.workspace = WorkspaceId("default");
  record.actor = {"cli", {}, {}};
  record.action = "backup.made";
  record.target = file;
  record.detail = vault::to_json(std::map<std::string, std::string>{
      {"rows", std::to_string(report.rows)}, {"rootKey", report.header.root_fingerprint}});
  return database.write_blocking(
      [&](db::Transaction& tx) { return access::append_audit(tx, record); });
}

}  // namespace

Result<std::vector<db::Table>> moving_tables(db::Transaction& tx) {
  // The schema stands in the head, changes are for running processes, as are their keys. A session
  // that somebody ended must not come back.
  constexpr std::array left_out{
      "schema_migration", "change_counter", "change_log", "key_holder", "session", "sso_flow"};
  WL_TRY(auto tables, db::tables_in_order(tx));
  std::erase_if(tables, [&](const db::Table& table) {
    return std::ranges::find(left_out, table.name) != left_out.end();
  });
  return tables;
}

Result<std::string> table_in_use(db::Transaction& tx, const std::vector<db::Table>& tables) {
  for (const db::Table& table : tables) {
    WL_TRY(const auto rows, db::rows_after(tx, table, nullptr, 1));
    if (!rows.empty()) return table.name;
  }
  return std::string();
}

Result<> expect_database(const Config& config) {
  const std::string file = config.sqlite_path();
  std::error_code ec;
  if (file.empty() || std::filesystem::exists(file, ec)) return {};
  return reject("database", "there is no database at " + config.database);
}

Result<BackupReport> make_backup(const Config& config,
                                 const Environment& environment,
                                 const std::string& file,
                                 const RowsDone& progress,
                                 Log& log) {
  WL_CHECK(expect_database(config));
  WL_TRY(const auto root, find_root_key(config, environment));
  db::OpenOptions options;
  options.log = &log;
  WL_TRY(const auto database, db::open(config.database, options));
  WL_CHECK(vault::check_root_key(*database, root.key));
  WL_TRY(auto out, Unfinished::create(file));
  auto work = [&](db::Transaction& tx) { return write_all(tx, root.key, out, progress); };
  WL_TRY(auto report, database->read_blocking(std::move(work)));
  WL_CHECK(out.finish());
  report.root_key_source = root.source;
  for (const auto& folder : emergency_folders(config.data)) {
    report.in_journal += vault::count_kept(folder);
  }
  if (const auto noted = note(*database, file, report); !noted) {
    report.unaudited = noted.error().detail;
  }
  return report;
}

}  // namespace wayleave::app
