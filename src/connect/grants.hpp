#pragma once

#include <string>
#include <vector>

#include "provider/provider.hpp"

namespace wayleave::connect {

/// What a list of scopes lets an app do, in the provider file's plain words; a scope it does not
/// describe stands for itself. Without repetitions, in the order asked.
[[nodiscard]] std::vector<std::string> describe_scopes(const provider::Provider& provider,
                                                       const std::vector<std::string>& scopes);

}  // namespace wayleave::connect
