#include "db/postgres/error.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wayleave::db::postgres {
namespace {

Error unavailable(std::string detail) {
  return {ErrorKind::Retry, "database_unavailable", std::move(detail)};
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html
Error meaning_of(std::string_view state) {
  if (state == "23505") {
    return {ErrorKind::Conflict, "conflict", "there is one like it already"};
  }
  if (state == "23503") {
    return {ErrorKind::Conflict,
            "conflict",
            "something it refers to, or that refers to it, is in the way"};
  }
  if (state == "53100") {
    return {ErrorKind::Retry,
            "database_full",
            "the disk that holds the database is full; free some space on it"};
  }
  if (state == "54000") return {ErrorKind::Limit, "database_busy", "a value is too large"};
  if (state == "55P03" || state == "57014") {
    return unavailable("another process keeps the database locked, or it is too slow; try again");
  }
  if (state == "25006" || state == "57P03") {
    return unavailable("PostgreSQL takes no writes at the moment (a standby, or still starting)");
  }
  if (state == "40001" || state == "40P01") {
    return unavailable("others changed the same rows at once; try again");
  }
  if (state == "42501") {
    return {ErrorKind::Reject,
            "database_unavailable",
            "database: the PostgreSQL role may not do this; make it the owner of the database "
            "(`ALTER DATABASE ... OWNER TO ...`) or grant it CREATE on the schema"};
  }
  if (state == "3F000") {
    return {ErrorKind::Reject,
            "database_unavailable",
            "database: the schema to work in does not exist; make it (`CREATE SCHEMA`), or mend "
            "search_path"};
  }
  if (state == "53300") return unavailable("PostgreSQL has no connection left (max_connections)");
  // 08 connection, 53 resources, 57 operator, 58 system
  for (const std::string_view kind : {"08", "53", "57", "58"}) {
    if (state.starts_with(kind)) return unavailable("PostgreSQL cannot serve at the moment");
  }
  if (state.starts_with("25P")) return unavailable("a database function took too long");
  return {ErrorKind::Internal, "internal", "internal error"};
}

/// Five digits and capitals, with a digit: `FATAL` is none.
bool is_sqlstate(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 5 && std::ranges::any_of(text, is_digit) &&
         std::ranges::all_of(text, [&](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

Error error_of(std::string_view sqlstate, std::string_view message, std::string_view sql) {
  Error error = meaning_of(sqlstate);
  error.operator_detail = "postgresql " + std::string(sqlstate) + ": " + std::string(message);
  if (!sql.empty()) error.operator_detail += " in: " + std::string(sql);
  return error;
}

Error unreachable(std::string detail, std::string operator_detail) {
  Error error = unavailable(std::move(detail));
  error.operator_detail = std::move(operator_detail);
  return error;
}

bool worth_again(std::string_view sqlstate) {
  // 0A000: "cached plan must not change result type"; 26000: the prepared statement is gone.
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "0A000" || sqlstate == "26000";
}

bool ends_connection(std::string_view sqlstate) {
  return sqlstate.starts_with("57P") || sqlstate.starts_with("08") || sqlstate == "25006" ||
         sqlstate == "25P03" || sqlstate == "25P02";
}

std::string sqlstate_in(std::string_view message) {
  for (std::string_view part : split(message, ':')) {
    part = trim(part);
    if (is_sqlstate(part)) return std::string(part);
  }
  return {};
}

}  // namespace wayleave::db::postgres
