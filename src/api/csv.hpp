#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wayleave::api {

/// One line of RFC 4180. A cell that a spreadsheet would take for a formula (it begins with = + -
/// @, a tab or a line break) is preceded by an apostrophe, so that text from outside stays text.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& cells);

}  // namespace wayleave::api
