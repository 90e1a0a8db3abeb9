#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wayleave::sandbox {

/// Milliseconds since 1970, `2026-11-23`, or ISO 8601 with a zone (`…T14:00:00.000Z`, `+02:00`);
/// years 1970 to 9999. nullopt for anything else.
[[nodiscard]] std::optional<Instant> parse_time(std::string_view text);
/// `2026-11-23`, in UTC.
[[nodiscard]] std::string to_date(Instant at);

}  // namespace wayleave::sandbox
