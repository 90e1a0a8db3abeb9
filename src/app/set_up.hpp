#pragma once

#include <string>

#include "app/core.hpp"
#include "base/result.hpp"

namespace wayleave::app {

/// The link that makes the first member, a super admin, once and within 24 hours (AD-02); empty
/// when there are members. Each call makes a new link and leaves earlier ones as they are. Blocks.
[[nodiscard]] Result<std::string> make_set_up_link(Core& core);

}  // namespace wayleave::app
