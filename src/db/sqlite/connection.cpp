#include "db/sqlite/connection.hpp"

#include <sqlite3.h>

#include "db/sqlite/error.hpp"

namespace wayleave::db::sqlite {
namespace {

constexpr int checkpoint_frames = 1'000;          // about 4 MB of log
constexpr int checkpoint_frames_urgent = 16'000;  // about 64 MB
constexpr Millis urgent_wait{100};
constexpr Millis busy_poll{2};

}  // namespace

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Connection::Connection(sqlite3* handle, Millis busy_timeout)
    : handle_(handle), busy_timeout_(busy_timeout) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path,
                                                     bool reading,
                                                     Millis busy_timeout) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle, busy_timeout));
  if (code != SQLITE_OK) return std::unexpected(error_of(handle, code, "open " + path));
  WL_CHECK(connection->configure(reading));
  return connection;
}

Result<> Connection::configure(bool reading) {
  sqlite3* handle = handle_.get();
  sqlite3_busy_handler(handle, on_busy, this);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, value_bytes_max);
  // "text" in double quotes is a name, as in PostgreSQL; the schema is data and runs no code.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  WL_CHECK(enter_log_mode());
  for (const std::string_view pragma : {"PRAGMA synchronous=FULL",
                                        "PRAGMA foreign_keys=ON",
                                        "PRAGMA trusted_schema=OFF",
                                        "PRAGMA case_sensitive_like=ON",
                                        "PRAGMA temp_store=MEMORY",
                                        "PRAGMA journal_size_limit=67108864",
                                        "PRAGMA wal_autocheckpoint=0"}) {
    WL_CHECK(control(pragma));
  }
  if (reading) {
    WL_CHECK(control("PRAGMA query_only=ON"));
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  sqlite3_wal_hook(handle, on_commit, this);
  sqlite3_set_authorizer(handle, on_prepare, this);
  return {};
}

Result<> Connection::enter_log_mode() {
  // Two processes that do this to a new file at once would wait for each other, so SQLite asks no
  // busy handler and gives up; the second try then finds it done.
  auto mode = control("PRAGMA journal_mode=WAL");
  const auto is_busy = [&] { return !mode && mode.error().kind == ErrorKind::Retry && !damaged_; };
  for (int tries = 0; is_busy() && on_busy(this, tries) != 0; ++tries) {
    mode = control("PRAGMA journal_mode=WAL");
  }
  if (!mode) return std::unexpected(std::move(mode).error());
  if (!mode->empty() && mode->front()[0].text() == "wal") return {};
  return fail(ErrorKind::Reject,
              "database_unavailable",
              "the file system of the database cannot keep a write-ahead log; put the database on "
              "a local disk");
}

// SQLite's own handler waits up to 100 ms between tries, and between two batches of a busy writer
// there is not that much room.
int Connection::on_busy(void* self, int tries) {
  const auto* connection = static_cast<const Connection*>(self);
  if (tries * busy_poll >= connection->busy_timeout_) return 0;
  sqlite3_sleep(static_cast<int>(busy_poll.count()));
  return 1;
}

int Connection::on_commit(void* self, sqlite3*, const char*, int frames) {
  static_cast<Connection*>(self)->log_frames_ = frames;
  return SQLITE_OK;
}

// A caller that committed would commit the work of others of its batch.
int Connection::on_prepare(
    void* self, int action, const char*, const char*, const char*, const char*) {
  if (static_cast<const Connection*>(self)->driver_speaks_) return SQLITE_OK;
  switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_PRAGMA:
      return SQLITE_DENY;
    default:
      return SQLITE_OK;
  }
}

Result<> Connection::run(StatementCache& statements,
                         std::string_view sql,
                         const std::vector<Value>& params,
                         Rows* rows) {
  int code = SQLITE_OK;
  auto statement = statements.get(handle_.get(), sql, code);
  Result<> outcome;
  if (!statement) {
    outcome = std::unexpected(std::move(statement).error());
  } else {
    outcome = (*statement)->run(params, rows, code);
  }
  if (!outcome) note_failure(code);
  return outcome;
}

void Connection::note_failure(int code) {
  if (!is_fatal(code)) return;
  damaged_ = true;
  // What could not be written once is not written again on closing; the next open recovers.
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<Rows> Connection::control(std::string_view sql) {
  driver_speaks_ = true;
  Rows rows;
  const Result<> outcome = run(driver_statements_, sql, {}, &rows);
  driver_speaks_ = false;
  if (!outcome) return std::unexpected(outcome.error());
  return rows;
}

Result<Rows> Connection::query(std::string_view sql, const std::vector<Value>& params) {
  Rows rows;
  WL_CHECK(run(caller_statements_, sql, params, &rows));
  return rows;
}

Result<std::int64_t> Connection::execute(std::string_view sql, const std::vector<Value>& params) {
  // sqlite3_changes keeps the count of an earlier statement when this one counts nothing.
  const sqlite3_int64 before = sqlite3_total_changes64(handle_.get());
  WL_CHECK(run(caller_statements_, sql, params, nullptr));
  if (sqlite3_total_changes64(handle_.get()) == before) return 0;
  return sqlite3_changes64(handle_.get());
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

Result<> Connection::checkpoint_if_due() {
  if (log_frames_ < checkpoint_frames) return {};
  const bool urgent = log_frames_ >= checkpoint_frames_urgent;
  const Millis patience = std::exchange(busy_timeout_, urgent_wait);
  const int code =
      sqlite3_wal_checkpoint_v2(handle_.get(),
                                nullptr,
                                urgent ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
                                nullptr,
                                nullptr);
  busy_timeout_ = patience;
  note_failure(code);
  // Readers or another process in the way: the next commit tries again.
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
  return std::unexpected(error_of(handle_.get(), code, "checkpoint"));
}

Result<> Connection::check_column_types() {
  WL_TRY(const Rows rows,
         control("SELECT m.name, c.name, c.type FROM sqlite_master m "
                 "JOIN pragma_table_info(m.name) c WHERE m.type = 'table' "
                 "AND m.name NOT LIKE 'sqlite%' "
                 "AND lower(c.type) NOT IN ('bigint', 'text', 'blob') LIMIT 1"));
  if (rows.empty()) return {};
  const Row& row = rows.front();
  return internal("column " + row[0].text() + "." + row[1].text() + " is of type `" +
                  row[2].text() + "`; only bigint, text and blob exist in both databases");
}

}  // namespace wayleave::db::sqlite
