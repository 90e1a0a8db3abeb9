#include "app/backup/format.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "base/random.hpp"

namespace wayleave::app {
namespace {

class BackupFormat : public testing::Test {
 protected:
  ~BackupFormat() override { std::fclose(file_); }

  [[nodiscard]] int fd() const { return ::fileno(file_); }
  void set(const std::string& bytes) const {
    ASSERT_EQ(::ftruncate(fd(), 0), 0);
    ASSERT_EQ(::pwrite(fd(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    ASSERT_EQ(::lseek(fd(), 0, SEEK_SET), 0);
  }
  [[nodiscard]] std::string get() const {
    std::string bytes(1 << 20, '\0');
    bytes.resize(static_cast<std::size_t>(::pread(fd(), bytes.data(), bytes.size(), 0)));
    return bytes;
  }
  std::string written() {
    BackupWriter writer(fd());
    writer.header(
        {"2026-11-23T00:00:00.000Z", "1.2.3", root_.fingerprint(), 42, {{"db", 1}, {"vault", 2}}});
    writer.begin_table(table_);
    for (const db::Row& row : rows_) writer.row(row);
    writer.end_table();
    writer.begin_table({.name = "empty",
                        .columns = {{"id", db::ColumnType::Text}},
                        .primary_key = {},
                        .references = {}});
    writer.end_table();
    const auto done = writer.finish(root_);
    EXPECT_TRUE(done) << done.error().detail;
    EXPECT_EQ(writer.rows(), 3);
    const std::string bytes = get();
    EXPECT_EQ(writer.bytes(), static_cast<std::int64_t>(bytes.size()));
    return bytes;
  }
  /// Reads everything; the error code, or that of the root key, or nothing.
  static std::string fault(int fd, const crypto::RootKey& root) {
    BackupReader reader(fd);
    const auto header = reader.header();
    if (!header) return header.error().code;
    auto table = reader.next_table();
    while (table && *table) {
      auto rows = reader.next_rows(2);
      while (rows && !rows->empty()) rows = reader.next_rows(2);
      if (!rows) return rows.error().code;
      table = reader.next_table();
    }
    if (!table) return table.error().code;
    if (const auto end = reader.finish(); !end) return end.error().code;
    return reader.is_authentic(root) ? "" : "not authentic";
  }

  std::FILE* file_ = std::tmpfile();
  SystemRandom random_;
  crypto::RootKey root_ = crypto::RootKey::generate(random_);
  const db::Table table_{.name = "thing",
                         .columns = {{"id", db::ColumnType::Text},
                                     {"number", db::ColumnType::Bigint},
                                     {"body", db::ColumnType::Blob}},
                         .primary_key = {"id"},
                         .references = {}};
  const db::Rows rows_ = {{"a", std::int64_t{-1}, db::Blob{std::string("\0\xff", 2)}},
                          {"", nullptr, db::Blob{}},
                          {"c", std::int64_t{9'223'372'036'854'775'807}, nullptr}};
};

TEST_F(BackupFormat, WhatWasWrittenIsRead) {
  set(written());
  BackupReader reader(fd());
  const auto header = reader.header();
  ASSERT_TRUE(header) << header.error().detail;
  EXPECT_EQ(header->made_at, "2026-11-23T00:00:00.000Z");
  EXPECT_EQ(header->made_by, "1.2.3");
  EXPECT_EQ(header->root_fingerprint, root_.fingerprint());
  EXPECT_EQ(header->last_change, 42);
  using Migrations = std::vector<std::pair<std::string, std::int64_t>>;
  EXPECT_EQ(header->migrations, (Migrations{{"db", 1}, {"vault", 2}}));
  const auto table = reader.next_table();
  ASSERT_TRUE(table && *table);
  EXPECT_EQ((*table)->name, "thing");
  EXPECT_EQ((*table)->columns, table_.columns);
  db::Rows read;
  for (auto some = reader.next_rows(2); some && !some->empty(); some = reader.next_rows(2)) {
    EXPECT_LE(some->size(), 2U);
    read.insert(read.end(), some->begin(), some->end());
  }
  ASSERT_EQ(read.size(), rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    for (std::size_t c = 0; c < rows_[i].size(); ++c)
      EXPECT_EQ(read[i][c].held(), rows_[i][c].held());
  }
  const auto empty = reader.next_table();
  ASSERT_TRUE(empty && *empty);
  EXPECT_TRUE(reader.next_rows(2)->empty());
  EXPECT_FALSE(reader.next_table()->has_value());
  EXPECT_TRUE(reader.finish());
  EXPECT_TRUE(reader.is_authentic(root_));
}

TEST_F(BackupFormat, EveryChangedByteIsFound) {
  const std::string whole = written();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    set(changed);
    EXPECT_NE(fault(fd(), root_), "") << at;
  }
}

TEST_F(BackupFormat, EveryCutAndEveryExtraByteIsFound) {
  const std::string whole = written();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    set(whole.substr(0, size));
    EXPECT_EQ(fault(fd(), root_), "backup_damaged") << size;
  }
  set(whole + "x");
  EXPECT_EQ(fault(fd(), root_), "backup_damaged");
}

// Who can write to a backup but has no root key cannot slip a row in, even with a right checksum.
TEST_F(BackupFormat, AnotherRootKeyDidNotMakeIt) {
  set(written());
  EXPECT_EQ(fault(fd(), crypto::RootKey::generate(random_)), "not authentic");
}

TEST_F(BackupFormat, ANewerFormatSaysSo) {
  set("wayleave-backup 2\n\n");
  const auto refused = BackupReader(fd()).header();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("newer version"), std::string::npos);
}

TEST_F(BackupFormat, AFullDiskIsReported) {
  std::FILE* full = std::fopen("/dev/full", "we");
  ASSERT_NE(full, nullptr);
  BackupWriter writer(::fileno(full));
  writer.header({});
  const auto done = writer.finish(root_);
  std::fclose(full);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "backup_failed");
}

}  // namespace
}  // namespace wayleave::app
