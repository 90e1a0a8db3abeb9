#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::app {

/// What a server last ran with, so that the command line on the same data makes links that lead to
/// it and knows its sandbox.
struct ServerSettings {
  std::string public_url;  ///< empty: no server ran yet
  std::string sandbox;     ///< empty: none
};
[[nodiscard]] Result<ServerSettings> load_server_settings(db::Transaction& tx);
[[nodiscard]] Result<> store_server_settings(db::Transaction& tx,
                                             const ServerSettings& settings,
                                             Instant now);

/// The tables of this room.
[[nodiscard]] std::vector<db::Migration> migrations();

}  // namespace wayleave::app
