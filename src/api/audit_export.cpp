#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "api/audit_query.hpp"
#include "api/csv.hpp"
#include "api/json_writer.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"
#include "base/bytes.hpp"

namespace wayleave::api {
namespace {

constexpr int kRecordsAtOnce = 1'000;
constexpr std::int64_t kExportRecordsMax = 1'000'000;

/// A file without a name, which is gone with its descriptor. The whole download is written before
/// its first byte is sent, so that a failure is told as one and a slow client holds no transaction.
class SpoolFile {
 public:
  static Result<std::unique_ptr<SpoolFile>> open() {
    std::error_code ec;
    const auto folder = std::filesystem::temp_directory_path(ec);
    int fd = ::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (fd < 0) {  // not every file system can
      std::string name = (folder / "wayleave-export-XXXXXX").string();
      fd = ::mkostemp(name.data(), O_CLOEXEC);
      if (fd >= 0) ::unlink(name.c_str());
    }
    if (fd < 0) return trouble();
    return std::unique_ptr<SpoolFile>(new SpoolFile(fd));
  }
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;
  ~SpoolFile() { ::close(fd_); }

  Result<> write(std::string_view bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return trouble();
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  /// From the beginning on; 0 at the end.
  std::size_t read(std::span<char> out) {
    ssize_t got = 0;
    do {
      got = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(read_));
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return 0;  // the client notices that bytes are missing
    read_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  explicit SpoolFile(int fd) : fd_(fd) {}
  static std::unexpected<Error> trouble() {
    return fail(ErrorKind::Retry,
                "unavailable",
                "no room for the export in the server's folder for temporary files",
                std::string("audit export: ") + std::strerror(errno));
  }
  int fd_;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;
};

class SpooledBody final : public net::BodySource {
 public:
  explicit SpooledBody(std::unique_ptr<SpoolFile> file) : file_(std::move(file)) {}
  std::size_t read(std::span<char> out) override { return file_->read(out); }

 private:
  std::unique_ptr<SpoolFile> file_;
};

std::string csv_of(const access::AuditRecord& record) {
  return csv_line({std::to_string(record.sequence),
                   to_rfc3339(record.at),
                   record.actor.kind,
                   record.actor.id,
                   record.actor.name,
                   record.actor.address,
                   record.action,
                   record.target,
                   record.detail,
                   to_hex(record.hash)});
}

Result<bool> wants_csv(const net::Request& request) {
  WL_TRY(const auto format, query_text(request, "format"));
  if (!format || *format == "jsonl") return false;
  if (*format == "csv") return true;
  return reject("format", "format: jsonl or csv");
}

std::string lines_of(const access::AuditPage& page, bool csv) {
  std::string lines;
  for (const auto& record : page.records) lines += csv ? csv_of(record) : audit_json(record) + "\n";
  return lines;
}

/// All pages, newest first; how many records.
Task<Result<std::int64_t>> write_all(const Parts* parts,
                                     WorkspaceId workspace,
                                     access::AuditFilter filter,
                                     bool csv,
                                     SpoolFile* file) {
  std::int64_t records = 0;
  if (csv) WL_CO_CHECK(file->write(csv_line(audit_csv_columns())));
  for (bool more = true; more;) {
    auto work = [workspace, filter](db::Transaction& tx) {
      return access::list_audit(tx, workspace, filter);
    };
    WL_CO_TRY(const auto page, co_await parts->database.read(std::move(work)));
    WL_CO_CHECK(file->write(lines_of(page, csv)));
    records += static_cast<std::int64_t>(page.records.size());
    if (records > kExportRecordsMax) {
      co_return fail(ErrorKind::Limit,
                     "too_many_records",
                     "more than 1000000 records match: export them in parts, with since and until");
    }
    filter.before = page.next;
    more = page.next.has_value();
  }
  co_return records;
}

Task<Result<net::Response>> export_audit(Call call) {
  WL_CO_TRY(auto filter, read_audit_filter(call.request));
  filter.limit = kRecordsAtOnce;
  WL_CO_TRY(const bool csv, wants_csv(call.request));
  WL_CO_TRY(auto file, SpoolFile::open());
  WL_CO_TRY(const auto records,
            co_await write_all(&call.parts, call.caller.workspace, filter, csv, file.get()));
  JsonWriter detail;
  detail.number("records", records).text("query", call.request.query);
  auto note = [record = audit_record(call, "audit.exported", "", detail.str())](
                  db::Transaction& tx) { return access::append_audit(tx, record); };
  WL_CO_CHECK(co_await call.parts.database.write(std::move(note)));
  net::Response response;
  response.fields.add("Content-Type", csv ? "text/csv; charset=utf-8" : "application/jsonl");
  response.fields.add(
      "Content-Disposition",
      std::string("attachment; filename=\"wayleave-audit.") + (csv ? "csv\"" : "jsonl\""));
  response.stream_bytes = file->size();
  response.stream = std::make_unique<SpooledBody>(std::move(file));
  co_return response;
}

}  // namespace

const std::vector<std::string>& audit_csv_columns() {
  static const std::vector<std::string> columns{"sequence",
                                                "at",
                                                "actorKind",
                                                "actorId",
                                                "actorName",
                                                "actorAddress",
                                                "action",
                                                "target",
                                                "detail",
                                                "hash"};
  return columns;
}

void add_audit_export_route(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/audit/export", guarded(parts, access::Scope::Manage, export_audit)});
}

}  // namespace wayleave::api
