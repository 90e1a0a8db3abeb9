#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::architecture {

/// Each room and the rooms its arrows point at.
using Arrows = std::map<std::string, std::set<std::string>>;

/// A file below the project's root; the path has `/` and no leading one.
struct SourceFile {
  std::string path;
  std::string text;
};

/// The arrows of the table in docs/architecture.md: rows that begin "| `room` | `to`, `to` |".
[[nodiscard]] Arrows arrows_of(std::string_view document);
/// The rooms that can be reached from `room`: those it may include.
[[nodiscard]] std::set<std::string> reachable(const Arrows& arrows, const std::string& room);
/// Rooms that can reach themselves.
[[nodiscard]] std::vector<std::string> rooms_in_cycles(const Arrows& arrows);
/// The LINKS of a `wayleave_room(...)` call.
[[nodiscard]] std::set<std::string> links_of(std::string_view cmake);

/// `src/<room>/...` and `sandbox/...`; empty for anything else.
[[nodiscard]] std::string room_of(std::string_view path);
/// Unit tests (`*_test.cpp`) and what they share (`test_*`, `testing/`).
[[nodiscard]] bool is_test(std::string_view path);

// Each gives one line per breach, with path and line number.
[[nodiscard]] std::vector<std::string> wrong_includes(const Arrows& arrows, const SourceFile& file);
/// Time, randomness, waiting and the environment come in from outside (`base/` and `app/` hold the
/// real ones).
[[nodiscard]] std::vector<std::string> banned_calls(const SourceFile& file);
/// Libraries that stay behind a wrapper: no header of ours includes more than a `fwd.hpp` of
/// theirs.
[[nodiscard]] std::vector<std::string> leaked_libraries(const SourceFile& file);

/// Every C++ file of the rooms.
[[nodiscard]] std::vector<SourceFile> read_rooms(const std::filesystem::path& root);
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

}  // namespace wayleave::architecture
