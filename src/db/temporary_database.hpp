#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "db/database.hpp"

namespace wayleave::db {

enum class DatabaseKind { Sqlite, Postgres };
/// `postgres` in WAYLEAVE_TEST_DATABASE, else SQLite: tests of repositories run once with each.
[[nodiscard]] DatabaseKind kind_of_tests();
/// For the names of parameterised tests.
[[nodiscard]] std::string name_of(DatabaseKind kind);

/// A place for one database of a test: a folder, or a schema on a shared PostgreSQL server; goes
/// with all it holds. Throws when there is none.
class TemporaryPlace {
 public:
  explicit TemporaryPlace(DatabaseKind kind = kind_of_tests());
  ~TemporaryPlace();
  TemporaryPlace(const TemporaryPlace&) = delete;
  TemporaryPlace& operator=(const TemporaryPlace&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] DatabaseKind kind() const { return kind_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  /// Every byte that is kept: the files, or all values of all tables. To look for what must not be
  /// there, and to see whether anything changed.
  [[nodiscard]] std::string stored_bytes() const;
  /// The file of an SQLite database.
  [[nodiscard]] std::string path() const { return (directory_ / "test.db").string(); }

 private:
  DatabaseKind kind_;
  std::filesystem::path directory_;
  std::string schema_;
  std::string url_;
};

/// A database that goes with the object. For tests.
class TemporaryDatabase {
 public:
  /// Opened and migrated with the migrations of this room and those given.
  explicit TemporaryDatabase(std::vector<Migration> migrations_of_test = {},
                             OpenOptions options = {},
                             DatabaseKind kind = kind_of_tests());

  Database& operator*() { return *database_; }
  Database* operator->() { return database_.get(); }
  [[nodiscard]] const std::filesystem::path& directory() const { return place_.directory(); }
  [[nodiscard]] std::string path() const { return place_.path(); }
  [[nodiscard]] const std::string& url() const { return place_.url(); }

  void close() { database_.reset(); }
  /// As a new process would.
  void reopen(OpenOptions options = {});

 private:
  TemporaryPlace place_;
  std::unique_ptr<Database> database_;
};

}  // namespace wayleave::db
