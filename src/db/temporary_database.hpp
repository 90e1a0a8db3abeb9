#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/database.hpp"

namespace wayleave::db {

/// A database in a directory of its own that goes with it. For tests.
class TemporaryDatabase {
 public:
  /// Opened and migrated with the migrations of this room and those given.
  explicit TemporaryDatabase(std::vector<Migration> migrations_of_test = {},
                             OpenOptions options = {}) {
    std::string pattern = (std::filesystem::temp_directory_path() / "wayleave-db-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = pattern;
    reopen(options);
    auto all = migrations();
    all.insert(all.end(), migrations_of_test.begin(), migrations_of_test.end());
    if (const auto migrated = database_->migrate(all); !migrated) {
      throw std::runtime_error(migrated.error().detail + ": " + migrated.error().operator_detail);
    }
  }
  ~TemporaryDatabase() {
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;

  Database& operator*() { return *database_; }
  Database* operator->() { return database_.get(); }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] std::string path() const { return (directory_ / "test.db").string(); }
  [[nodiscard]] std::string url() const { return "sqlite:" + path(); }

  void close() { database_.reset(); }
  /// As a new process would.
  void reopen(OpenOptions options = {}) {
    database_.reset();
    auto opened = open(url(), options);
    if (!opened) throw std::runtime_error(opened.error().detail);
    database_ = *std::move(opened);
  }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<Database> database_;
};

}  // namespace wayleave::db
