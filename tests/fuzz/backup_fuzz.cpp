// Backup files: one that reads to its end can be written again and is then the same; everything
// else is refused with a reason. The checksum is put right, or nothing behind it would ever be
// reached.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/backup/format.hpp"
#include "base/bytes.hpp"
#include "base/random.hpp"
#include "tests/fuzz/support.hpp"

using namespace wayleave;

namespace {

const crypto::RootKey& root() {
  static const crypto::RootKey key = [] {
    SeededRandom random(1);
    return crypto::RootKey::generate(random);
  }();
  return key;
}

/// A file in memory that holds these bytes.
class File {
 public:
  explicit File(const std::string& bytes) : fd_(::memfd_create("backup", MFD_CLOEXEC)) {
    FUZZ_CHECK(fd_ >= 0);
    FUZZ_CHECK(::pwrite(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::string bytes() const {
    std::string all(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
    FUZZ_CHECK(::pread(fd_, all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()));
    return all;
  }

 private:
  int fd_;
};

struct Read {
  app::BackupHeader header;
  std::vector<std::pair<db::Table, db::Rows>> tables;
};

/// Nullopt for what is refused, which must be said.
std::optional<Read> read(int fd) {
  app::BackupReader reader(fd);
  const auto refused = [](const Error& error) -> std::optional<Read> {
    FUZZ_CHECK(error.code == "backup_damaged" && !error.detail.empty());
    return std::nullopt;
  };
  Read all;
  auto header = reader.header();
  if (!header) return refused(header.error());
  all.header = *std::move(header);
  while (true) {
    const auto table = reader.next_table();
    if (!table) return refused(table.error());
    if (!*table) break;
    db::Rows rows;
    while (true) {
      auto some = reader.next_rows(3);
      if (!some) return refused(some.error());
      if (some->empty()) break;
      FUZZ_CHECK(some->size() <= 3);
      for (auto& row : *some) {
        FUZZ_CHECK(row.size() == (*table)->columns.size());
        rows.push_back(std::move(row));
      }
    }
    all.tables.emplace_back(**table, std::move(rows));
  }
  if (const auto end = reader.finish(); !end) return refused(end.error());
  FUZZ_CHECK(reader.is_authentic(root()));
  return all;
}

std::string written(const Read& all) {
  const File file("");
  app::BackupWriter writer(file.fd());
  writer.header(all.header);
  for (const auto& [table, rows] : all.tables) {
    writer.begin_table(table);
    for (const auto& row : rows) writer.row(row);
    writer.end_table();
  }
  FUZZ_CHECK(writer.finish(root()).has_value());
  return file.bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto digest = crypto::sha256(bytes);
  bytes += std::string(as_text(digest)) + root().authenticate("backup", as_text(digest));
  const File file(bytes);
  const auto first = read(file.fd());
  if (!first) return 0;
  const std::string again = written(*first);
  const File second(again);
  const auto same = read(second.fd());
  FUZZ_CHECK(same.has_value());
  FUZZ_CHECK(written(*same) == again);
  return 0;
}
