#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <string>

#include "db/sqlite/numbered_rows.hpp"

namespace wayleave::db::sqlite {
namespace {

std::string integrity_of(const std::filesystem::path& file) {
  sqlite3* handle = nullptr;
  std::string answer = "cannot be opened";
  if (sqlite3_open(file.c_str(), &handle) == SQLITE_OK) {
    const auto take = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) = values[0];
      return 0;
    };
    sqlite3_exec(handle, "PRAGMA integrity_check", take, &answer, nullptr);
  }
  sqlite3_close(handle);
  return answer;
}

}  // namespace

void expect_sound(const std::filesystem::path& file, const std::set<std::int64_t>& acknowledged) {
  auto database = open("sqlite:" + file.string());
  ASSERT_TRUE(database) << file << ": " << database.error().operator_detail;
  const auto rows = numbered_rows(**database);
  ASSERT_TRUE(rows) << file << ": " << rows.error().operator_detail;
  EXPECT_TRUE(std::ranges::includes(*rows, acknowledged))
      << file << " lost acknowledged rows: " << acknowledged.size() << " were acknowledged, "
      << rows->size() << " are there";
  const auto changes = (*database)->read_blocking([](Transaction& tx) { return last_change(tx); });
  ASSERT_TRUE(changes);
  EXPECT_EQ(*changes, static_cast<std::int64_t>(rows->size())) << file << " holds half a write";
  database->reset();
  EXPECT_EQ(integrity_of(file), "ok") << file;
}

}  // namespace wayleave::db::sqlite
