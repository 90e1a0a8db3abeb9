#pragma once

#include <memory>

#include "api/single_sign_on.hpp"
#include "app/config.hpp"
#include "app/core.hpp"
#include "base/result.hpp"

namespace wayleave::app {

/// Single sign-on as it is configured; null when it is not. Reads the client secret from its file,
/// which others must not be able to read. Blocks. What it gives must die before `core`.
[[nodiscard]] Result<std::unique_ptr<api::SingleSignOn>> load_sso(const Config& config, Core& core);

}  // namespace wayleave::app
