#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>

#include "access/audit.hpp"
#include "app/backup/backup.hpp"
#include "app/backup/part.hpp"
#include "app/core.hpp"
#include "app/root_key.hpp"
#include "vault/data_keys.hpp"
#include "vault/json_text.hpp"

namespace wayleave::app {
namespace {

constexpr int kRowsAtOnce = 200;

/// The file, opened once, so that what was judged is what is restored.
class BackupFile {
 public:
  static Result<BackupFile> open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      return reject("file", fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    }
    return BackupFile(fd);
  }
  BackupFile(BackupFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  BackupFile& operator=(BackupFile&&) = delete;
  ~BackupFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  /// From the beginning.
  [[nodiscard]] Result<BackupReader> reader() const {
    if (::lseek(fd_, 0, SEEK_SET) != 0) return reject("file", "the backup has to be a plain file");
    return BackupReader(fd_);
  }

 private:
  explicit BackupFile(int fd) : fd_(fd) {}
  int fd_;
};

struct Judged {
  RestoreReport report;
  crypto::Sha256 digest{};
  LoadedRootKey root;
};

/// The root key is looked for before the long reading, and judged by what the head says.
Result<LoadedRootKey> fitting_root_key(const Config& config,
                                       const Environment& environment,
                                       const BackupHeader& header) {
  auto root = find_root_key(config, environment);
  const std::string wanted = "the root key with the fingerprint " + header.root_fingerprint;
  if (!root && root.error().code == "root_key_missing") {
    return fail(ErrorKind::Reject,
                "root_key_missing",
                fmt::format("the backup needs {}: put it at {} (mode 0600), or name it with "
                            "--root-key-file, --root-key-command or WAYLEAVE_ROOT_KEY",
                            wanted,
                            default_root_key_path(config)));
  }
  if (!root || root->key.fingerprint() == header.root_fingerprint) return root;
  return fail(ErrorKind::Reject,
              "root_key_wrong",
              fmt::format("the backup needs {}; {} holds another one ({}). Nothing was changed",
                          wanted,
                          root->source,
                          root->key.fingerprint()));
}

Result<Judged> judge(const BackupFile& file,
                     const Config& config,
                     const Environment& environment,
                     const RowsDone& progress) {
  WL_TRY(BackupReader reader, file.reader());
  WL_TRY(auto header, reader.header());
  WL_TRY(auto root, fitting_root_key(config, environment, header));
  Judged judged{{std::move(header), 0, 0, 0, {}}, {}, std::move(root)};
  WL_TRY(auto table, reader.next_table());
  while (table) {
    ++judged.report.tables;
    db::Rows rows;
    do {
      WL_TRY(rows, reader.next_rows(kRowsAtOnce));
      progress(reader.rows(), 0);
    } while (!rows.empty());
    WL_TRY(table, reader.next_table());
  }
  WL_TRY(judged.digest, reader.finish());
  judged.report.rows = reader.rows();
  if (!reader.is_authentic(judged.root.key)) {
    return fail(ErrorKind::Reject,
                "backup_damaged",
                "the file was changed by somebody who does not hold the root key; take another copy"
                " of it. Nothing was changed");
  }
  return judged;
}

/// Those of ours that the backup was made with, in our order.
Result<std::vector<db::Migration>> migrations_of(const BackupHeader& header) {
  std::set<std::pair<std::string, std::int64_t>> wanted(header.migrations.begin(),
                                                        header.migrations.end());
  std::vector<db::Migration> found;
  for (const db::Migration& migration : all_migrations()) {
    if (wanted.erase({std::string(migration.room), migration.number}) > 0) {
      found.push_back(migration);
    }
  }
  if (wanted.empty()) return found;
  return fail(
      ErrorKind::Reject,
      "schema_newer",
      fmt::format("the backup was made by a newer version of Wayleave ({}): restore it with "
                  "that one. Nothing was changed",
                  header.made_by));
}

/// The target's tables by name, after making sure that they are empty.
Result<std::map<std::string, db::Table>> empty_tables(db::Transaction& tx) {
  WL_TRY(const auto all, moving_tables(tx));
  WL_TRY(const auto in_use, table_in_use(tx, all));
  if (!in_use.empty()) {
    return fail(ErrorKind::Conflict,
                "conflict",
                "the database is in use already (table " + in_use +
                    " has rows): restore into a new one, for example with another --data or "
                    "--database. Nothing was changed");
  }
  std::map<std::string, db::Table> tables;
  for (const db::Table& table : all) tables.emplace(table.name, table);
  return tables;
}

/// The backup's own order of columns, with what the target knows about the table.
Result<db::Table> fitted(const std::map<std::string, db::Table>& target, const db::Table& stored) {
  const auto at = target.find(stored.name);
  const auto by_name = [](const db::Column& a, const db::Column& b) { return a.name < b.name; };
  auto mine = stored.columns;
  auto theirs = at == target.end() ? std::vector<db::Column>() : at->second.columns;
  std::ranges::sort(mine, by_name);
  std::ranges::sort(theirs, by_name);
  if (mine != theirs) {
    return fail(ErrorKind::Reject,
                "backup_damaged",
                "table " + stored.name + " of the backup does not fit the schema it names");
  }
  db::Table table = at->second;
  table.columns = stored.columns;
  return table;
}

/// Far above whatever another process may have seen, so that caches notice.
Result<> set_change_counter(db::Transaction& tx, const BackupHeader& header, Instant now) {
  const std::int64_t sequence = std::max<std::int64_t>(header.last_change + 1, to_millis(now));
  WL_CHECK(tx.execute("DELETE FROM change_log"));
  WL_CHECK(tx.execute("UPDATE change_counter SET sequence = $1 WHERE id = 1", {sequence}));
  return {};
}

Result<> note(db::Transaction& tx,
              const std::string& file,
              const RestoreReport& report,
              Instant now) {
  access::AuditRecord record;
  record.at = now;
  record.workspace = WorkspaceId("default");
  record.actor = {"cli", {}, {}};
  record.action = "backup.restored";
  record.target = file;
  record.detail = vault::to_json(std::map<std::string, std::string>{
      {"madeAt", report.header.made_at}, {"rows", std::to_string(report.rows)}});
  return access::append_audit(tx, record);
}

Result<> fill(db::Transaction& tx,
              const BackupFile& file,
              const std::string& name,
              const Judged& judged,
              const RowsDone& progress) {
  const Instant now = SystemClock().now();
  WL_TRY(const auto target, empty_tables(tx));
  WL_TRY(BackupReader reader, file.reader());
  WL_CHECK(reader.header());
  WL_TRY(auto stored, reader.next_table());
  while (stored) {
    WL_TRY(const db::Table table, fitted(target, *stored));
    db::Rows rows;
    do {
      WL_TRY(rows, reader.next_rows(kRowsAtOnce));
      WL_CHECK(db::insert_rows(tx, table, rows));
      progress(reader.rows(), judged.report.rows);
    } while (!rows.empty());
    WL_TRY(stored, reader.next_table());
  }
  WL_TRY(const auto digest, reader.finish());
  if (digest != judged.digest) {
    return fail(ErrorKind::Conflict, "conflict", "the backup was changed while it was restored");
  }
  WL_CHECK(set_change_counter(tx, judged.report.header, now));
  return note(tx, name, judged.report, now);
}

/// Opens every sealed value there is.
Result<> check_values(db::Database& database, const crypto::RootKey& root, RestoreReport& report) {
  SystemRandom random;
  WL_TRY(const auto keys, vault::open_key_ring(database, root, random, SystemClock().now()));
  for (const vault::SealedTable& table : all_sealed_tables()) {
    vault::SealedBatch batch;
    do {
      const auto after = batch.last;
      WL_TRY(batch, database.read_blocking([&](db::Transaction& tx) {
        return vault::check_some(tx, keys, table, after, kRowsAtOnce);
      }));
      report.checked += batch.rows;
      report.damaged.insert(report.damaged.end(), batch.damaged.begin(), batch.damaged.end());
    } while (batch.rows > 0);
  }
  return {};
}

}  // namespace

Result<RestoreReport> check_backup(const Config& config,
                                   const Environment& environment,
                                   const std::string& file,
                                   const RowsDone& progress) {
  WL_TRY(const auto opened, BackupFile::open(file));
  WL_TRY(auto judged, judge(opened, config, environment, progress));
  return std::move(judged.report);
}

Result<RestoreReport> restore_backup(const Config& config,
                                     const Environment& environment,
                                     const std::string& file,
                                     const RowsDone& progress,
                                     Log& log) {
  WL_TRY(const auto opened, BackupFile::open(file));
  WL_TRY(auto judged, judge(opened, config, environment, [](std::int64_t, std::int64_t) {}));
  WL_TRY(const auto migrations, migrations_of(judged.report.header));
  WL_CHECK(prepare_data_folder(config.data));
  db::OpenOptions options;
  options.log = &log;
  WL_TRY(const auto database, db::open(config.database, options));
  WL_CHECK(database->migrate(migrations));
  auto work = [&](db::Transaction& tx) { return fill(tx, opened, file, judged, progress); };
  WL_CHECK(database->write_blocking(std::move(work)));
  WL_CHECK(database->migrate(all_migrations()));
  WL_CHECK(check_values(*database, judged.root.key, judged.report));
  return std::move(judged.report);
}

}  // namespace wayleave::app
