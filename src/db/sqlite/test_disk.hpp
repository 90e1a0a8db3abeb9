#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace wayleave::db::sqlite {

/// A disk that fails on demand, for tests: while it exists, databases that are opened go through
/// it. It knows which bytes were synced, so that it can show what a power cut would leave. One at a
/// time; databases opened on it go before it.
class TestDisk {
 public:
  enum class Operation { Write, Truncate, Sync };
  /// Called before each operation, under the disk's lock; a code of SQLite other than SQLITE_OK
  /// makes the operation fail, and nothing of it happens.
  using Judge = std::function<int(Operation)>;

  TestDisk();
  ~TestDisk();
  TestDisk(const TestDisk&) = delete;
  TestDisk& operator=(const TestDisk&) = delete;

  void set_judge(Judge judge);
  /// Writes the files into `directory` as a power cut might leave them: everything synced, and of
  /// the rest whatever chance lets through, writes torn at sectors. From a Judge only.
  void leave_after_power_cut(const std::filesystem::path& directory, SeededRandom& chance);

 private:
  friend struct TestFile;
  struct Change {
    Operation operation;
    std::size_t offset;
    std::string bytes;
  };
  struct Tracked {
    std::string synced;
    std::vector<Change> unsynced;
  };
  static void apply(std::string& content, const Change& change);

  int open(const char* name, sqlite3_file* file, int flags, int* out_flags);
  int remove(const char* name, int sync_directory);

  sqlite3_vfs* real_;
  sqlite3_vfs own_;
  std::mutex mutex_;
  Judge judge_;
  std::map<std::string, Tracked> tracked_;
};

}  // namespace wayleave::db::sqlite
