#pragma once

#include <string_view>

#include "app/config.hpp"
#include "base/result.hpp"

namespace wayleave::app {

/// What making and restoring a backup share: which tables are in it.
[[nodiscard]] bool is_backed_up(std::string_view table);
/// Refuses when the file of an SQLite database is not there: opening it would make it.
[[nodiscard]] Result<> expect_database(const Config& config);

}  // namespace wayleave::app
