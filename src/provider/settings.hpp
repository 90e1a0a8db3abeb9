#pragma once

#include <memory>

#include "base/result.hpp"
#include "provider/catalogue.hpp"
#include "provider/provider.hpp"

namespace wayleave::provider {

/// `base` with an app's settings checked and filled in: the URLs of a configurable provider, the
/// tenant fields of another. Errors name `settings.<name>`.
[[nodiscard]] Result<Provider> apply_settings(const Provider& base, const Settings& settings);

}  // namespace wayleave::provider
