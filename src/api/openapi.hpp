#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::api {

/// A YAML document as JSON, by the core schema: quoted scalars stay text, plain ones become null,
/// booleans, numbers or text.
[[nodiscard]] Result<std::string> yaml_to_json(std::string_view yaml);

/// api/openapi.yaml, which is compiled into the binary, as JSON.
[[nodiscard]] Result<std::string> openapi_json();

}  // namespace wayleave::api
