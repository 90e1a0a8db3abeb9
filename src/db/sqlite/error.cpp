#include "db/sqlite/error.hpp"

#include <sqlite3.h>

#include <string>

namespace wayleave::db::sqlite {
namespace {

constexpr int primary(int code) { return code & 0xff; }

Error unavailable(std::string detail) {
  return {ErrorKind::Retry, "database_unavailable", std::move(detail)};
}

Error meaning_of(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {ErrorKind::Conflict, "conflict", "there is one like it already"};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {ErrorKind::Conflict,
              "conflict",
              "something it refers to, or that refers to it, is "
              "in the way"};
    default:
      break;
  }
  switch (primary(code)) {
    case SQLITE_FULL:
      return {ErrorKind::Retry,
              "database_full",
              "the disk that holds the database is full; free some space on it"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable("another process keeps the database locked; try again");
    case SQLITE_TOOBIG:
      return {ErrorKind::Limit, "database_busy", "a value is too large to be stored"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return unavailable("the database file cannot be written; check its owner and permissions");
    case SQLITE_IOERR:
      return unavailable("the disk that holds the database failed; check it and restart");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return unavailable("the database file is damaged; restore it from a backup");
    case SQLITE_NOMEM:
      return unavailable("out of memory");
    default:
      return {ErrorKind::Internal, "internal", "internal error"};
  }
}

}  // namespace

Error error_of(sqlite3* handle, int code, std::string_view sql) {
  Error error = meaning_of(code);
  error.operator_detail = std::string("sqlite ") + std::to_string(code) + ": " +
                          (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
  if (!sql.empty()) error.operator_detail += " in: " + std::string(sql);
  return error;
}

bool is_fatal(int code) {
  const int kind = primary(code);
  return kind == SQLITE_IOERR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

}  // namespace wayleave::db::sqlite
