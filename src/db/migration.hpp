#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/caller_transaction.hpp"

namespace wayleave::db {

/// The statements of a migration: parts that end in `;` and a line end.
[[nodiscard]] std::vector<std::string_view> statements_of(std::string_view sql);

/// Applies what `schema_migration` does not list yet and gives the names of those steps. The
/// caller's transaction keeps others out.
[[nodiscard]] Result<std::vector<std::string>> apply_migrations(
    Transaction& tx, const std::vector<Migration>& migrations, Instant now);

/// The same for a driver, which also wants the types of columns judged.
[[nodiscard]] Result<> migrate_schema(CallerTransaction& tx,
                                      const std::vector<Migration>& migrations,
                                      std::vector<std::string>* applied);

}  // namespace wayleave::db
