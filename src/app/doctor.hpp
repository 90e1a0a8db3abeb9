#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"

namespace wayleave::app {

/// One thing that was looked at, and what to do when it is not well.
struct Finding {
  enum class State { Fine, Warning, Broken } state = State::Fine;
  std::string name;
  std::string detail;
  std::string remedy = {};
};

/// Looks at everything that keeps a server from running well: configuration, folders and their
/// permissions, disk, clock, providers, port, database, root key, sandbox. Blocks.
[[nodiscard]] std::vector<Finding> examine(const OptionValues& flags,
                                           const Environment& environment);

}  // namespace wayleave::app
