#include "app/cli/table.hpp"

#include <algorithm>
#include <ostream>

namespace wayleave::app::cli {
namespace {

/// Characters as a terminal shows them: bytes that do not continue a UTF-8 sequence.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

void print_row(std::ostream& out,
               const std::vector<std::string>& cells,
               const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = printable(cells[i]);
    line += cell;
    if (i + 1 < cells.size()) line += std::string(widths[i] - width(cell) + 2, ' ');
  }
  out << line << "\n";
}

}  // namespace

std::string printable(const std::string& text) {
  std::string out = text;
  std::replace_if(
      out.begin(),
      out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return out;
}

void print_table(std::ostream& out,
                 const std::vector<std::string>& headings,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::string& heading : headings) widths.push_back(width(heading));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width(printable(row[i])));
    }
  }
  print_row(out, headings, widths);
  for (const auto& row : rows) print_row(out, row, widths);
}

void print_facts(std::ostream& out, const std::vector<std::pair<std::string, std::string>>& facts) {
  std::size_t widest = 0;
  for (const auto& [name, value] : facts) {
    if (!value.empty()) widest = std::max(widest, width(name));
  }
  for (const auto& [name, value] : facts) {
    if (value.empty()) continue;
    out << name << std::string(widest - width(name) + 2, ' ') << printable(value) << "\n";
  }
}

}  // namespace wayleave::app::cli
