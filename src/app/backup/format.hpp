#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_ring.hpp"
#include "db/table.hpp"
#include "db/value.hpp"

// A backup is one file, the same for every kind of database (docs/keys-and-recovery.md): lines of
// text that say what it is, an empty line, then records in binary:
//
//   T name, number of columns, {type, name}…   a table begins
//   R {value}…                                  a row, in the order of the columns
//   E rows (8)                                  the table ends
//   Z rows (8)                                  the backup ends
//   SHA-256 of all before (32), its authentication code under the root key (32)
//
// Numbers are big-endian; texts and blobs are preceded by their length (4); a value begins with its
// type: `-`, `i`, `t` or `b`.
namespace wayleave::app {

/// What stands in front of the rows.
struct BackupHeader {
  std::string made_at;
  std::string made_by;           ///< version of Wayleave
  std::string root_fingerprint;  ///< of the root key that the values in it need
  std::int64_t last_change = 0;  ///< of the change feed
  std::vector<std::pair<std::string, std::int64_t>> migrations;  ///< room and number, in order
};

/// Writes a backup to a file descriptor, from its beginning. The first error stays.
class BackupWriter {
 public:
  explicit BackupWriter(int fd) : fd_(fd) {}

  void header(const BackupHeader& header);
  void begin_table(const db::Table& table);
  void row(const db::Row& row);
  void end_table();
  /// Ends and syncs.
  [[nodiscard]] Result<> finish(const crypto::RootKey& root);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  /// What went wrong so far, so that a long backup does not go on in vain.
  [[nodiscard]] const Result<>& health() const { return health_; }

 private:
  void put(std::string_view bytes);
  void put_text(std::string_view text);
  void put_value(const db::Value& value);
  void flush();
  void write_out();

  int fd_;
  std::string buffer_;
  crypto::Sha256Stream digest_;
  Result<> health_;
  std::int64_t rows_ = 0;
  std::int64_t table_rows_ = 0;
  std::int64_t bytes_ = 0;
};

/// Reads a backup from its beginning and judges it on the way: any error is `backup_damaged`, and
/// only `finish` tells that all of it was right.
class BackupReader {
 public:
  explicit BackupReader(int fd) : fd_(fd) {}

  [[nodiscard]] Result<BackupHeader> header();
  /// The next table; nullopt after the last.
  [[nodiscard]] Result<std::optional<db::Table>> next_table();
  /// At most `limit` further rows of the table; none after its last.
  [[nodiscard]] Result<db::Rows> next_rows(int limit);
  /// After the last table: checksum, end of file. The digest of the whole.
  [[nodiscard]] Result<crypto::Sha256> finish();
  /// After `finish`: whether the backup was made by a holder of this root key.
  [[nodiscard]] bool is_authentic(const crypto::RootKey& root) const;

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }

 private:
  [[nodiscard]] Result<> fill(std::size_t wanted);
  [[nodiscard]] Result<std::string> take(std::size_t bytes);
  [[nodiscard]] Result<std::uint64_t> take_number(std::size_t bytes);
  [[nodiscard]] Result<std::string> take_text(std::size_t bytes_max);
  [[nodiscard]] Result<std::string> take_line();
  [[nodiscard]] Result<db::Value> take_value(db::ColumnType type);

  int fd_;
  std::string buffer_;
  std::size_t at_ = 0;
  crypto::Sha256Stream digest_;
  db::Table table_;
  bool in_table_ = false;
  std::int64_t rows_ = 0;
  std::int64_t table_rows_ = 0;
  std::int64_t bytes_ = 0;
  std::string digest_bytes_;
  std::string code_;
};

}  // namespace wayleave::app
