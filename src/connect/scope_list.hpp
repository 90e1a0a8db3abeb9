#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wayleave::connect {

/// Checks scopes a caller asks for: 1 to 200 different scope tokens (RFC 6749 section 3.3) of at
/// most 256 bytes. The error names field `scopes`.
[[nodiscard]] Result<> check_scopes(const std::vector<std::string>& scopes);

/// How scopes are stored: one space between them, which no scope token holds.
[[nodiscard]] std::string store_scopes(const std::vector<std::string>& scopes);
[[nodiscard]] std::vector<std::string> load_scopes(std::string_view stored);

}  // namespace wayleave::connect
