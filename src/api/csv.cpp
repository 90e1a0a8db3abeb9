#include "api/csv.hpp"

namespace wayleave::api {
namespace {

bool looks_like_formula(std::string_view cell) {
  return !cell.empty() &&
         std::string_view("=+-@\t\r\n").find(cell.front()) != std::string_view::npos;
}

void append_cell(std::string& line, std::string_view cell) {
  const bool formula = looks_like_formula(cell);
  if (!formula && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += cell;
    return;
  }
  line += formula ? "\"'" : "\"";
  for (const char c : cell) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    append_cell(line, cell);
  }
  return line + "\r\n";
}

}  // namespace wayleave::api
