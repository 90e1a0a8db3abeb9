#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "db/database.hpp"
#include "db/table.hpp"

// Reading and writing whole tables without knowing what they mean: for backups and for moving from
// one database to another, of either kind. Read everything inside one `read`, which sees one
// snapshot; write everything inside one `write`, which happens wholly or not at all.
namespace wayleave::db {

/// Every table, each after those that its rows refer to.
[[nodiscard]] Result<std::vector<Table>> tables_in_order(Transaction& tx);

/// At most `limit` rows after `last` (from the beginning when null) by primary key, with all
/// columns in the order of `table.columns`.
[[nodiscard]] Result<Rows> rows_after(Transaction& tx,
                                      const Table& table,
                                      const Row* last,
                                      int limit);

/// Inserts rows as `rows_after` gave them; `conflict` when one is there already.
[[nodiscard]] Result<> insert_rows(Transaction& tx, const Table& table, const Rows& rows);

[[nodiscard]] Result<std::int64_t> count_rows(Transaction& tx, const Table& table);

}  // namespace wayleave::db
