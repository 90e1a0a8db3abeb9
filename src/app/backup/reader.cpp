#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "app/backup/format.hpp"
#include "app/backup/numbers.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace wayleave::app {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;
constexpr std::size_t kLineMax = 512;
constexpr std::size_t kLinesMax = 1'000;
constexpr std::size_t kNameMax = 128;
constexpr std::size_t kColumnsMax = 256;
constexpr std::size_t kValueMax = std::size_t{64} << 20;  // as in the databases
constexpr std::size_t kDigestBytes = 32;

std::unexpected<Error> damaged(std::string_view how) {
  return fail(ErrorKind::Reject,
              "backup_damaged",
              "the file is no whole backup: " + std::string(how) +
                  "; take another copy of it. Nothing was changed");
}

Result<db::ColumnType> parse_type(char letter) {
  if (letter == kInteger) return db::ColumnType::Bigint;
  if (letter == kText) return db::ColumnType::Text;
  if (letter == kBlob) return db::ColumnType::Blob;
  return damaged("a column has no known type");
}

Result<std::pair<std::string, std::int64_t>> parse_migration(std::string_view text) {
  const auto blank = text.find(' ');
  const auto number =
      blank == text.npos ? std::nullopt : parse_number<std::int64_t>(text.substr(blank + 1));
  if (!number) return damaged("a schema line cannot be read");
  return std::pair(std::string(text.substr(0, blank)), *number);
}

}  // namespace

Result<BackupHeader> BackupReader::header() {
  WL_TRY(const std::string first, take_line());
  if (first != kFirstLine) {
    return fail(ErrorKind::Reject,
                "backup_damaged",
                first.starts_with("wayleave-backup ")
                    ? "the backup was made by a newer version of Wayleave; restore it with that one"
                    : "the file is no backup of Wayleave");
  }
  BackupHeader header;
  for (std::size_t lines = 0; lines < kLinesMax; ++lines) {
    WL_TRY(const std::string line, take_line());
    if (line.empty()) return header;
    const auto blank = std::min(line.find(' '), line.size() - 1);
    const std::string_view name = std::string_view(line).substr(0, blank);
    const std::string_view value = std::string_view(line).substr(blank + 1);
    if (name == "made-at") header.made_at = value;
    if (name == "made-by") header.made_by = value;
    if (name == "root-key") header.root_fingerprint = value;
    if (name == "changes") header.last_change = parse_number<std::int64_t>(value).value_or(0);
    if (name == "schema") {
      WL_TRY(auto migration, parse_migration(value));
      header.migrations.push_back(std::move(migration));
    }
  }
  return damaged("its head does not end");
}

Result<std::optional<db::Table>> BackupReader::next_table() {
  WL_TRY(const std::string letter, take(1));
  if (letter[0] == kBackupEnds) return std::optional<db::Table>{};
  if (letter[0] != kTableBegins) return damaged("a table was expected");
  table_ = {};
  WL_TRY(table_.name, take_text(kNameMax));
  WL_TRY(const auto columns, take_number(2));
  if (columns == 0 || columns > kColumnsMax) return damaged("a table has no columns");
  for (std::uint64_t i = 0; i < columns; ++i) {
    WL_TRY(const std::string type, take(1));
    db::Column column;
    WL_TRY(column.type, parse_type(type[0]));
    WL_TRY(column.name, take_text(kNameMax));
    table_.columns.push_back(std::move(column));
  }
  table_rows_ = 0;
  in_table_ = true;
  return std::optional(table_);
}

Result<db::Rows> BackupReader::next_rows(int limit) {
  db::Rows rows;
  while (in_table_ && rows.size() < static_cast<std::size_t>(limit)) {
    WL_TRY(const std::string letter, take(1));
    if (letter[0] == kTableEnds) {
      WL_TRY(const auto count, take_number(8));
      if (count != static_cast<std::uint64_t>(table_rows_)) return damaged("rows are missing");
      in_table_ = false;
      break;
    }
    if (letter[0] != kRow) return damaged("a row was expected");
    db::Row row;
    row.reserve(table_.columns.size());
    for (const db::Column& column : table_.columns) {
      WL_TRY(db::Value value, take_value(column.type));
      row.push_back(std::move(value));
    }
    rows.push_back(std::move(row));
    ++table_rows_;
    ++rows_;
  }
  return rows;
}

Result<crypto::Sha256> BackupReader::finish() {
  WL_TRY(const auto count, take_number(8));
  if (count != static_cast<std::uint64_t>(rows_)) return damaged("rows are missing");
  digest_.update(std::string_view(buffer_).substr(0, at_));
  buffer_.erase(0, at_);
  at_ = 0;
  const crypto::Sha256 digest = digest_.finish();
  digest_bytes_ = as_text(digest);
  WL_TRY(const std::string stored, take(kDigestBytes));
  if (stored != digest_bytes_) return damaged("its checksum is wrong");
  WL_TRY(code_, take(kDigestBytes));
  char more = 0;
  if (at_ != buffer_.size() || ::read(fd_, &more, 1) != 0)
    return damaged("something follows its end");
  return digest;
}

bool BackupReader::is_authentic(const crypto::RootKey& root) const {
  return crypto::equal_constant_time(root.authenticate(kPurpose, digest_bytes_), code_);
}

Result<> BackupReader::fill(std::size_t wanted) {
  if (buffer_.size() - at_ >= wanted) return {};
  if (digest_bytes_.empty()) digest_.update(std::string_view(buffer_).substr(0, at_));
  buffer_.erase(0, at_);
  at_ = 0;
  while (buffer_.size() < wanted) {
    const std::size_t held = buffer_.size();
    buffer_.resize(held + std::max(kReadBytes, wanted - held));
    const ssize_t got = ::read(fd_, buffer_.data() + held, buffer_.size() - held);
    buffer_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return damaged(std::strerror(errno));
    if (got == 0) return damaged("it ends too early");
    bytes_ += got;
  }
  return {};
}

Result<std::string> BackupReader::take(std::size_t bytes) {
  WL_CHECK(fill(bytes));
  std::string taken = buffer_.substr(at_, bytes);
  at_ += bytes;
  return taken;
}

Result<std::uint64_t> BackupReader::take_number(std::size_t bytes) {
  WL_TRY(const std::string taken, take(bytes));
  return from_big_endian(taken);
}

Result<std::string> BackupReader::take_text(std::size_t bytes_max) {
  WL_TRY(const auto size, take_number(4));
  if (size > bytes_max) return damaged("a value is too long");
  return take(size);
}

Result<std::string> BackupReader::take_line() {
  std::string line;
  while (line.size() <= kLineMax) {
    WL_TRY(const std::string byte, take(1));
    if (byte[0] == '\n') return line;
    line += byte;
  }
  return damaged("its head has an endless line");
}

Result<db::Value> BackupReader::take_value(db::ColumnType type) {
  WL_TRY(const std::string letter, take(1));
  if (letter[0] == kNull) return db::Value();
  WL_TRY(const db::ColumnType given, parse_type(letter[0]));
  if (given != type) return damaged("a value does not fit its column");
  if (given == db::ColumnType::Bigint) {
    WL_TRY(const auto number, take_number(8));
    return db::Value(static_cast<std::int64_t>(number));
  }
  WL_TRY(std::string bytes, take_text(kValueMax));
  if (given == db::ColumnType::Blob) return db::Value(db::Blob{std::move(bytes)});
  return db::Value(std::move(bytes));
}

}  // namespace wayleave::app
