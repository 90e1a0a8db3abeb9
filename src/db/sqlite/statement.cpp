#include "db/sqlite/statement.hpp"

#include <sqlite3.h>

#include "base/text.hpp"
#include "db/sqlite/error.hpp"

namespace wayleave::db::sqlite {
namespace {

// PostgreSQL refuses such text; both drivers shall agree.
bool is_storable(std::string_view text) { return text.find('\0') == text.npos && is_utf8(text); }

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  struct Bind {
    sqlite3_stmt* statement;
    int index;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
    int operator()(const std::string& v) const {
      return sqlite3_bind_text64(statement, index, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(const Blob& v) const {
      // A null pointer would bind NULL.
      if (v.bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
      return sqlite3_bind_blob64(statement, index, v.bytes.data(), v.bytes.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Bind{statement, index}, value.held());
}

std::string bytes_of(sqlite3_stmt* statement, int column) {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const int size = sqlite3_column_bytes(statement, column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

Result<Value> read_column(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return Value();
    case SQLITE_INTEGER:
      return Value(std::int64_t{sqlite3_column_int64(statement, column)});
    case SQLITE_TEXT:
      return Value(bytes_of(statement, column));
    case SQLITE_BLOB:
      return Value(Blob{bytes_of(statement, column)});
    default:
      return internal(std::string("column ") + sqlite3_column_name(statement, column) +
                      " is neither bigint, text nor blob in: " + sqlite3_sql(statement));
  }
}

Result<Row> read_row(sqlite3_stmt* statement) {
  const int columns = sqlite3_column_count(statement);
  Row row;
  row.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    WL_TRY(Value value, read_column(statement, column));
    row.push_back(std::move(value));
  }
  return row;
}

/// Ends the run of a statement whatever happened, and lets go of bound values.
struct Reset {
  sqlite3_stmt* statement;
  ~Reset() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* held) const { sqlite3_finalize(held); }

Error Statement::error(int code) const {
  return error_of(sqlite3_db_handle(held_.get()), code, sql_);
}

Result<Statement> Statement::prepare(sqlite3* handle, std::string_view sql, int& code) {
  if (sql.empty()) return internal("empty SQL text");
  sqlite3_stmt* held = nullptr;
  const char* tail = nullptr;
  code = sqlite3_prepare_v3(
      handle, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &held, &tail);
  if (code != SQLITE_OK) return std::unexpected(error_of(handle, code, sql));
  if (held == nullptr) return internal("empty SQL text");
  Statement statement(held, sql);
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  if (rest.find_first_not_of(" \t\r\n;") != rest.npos) {
    return internal("more than one statement in: " + std::string(sql));
  }
  WL_CHECK(statement.find_parameters());
  return statement;
}

// SQLite takes `$1` for a name and numbers names as they appear, so the index is looked up once.
Result<> Statement::find_parameters() {
  const int count = sqlite3_bind_parameter_count(held_.get());
  for (int number = 1; number <= count; ++number) {
    const std::string name = "$" + std::to_string(number);
    const int index = sqlite3_bind_parameter_index(held_.get(), name.c_str());
    if (index == 0)
      return internal("parameters are not $1 to $" + std::to_string(count) + " in: " + sql_);
    indexes_.push_back(index);
  }
  return {};
}

Result<> Statement::bind(const std::vector<Value>& params, int& code) {
  if (params.size() != indexes_.size()) {
    return internal(std::to_string(params.size()) + " values for " +
                    std::to_string(indexes_.size()) + " parameters in: " + sql_);
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (!is_storable(params[i].text())) {
      return internal("$" + std::to_string(i + 1) + " is not UTF-8 without NUL in: " + sql_);
    }
    code = bind_value(held_.get(), indexes_[i], params[i]);
    if (code != SQLITE_OK) return std::unexpected(error(code));
  }
  return {};
}

Result<> Statement::step_all(Rows* rows, int& code) {
  while ((code = sqlite3_step(held_.get())) == SQLITE_ROW) {
    if (rows == nullptr) continue;
    if (rows->size() >= rows_max) {
      return internal("more than " + std::to_string(rows_max) + " rows in: " + sql_);
    }
    WL_TRY(Row row, read_row(held_.get()));
    rows->push_back(std::move(row));
  }
  if (code != SQLITE_DONE) return std::unexpected(error(code));
  return {};
}

Result<> Statement::run(const std::vector<Value>& params, Rows* rows, int& code) {
  code = SQLITE_OK;
  const Reset reset{held_.get()};
  WL_CHECK(bind(params, code));
  return step_all(rows, code);
}

bool Statement::reads_only() const { return sqlite3_stmt_readonly(held_.get()) != 0; }

Result<Statement*> StatementCache::get(sqlite3* handle, std::string_view sql, int& code) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front().statement;
  }
  WL_TRY(Statement statement, Statement::prepare(handle, sql, code));
  if (entries_.size() >= statements_max) {
    by_sql_.erase(entries_.back().sql);
    entries_.pop_back();
  }
  entries_.push_front({std::string(sql), std::move(statement)});
  by_sql_.emplace(entries_.front().sql, entries_.begin());
  return &entries_.front().statement;
}

}  // namespace wayleave::db::sqlite
