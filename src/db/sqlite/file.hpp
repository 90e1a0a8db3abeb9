#pragma once

#include <string>

#include "base/result.hpp"

namespace wayleave::db::sqlite {

/// Makes the file with mode 0600 when it is missing and checks that the database can live there.
/// SQLite gives its log files the same mode. Errors say what to do.
[[nodiscard]] Result<> prepare_file(const std::string& path);

}  // namespace wayleave::db::sqlite
