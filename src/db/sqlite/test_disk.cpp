#include "db/sqlite/test_disk.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace wayleave::db::sqlite {

/// Stands before the real file, which lies behind it in the memory SQLite gives.
struct TestFile {
  sqlite3_file base;
  TestDisk* disk;
  TestDisk::Tracked* tracked;

  static TestFile& of(sqlite3_file* file) { return *reinterpret_cast<TestFile*>(file); }
  static sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<TestFile*>(file) + 1);
  }
  static const sqlite3_io_methods* methods(sqlite3_file* file) { return real(file)->pMethods; }

  static int close(sqlite3_file* file) {
    const int code = methods(file)->xClose(real(file));
    file->pMethods = nullptr;
    return code;
  }
  static int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
    return methods(file)->xRead(real(file), data, size, offset);
  }
  static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    TestFile& self = of(file);
    const std::lock_guard lock(self.disk->mutex_);
    if (const int code = self.judge(TestDisk::Operation::Write); code != SQLITE_OK) return code;
    self.tracked->unsynced.push_back(
        {TestDisk::Operation::Write,
         static_cast<std::size_t>(offset),
         std::string(static_cast<const char*>(data), static_cast<std::size_t>(size))});
    return methods(file)->xWrite(real(file), data, size, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    TestFile& self = of(file);
    const std::lock_guard lock(self.disk->mutex_);
    if (const int code = self.judge(TestDisk::Operation::Truncate); code != SQLITE_OK) return code;
    self.tracked->unsynced.push_back(
        {TestDisk::Operation::Truncate, static_cast<std::size_t>(size), {}});
    return methods(file)->xTruncate(real(file), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    TestFile& self = of(file);
    const std::lock_guard lock(self.disk->mutex_);
    if (const int code = self.judge(TestDisk::Operation::Sync); code != SQLITE_OK) return code;
    for (const auto& change : self.tracked->unsynced) TestDisk::apply(self.tracked->synced, change);
    self.tracked->unsynced.clear();
    return methods(file)->xSync(real(file), flags);
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return methods(file)->xFileSize(real(file), size);
  }
  static int lock(sqlite3_file* file, int level) { return methods(file)->xLock(real(file), level); }
  static int unlock(sqlite3_file* file, int level) {
    return methods(file)->xUnlock(real(file), level);
  }
  static int check_reserved(sqlite3_file* file, int* out) {
    return methods(file)->xCheckReservedLock(real(file), out);
  }
  static int control(sqlite3_file* file, int op, void* argument) {
    return methods(file)->xFileControl(real(file), op, argument);
  }
  static int sector_size(sqlite3_file* file) { return methods(file)->xSectorSize(real(file)); }
  static int characteristics(sqlite3_file* file) {
    return methods(file)->xDeviceCharacteristics(real(file));
  }
  static int map_shared(
      sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    return methods(file)->xShmMap(real(file), page, size, extend, memory);
  }
  static int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return methods(file)->xShmLock(real(file), offset, count, flags);
  }
  static void barrier(sqlite3_file* file) { methods(file)->xShmBarrier(real(file)); }
  static int unmap_shared(sqlite3_file* file, int remove) {
    return methods(file)->xShmUnmap(real(file), remove);
  }

  [[nodiscard]] int judge(TestDisk::Operation operation) const {
    return disk->judge_ ? disk->judge_(operation) : SQLITE_OK;
  }
};

namespace {

constexpr std::size_t sector_bytes = 512;

sqlite3_io_methods test_methods() {
  sqlite3_io_methods all{};
  all.iVersion = 2;
  all.xClose = TestFile::close;
  all.xRead = TestFile::read;
  all.xWrite = TestFile::write;
  all.xTruncate = TestFile::truncate;
  all.xSync = TestFile::sync;
  all.xFileSize = TestFile::file_size;
  all.xLock = TestFile::lock;
  all.xUnlock = TestFile::unlock;
  all.xCheckReservedLock = TestFile::check_reserved;
  all.xFileControl = TestFile::control;
  all.xSectorSize = TestFile::sector_size;
  all.xDeviceCharacteristics = TestFile::characteristics;
  all.xShmMap = TestFile::map_shared;
  all.xShmLock = TestFile::lock_shared;
  all.xShmBarrier = TestFile::barrier;
  all.xShmUnmap = TestFile::unmap_shared;
  return all;
}

const sqlite3_io_methods methods_of_test = test_methods();

std::string content_of(const char* name) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(name, missing);
  std::string content(missing ? 0 : size, '\0');
  std::ifstream(name, std::ios::binary)
      .read(content.data(), static_cast<std::streamsize>(content.size()));
  return content;
}

}  // namespace

TestDisk::TestDisk() : real_(sqlite3_vfs_find(nullptr)), own_(*real_) {
  own_.zName = "fault";
  own_.pAppData = this;
  own_.szOsFile = static_cast<int>(sizeof(TestFile)) + real_->szOsFile;
  own_.xOpen = [](sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    return static_cast<TestDisk*>(vfs->pAppData)->open(name, file, flags, out);
  };
  own_.xDelete = [](sqlite3_vfs* vfs, const char* name, int sync_directory) {
    return static_cast<TestDisk*>(vfs->pAppData)->remove(name, sync_directory);
  };
  sqlite3_vfs_register(&own_, 1);
}

TestDisk::~TestDisk() {
  sqlite3_vfs_unregister(&own_);
  sqlite3_vfs_register(real_, 1);
}

void TestDisk::set_judge(Judge judge) {
  const std::lock_guard lock(mutex_);
  judge_ = std::move(judge);
}

int TestDisk::open(const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = real_->xOpen(real_, name, TestFile::real(file), flags, out_flags);
  file->pMethods = nullptr;
  if (code != SQLITE_OK) return code;
  const std::lock_guard lock(mutex_);
  const std::string key = name != nullptr ? name : "";
  auto [at, fresh] = tracked_.try_emplace(key);
  if (fresh && name != nullptr) at->second.synced = content_of(name);
  TestFile& self = TestFile::of(file);
  self.disk = this;
  self.tracked = &at->second;
  file->pMethods = &methods_of_test;
  return SQLITE_OK;
}

int TestDisk::remove(const char* name, int sync_directory) {
  {
    const std::lock_guard lock(mutex_);
    tracked_.erase(name);
  }
  return real_->xDelete(real_, name, sync_directory);
}

void TestDisk::apply(std::string& content, const Change& change) {
  if (change.operation == Operation::Truncate) {
    content.resize(change.offset);
    return;
  }
  content.resize(std::max(content.size(), change.offset + change.bytes.size()));
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

void TestDisk::leave_after_power_cut(const std::filesystem::path& directory, SeededRandom& chance) {
  std::filesystem::create_directories(directory);
  for (const auto& [name, file] : tracked_) {
    if (name.empty()) continue;
    std::string content = file.synced;
    for (const Change& change : file.unsynced) {
      switch (chance.below(3)) {
        case 0:  // lost
          break;
        case 1:  // whole
          apply(content, change);
          break;
        default: {  // torn
          Change torn = change;
          torn.bytes.resize(std::min(change.bytes.size(), chance.below(9) * sector_bytes));
          apply(content, torn);
        }
      }
    }
    std::ofstream(directory / std::filesystem::path(name).filename(), std::ios::binary) << content;
  }
}

}  // namespace wayleave::db::sqlite
