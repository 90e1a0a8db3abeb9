#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::db::sqlite {

/// Opens the file, made when missing, and starts the writer and the readers.
[[nodiscard]] Result<std::unique_ptr<Database>> open(const std::string& path,
                                                     const OpenOptions& options);

}  // namespace wayleave::db::sqlite
