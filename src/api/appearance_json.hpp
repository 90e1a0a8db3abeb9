#pragma once

#include <optional>
#include <string>

#include "api/json_reader.hpp"
#include "connect/appearance.hpp"

namespace wayleave::api {

/// The member `appearance` of an app's JSON, parsed and not yet checked; nullopt when it is absent.
/// Errors name the field as `appearance.…`. The reader's own `finish` is still the caller's.
[[nodiscard]] Result<std::optional<connect::AppearanceDraft>> read_appearance(JsonReader& in);

/// The appearance as api/openapi.yaml describes it.
[[nodiscard]] std::string appearance_json(const connect::Appearance& appearance);

}  // namespace wayleave::api
