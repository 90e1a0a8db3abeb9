#pragma once

#include <cstdint>
#include <filesystem>
#include <set>

#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::db::sqlite {

// A small load for durability tests: numbered rows, each written together with a change, so that
// half a transaction would show.

extern const Migration numbered_rows_schema;

/// A row with a body of `body_bytes` (a size that depends on the number when negative).
[[nodiscard]] Result<> write_numbered_row(Database& database,
                                          std::int64_t number,
                                          int body_bytes = -1);
[[nodiscard]] Result<std::set<std::int64_t>> numbered_rows(Database& database);

/// Fails the running test unless the file is intact, holds every acknowledged row and as many
/// changes as rows.
void expect_sound(const std::filesystem::path& file, const std::set<std::int64_t>& acknowledged);

}  // namespace wayleave::db::sqlite
