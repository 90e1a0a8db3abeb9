// The tree against docs/architecture.md, so that the drawing cannot lie.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/architecture/rules.hpp"

namespace wayleave::architecture {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

namespace fs = std::filesystem;

class Tree : public testing::Test {
 protected:
  template <class Rule>
  void expect_none(Rule rule) const {
    for (const SourceFile& file : files_) {
      for (const std::string& breach : rule(file)) ADD_FAILURE() << breach;
    }
  }
  [[nodiscard]] fs::path directory_of(const std::string& room) const {
    return room == "sandbox" ? root_ / room : root_ / "src" / room;
  }

  const fs::path root_ = WAYLEAVE_SOURCE_DIR;
  const Arrows arrows_ = arrows_of(read_text(root_ / "docs" / "architecture.md"));
  const std::vector<SourceFile> files_ = read_rooms(root_);
};

TEST_F(Tree, TheTableNamesEveryRoom) {
  std::set<std::string> rooms{"sandbox"};
  for (const auto& entry : fs::directory_iterator(root_ / "src")) {
    if (entry.is_directory()) rooms.insert(entry.path().filename().string());
  }
  std::set<std::string> named;
  for (const auto& [room, _] : arrows_) named.insert(room);
  EXPECT_EQ(named, rooms);
  EXPECT_THAT(files_, testing::Not(IsEmpty()));
}

TEST_F(Tree, ArrowsMakeNoCircle) { EXPECT_THAT(rooms_in_cycles(arrows_), IsEmpty()); }

TEST_F(Tree, IncludesFollowTheArrows) {
  expect_none([this](const SourceFile& file) { return wrong_includes(arrows_, file); });
}

TEST_F(Tree, LibrariesLinkAlongTheArrows) {
  for (const auto& [room, to] : arrows_) {
    EXPECT_EQ(links_of(read_text(directory_of(room) / "CMakeLists.txt")), to) << room;
  }
}

TEST_F(Tree, TimeAndChanceComeFromOutside) { expect_none(banned_calls); }

TEST_F(Tree, LibrariesStayBehindTheirWrappers) { expect_none(leaked_libraries); }

TEST_F(Tree, EveryRoomIntroducesItself) {
  const std::set<std::string> owed{"api", "app"};  // still to be written
  for (const auto& [room, _] : arrows_) {
    if (owed.contains(room)) continue;
    const std::string text = read_text(directory_of(room) / "README.md");
    EXPECT_FALSE(text.empty()) << room << " has no README.md";
    EXPECT_LE(std::ranges::count(text, '\n'), 60) << room << ": a README is at most a screen";
  }
}

// The rules themselves: each finds what it is for.

constexpr const char* table =
    "# x\n| room | may include | holds |\n|---|---|---|\n"
    "| `low` | | a |\n| `middle` | `low` | b |\n| `side` | `low` | c |\n"
    "| `high` | `middle` | d |\n";

std::vector<std::string> includes(const std::string& path, const std::string& text) {
  return wrong_includes(arrows_of(table), {path, text});
}

TEST(Rules, ReadTheTable) {
  const Arrows arrows = arrows_of(table);
  EXPECT_EQ(arrows.size(), 4U);
  EXPECT_EQ(arrows.at("high"), std::set<std::string>{"middle"});
  EXPECT_EQ(reachable(arrows, "high"), (std::set<std::string>{"low", "middle"}));
}

TEST(Rules, FindIncludesUpwardsAndSideways) {
  EXPECT_THAT(includes("src/high/a.cpp", "#include \"low/x.hpp\"\n#include <vector>\n"), IsEmpty());
  EXPECT_THAT(includes("src/middle/a.cpp", "\n#include \"high/x.hpp\"\n"),
              ElementsAre("src/middle/a.cpp:2: middle may not include high/x.hpp"));
  EXPECT_THAT(includes("src/middle/a.cpp", "#include \"side/x.hpp\""), SizeIs(1));
  EXPECT_THAT(includes("src/middle/a.cpp", "#  include \"x.hpp\""), SizeIs(1));
  EXPECT_THAT(includes("src/low/a.cpp", "#include \"tests/support/x.hpp\""), SizeIs(1));
  EXPECT_THAT(includes("src/low/a_test.cpp", "#include \"tests/support/x.hpp\""), IsEmpty());
}

TEST(Rules, FindCircles) {
  Arrows arrows = arrows_of(table);
  arrows["low"].insert("high");
  EXPECT_THAT(rooms_in_cycles(arrows), ElementsAre("high", "low", "middle"));
}

TEST(Rules, FindBannedCalls) {
  for (const char* line : {"auto t = std::chrono::system_clock::now();",
                           "std::random_device d;",
                           "int x = rand();",
                           "std::this_thread::sleep_for(1s);",
                           "sleep(1);",
                           "std::getenv(\"X\");"}) {
    EXPECT_THAT(banned_calls({"src/vault/a.cpp", line}), SizeIs(1)) << line;
    EXPECT_THAT(banned_calls({"src/app/a.cpp", line}), IsEmpty()) << line;
    EXPECT_THAT(banned_calls({"src/vault/a_test.cpp", line}), IsEmpty()) << line;
  }
  EXPECT_THAT(banned_calls({"src/vault/a.cpp", "x();  // not getenv(\"X\")"}), IsEmpty());
  EXPECT_THAT(banned_calls({"src/vault/a.cpp", "expand(x); sqlite3_sleep(2);"}), IsEmpty());
}

TEST(Rules, FindLibrariesInHeaders) {
  EXPECT_THAT(leaked_libraries({"src/db/a.hpp", "#include <sqlite3.h>"}), SizeIs(1));
  EXPECT_THAT(leaked_libraries({"src/db/a.cpp", "#include <sqlite3.h>"}), IsEmpty());
  EXPECT_THAT(leaked_libraries({"src/a/a.hpp", "#include <boost/json/value.hpp>"}), SizeIs(1));
  EXPECT_THAT(leaked_libraries({"src/a/a.hpp", "#include <boost/json/fwd.hpp>"}), IsEmpty());
  EXPECT_THAT(leaked_libraries({"src/net/a.hpp", "#include <boost/asio/post.hpp>"}), IsEmpty());
}

TEST(Rules, ReadLinks) {
  EXPECT_EQ(links_of("wayleave_room(x\n  LINKS a b\n  LIBRARIES c\n  SOURCES d.cpp)"),
            (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(links_of("wayleave_room(base SOURCES d.cpp)"), std::set<std::string>());
}

}  // namespace
}  // namespace wayleave::architecture
