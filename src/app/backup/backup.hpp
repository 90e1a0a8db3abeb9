#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/backup/format.hpp"
#include "app/config.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "vault/sealed_table.hpp"

namespace wayleave::app {

/// Called now and then with how many rows are done; `all` is 0 when that is not known.
using RowsDone = std::function<void(std::int64_t done, std::int64_t all)>;

struct BackupReport {
  BackupHeader header;
  std::string root_key_source;
  std::int64_t tables = 0;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  int in_journal = 0;  ///< answers of providers that are not in the database yet, nor in the backup
  std::string unaudited;  ///< why the backup could not be recorded; empty: it was
};

/// Writes everything the database holds to a new file (mode 0600), as it was at one moment, while
/// servers go on. Secrets stay sealed. The file has its name only once it is whole and on the disk.
/// The database is not changed but for the record of it. Blocks.
[[nodiscard]] Result<BackupReport> make_backup(const Config& config,
                                               const Environment& environment,
                                               const std::string& file,
                                               const RowsDone& progress,
                                               Log& log);

struct RestoreReport {
  BackupHeader header;
  std::int64_t tables = 0;
  std::int64_t rows = 0;
  std::int64_t checked = 0;                  ///< rows whose sealed values were opened afterwards
  std::vector<vault::DamagedValue> damaged;  ///< those that do not open; so they were backed up
};

/// Judges a backup: whole, unchanged, made by a holder of this root key. Changes nothing.
[[nodiscard]] Result<RestoreReport> check_backup(const Config& config,
                                                 const Environment& environment,
                                                 const std::string& file,
                                                 const RowsDone& progress);

/// Fills a new database, of either kind, from a backup, in one transaction: a restore that was
/// interrupted has left nothing and can be repeated. Everything is checked before anything is
/// changed: `backup_damaged`, `root_key_missing`, `root_key_wrong`, `schema_newer`, and `conflict`
/// for a database that is in use. Blocks.
[[nodiscard]] Result<RestoreReport> restore_backup(const Config& config,
                                                   const Environment& environment,
                                                   const std::string& file,
                                                   const RowsDone& progress,
                                                   Log& log);

}  // namespace wayleave::app
