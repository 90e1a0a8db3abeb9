#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/backup/backup.hpp"
#include "app/config.hpp"
#include "base/result.hpp"

namespace wayleave::app {

struct CopiedTable {
  std::string name;
  std::int64_t rows = 0;
};

/// What was copied, counted in both databases.
struct CopyReport {
  std::vector<CopiedTable> tables;
  std::int64_t rows = 0;
};

/// Copies all tables from one database to another of either kind, in one transaction: a copy that
/// was interrupted has left nothing but empty tables and can be repeated. The source keeps all
/// writers out meanwhile and is not changed. Refuses (`conflict`) a source that a server works on,
/// unless `ignore_servers`, and a target that has rows; `root_key_wrong` when the root key of
/// `config` does not fit the source. Blocks.
[[nodiscard]] Result<CopyReport> copy_database(const Config& config,
                                               const Environment& environment,
                                               const std::string& from,
                                               const std::string& to,
                                               bool ignore_servers,
                                               const RowsDone& progress);

}  // namespace wayleave::app
