#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::db::postgres {

/// Opens `url` (`postgres://...`). The first connection is made here, so that what is wrong with
/// the address shows; the others when they are needed.
[[nodiscard]] Result<std::unique_ptr<Database>> open(const std::string& url,
                                                     const OpenOptions& options);

}  // namespace wayleave::db::postgres
