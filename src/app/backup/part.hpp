#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/result.hpp"
#include "db/table_copy.hpp"

namespace wayleave::app {

// What making and restoring a backup and copying a database share.

/// The tables that move, in an order in which each comes after those it refers to.
[[nodiscard]] Result<std::vector<db::Table>> moving_tables(db::Transaction& tx);
/// The name of the first of them that has rows; empty when none has.
[[nodiscard]] Result<std::string> table_in_use(db::Transaction& tx,
                                               const std::vector<db::Table>& tables);
/// Refuses when the file of an SQLite database is not there: opening it would make it.
[[nodiscard]] Result<> expect_database(const Config& config);

}  // namespace wayleave::app
