#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/backup/format.hpp"
#include "app/backup/numbers.hpp"
#include "base/bytes.hpp"

namespace wayleave::app {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

char letter_of(db::ColumnType type) {
  switch (type) {
    case db::ColumnType::Bigint:
      return kInteger;
    case db::ColumnType::Text:
      return kText;
    case db::ColumnType::Blob:
      return kBlob;
  }
  return kBlob;
}

Error cannot_write(int why) {
  return {ErrorKind::Retry,
          "backup_failed",
          fmt::format("cannot write the backup: {}", std::strerror(why))};
}

}  // namespace

void BackupWriter::header(const BackupHeader& header) {
  std::string text = std::string(kFirstLine) + "\n";
  text += "made-at " + header.made_at + "\n";
  text += "made-by " + header.made_by + "\n";
  text += "root-key " + header.root_fingerprint + "\n";
  text += "changes " + std::to_string(header.last_change) + "\n";
  for (const auto& [room, number] : header.migrations) {
    text += "schema " + room + " " + std::to_string(number) + "\n";
  }
  put(text + "\n");
}

void BackupWriter::begin_table(const db::Table& table) {
  put(std::string(1, kTableBegins));
  put_text(table.name);
  put(big_endian(table.columns.size(), 2));
  for (const db::Column& column : table.columns) {
    put(std::string(1, letter_of(column.type)));
    put_text(column.name);
  }
  table_rows_ = 0;
}

void BackupWriter::row(const db::Row& row) {
  put(std::string(1, kRow));
  for (const db::Value& value : row) put_value(value);
  ++table_rows_;
  ++rows_;
}

void BackupWriter::end_table() {
  put(std::string(1, kTableEnds));
  put(big_endian(static_cast<std::uint64_t>(table_rows_), 8));
}

Result<> BackupWriter::finish(const crypto::RootKey& root) {
  put(std::string(1, kBackupEnds));
  put(big_endian(static_cast<std::uint64_t>(rows_), 8));
  flush();
  const crypto::Sha256 digest = digest_.finish();
  buffer_ = std::string(as_text(digest)) + root.authenticate(kPurpose, as_text(digest));
  write_out();
  if (health_ && ::fsync(fd_) != 0) health_ = std::unexpected(cannot_write(errno));
  return health_;
}

void BackupWriter::put(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= kBufferBytes) flush();
}

void BackupWriter::put_text(std::string_view text) {
  put(big_endian(text.size(), 4));
  put(text);
}

void BackupWriter::put_value(const db::Value& value) {
  struct Put {
    BackupWriter& writer;
    void operator()(std::monostate) const { writer.put(std::string(1, kNull)); }
    void operator()(std::int64_t v) const {
      writer.put(kInteger + big_endian(static_cast<std::uint64_t>(v), 8));
    }
    void operator()(const std::string& v) const {
      writer.put(std::string(1, kText));
      writer.put_text(v);
    }
    void operator()(const db::Blob& v) const {
      writer.put(std::string(1, kBlob));
      writer.put_text(v.bytes);
    }
  };
  std::visit(Put{*this}, value.held());
}

void BackupWriter::flush() {
  digest_.update(buffer_);
  write_out();
}

void BackupWriter::write_out() {
  std::string_view left = buffer_;
  while (health_ && !left.empty()) {
    const ssize_t written = ::write(fd_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      health_ = std::unexpected(cannot_write(written < 0 ? errno : EIO));
      break;
    }
    left.remove_prefix(static_cast<std::size_t>(written));
    bytes_ += written;
  }
  buffer_.clear();
}

}  // namespace wayleave::app
