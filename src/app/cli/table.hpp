#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace wayleave::app::cli {

/// Columns under headings, as wide as their widest cell. Control characters in cells are replaced,
/// so that no stored text can steer the terminal.
void print_table(std::ostream& out,
                 const std::vector<std::string>& headings,
                 const std::vector<std::vector<std::string>>& rows);

/// `name  value` lines, empty values left out.
void print_facts(std::ostream& out, const std::vector<std::pair<std::string, std::string>>& facts);

/// Text without control characters.
[[nodiscard]] std::string printable(const std::string& text);

}  // namespace wayleave::app::cli
