#include "tests/architecture/rules.hpp"

#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <sstream>

namespace wayleave::architecture {
namespace {

namespace fs = std::filesystem;

std::set<std::string> backticked(const std::string& cell) {
  static const std::regex name("`([a-z_]+)`");
  std::set<std::string> names;
  for (std::sregex_iterator at(cell.begin(), cell.end(), name), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

// A comment may name what the code must not call.
std::string without_comment(const std::string& line) { return line.substr(0, line.find("//")); }

std::vector<std::string> breaches(const SourceFile& file,
                                  const std::function<std::string(const std::string&)>& judge) {
  std::vector<std::string> found;
  std::istringstream lines(file.text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::string breach = judge(line);
    if (!breach.empty()) found.push_back(file.path + ":" + std::to_string(number) + ": " + breach);
  }
  return found;
}

bool is_source(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".cpp" || ending == ".hpp" || ending == ".ipp";
}

}  // namespace

Arrows arrows_of(std::string_view document) {
  static const std::regex row("^\\| `([a-z_]+)` \\|([^|]*)\\|.*");
  Arrows arrows;
  std::istringstream lines{std::string(document)};
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, row)) arrows[match[1]] = backticked(match[2]);
  }
  return arrows;
}

std::set<std::string> reachable(const Arrows& arrows, const std::string& room) {
  std::set<std::string> found;
  std::vector<std::string> open{room};
  while (!open.empty()) {
    const auto at = arrows.find(open.back());
    open.pop_back();
    if (at == arrows.end()) continue;
    for (const std::string& next : at->second) {
      if (found.insert(next).second) open.push_back(next);
    }
  }
  return found;
}

std::vector<std::string> rooms_in_cycles(const Arrows& arrows) {
  std::vector<std::string> found;
  for (const auto& [room, _] : arrows) {
    if (reachable(arrows, room).contains(room)) found.push_back(room);
  }
  return found;
}

std::set<std::string> links_of(std::string_view cmake) {
  std::istringstream words{std::string(cmake)};
  std::set<std::string> links;
  bool listing = false;
  for (std::string word; words >> word;) {
    if (word == "LINKS") {
      listing = true;
    } else if (word == "LIBRARIES" || word == "SOURCES" || word == "TESTS") {
      listing = false;
    } else if (listing) {
      links.insert(word);
    }
  }
  return links;
}

std::string room_of(std::string_view path) {
  if (path.starts_with("sandbox/")) return "sandbox";
  if (!path.starts_with("src/")) return {};
  const std::string_view inside = path.substr(4);
  const auto end = inside.find('/');
  return end == inside.npos ? std::string() : std::string(inside.substr(0, end));
}

bool is_test(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with("test_") || name.ends_with("_test.cpp") ||
         path.find("/testing/") != path.npos;
}

std::vector<std::string> wrong_includes(const Arrows& arrows, const SourceFile& file) {
  static const std::regex include("^\\s*#\\s*include\\s+\"([^\"]+)\".*");
  const std::string room = room_of(file.path);
  std::set<std::string> allowed = reachable(arrows, room);
  allowed.insert(room);
  if (is_test(file.path)) allowed.insert("tests");
  return breaches(file, [&](const std::string& line) -> std::string {
    std::smatch match;
    if (!line.contains('#') || !std::regex_match(line, match, include)) return {};
    const std::string path = match[1];
    const auto slash = path.find('/');
    if (slash == path.npos) return "includes " + path + " without its room";
    if (allowed.contains(path.substr(0, slash))) return {};
    return room + " may not include " + path;
  });
}

std::vector<std::string> banned_calls(const SourceFile& file) {
  static const std::regex banned(
      "\\b(system_clock::now|random_device|s?rand\\s*\\(|sleep_for|sleep_until|u?sleep\\s*\\(|"
      "nanosleep\\s*\\(|(secure_)?getenv\\s*\\()");
  const std::string room = room_of(file.path);
  if (room == "base" || room == "app" || is_test(file.path)) return {};
  return breaches(file, [](const std::string& line) -> std::string {
    std::smatch match;
    const std::string code = without_comment(line);
    if (!std::regex_search(code, match, banned)) return {};
    return "calls " + match[1].str() + "; pass a Clock, a Random or a setting in";
  });
}

std::vector<std::string> leaked_libraries(const SourceFile& file) {
  static const std::regex wrapped(
      "^\\s*#\\s*include\\s+<(boost/beast|boost/json|openssl/|sqlite3|yaml-cpp|sodium|libpq|"
      "simdjson)(?!/fwd\\.hpp).*");
  if (!file.path.ends_with(".hpp") || is_test(file.path)) return {};
  return breaches(file, [](const std::string& line) -> std::string {
    if (!line.contains('#') || !std::regex_match(line, wrapped)) return {};
    return "a header includes a library that belongs behind a wrapper: " + line;
  });
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<SourceFile> read_rooms(const fs::path& root) {
  std::vector<SourceFile> files;
  for (const char* top : {"src", "sandbox"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      files.push_back(
          {entry.path().lexically_relative(root).generic_string(), read_text(entry.path())});
    }
  }
  return files;
}

}  // namespace wayleave::architecture
