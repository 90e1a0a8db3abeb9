#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::app {

/// The public URL that a server last ran with, so that the command line on the same data makes
/// links that lead to it.
[[nodiscard]] Result<std::optional<std::string>> stored_public_url(db::Transaction& tx);
[[nodiscard]] Result<> store_public_url(db::Transaction& tx, const std::string& url, Instant now);

/// The tables of this room.
[[nodiscard]] std::vector<db::Migration> migrations();

}  // namespace wayleave::app
