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
  std::string code = {};  ///< for programs; empty when fine
};

/// Looks at everything that keeps a server from running well: configuration, folders and their
/// permissions, disk, clock, providers, port, root key, database, data keys, sealed values,
/// connections, sandbox. Repairs nothing and makes nothing. `deep`: opens every sealed value and
/// not only some. Blocks.
[[nodiscard]] std::vector<Finding> examine(const OptionValues& flags,
                                           const Environment& environment,
                                           bool deep);

}  // namespace wayleave::app
