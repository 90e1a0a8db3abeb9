#pragma once

#include <string>
#include <string_view>

namespace wayleave {

/// Names this process among all that ever run: boot, process namespace, number and start time.
/// Reads /proc; empty when that cannot be read.
[[nodiscard]] std::string process_name();

/// Whether the process of that name has surely ended: it ran under this boot and in this process
/// namespace, and its number is free or somebody else's by now. False for all that cannot be known
/// from here (another machine or container, an unknown form).
[[nodiscard]] bool process_has_ended(std::string_view name);

}  // namespace wayleave
