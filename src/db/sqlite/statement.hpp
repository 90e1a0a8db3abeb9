#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "db/value.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace wayleave::db::sqlite {

/// A prepared statement. Belongs to the thread of its connection.
class Statement {
 public:
  /// Rows a statement may give; more is a missing LIMIT.
  static constexpr std::size_t rows_max = 100'000;

  /// `code` becomes SQLite's result code when that failed.
  [[nodiscard]] static Result<Statement> prepare(sqlite3* handle, std::string_view sql, int& code);

  /// Binds, runs to the end and resets. Rows are kept when `rows` is given.
  [[nodiscard]] Result<> run(const std::vector<Value>& params, Rows* rows, int& code);
  [[nodiscard]] bool reads_only() const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* held) const;
  };
  Statement(sqlite3_stmt* held, std::string_view sql) : held_(held), sql_(sql) {}
  [[nodiscard]] Result<> find_parameters();
  [[nodiscard]] Result<> bind(const std::vector<Value>& params, int& code);
  [[nodiscard]] Result<> step_all(Rows* rows, int& code);
  [[nodiscard]] Error error(int code) const;

  std::unique_ptr<sqlite3_stmt, Finalize> held_;
  std::string sql_;
  std::vector<int> indexes_;  // SQLite's index of `$1`, `$2`, ...
};

/// The statements used last, prepared. Belongs to the thread of its connection.
class StatementCache {
 public:
  static constexpr std::size_t statements_max = 256;

  /// Valid until the next call.
  [[nodiscard]] Result<Statement*> get(sqlite3* handle, std::string_view sql, int& code);

 private:
  struct Entry {
    std::string sql;
    Statement statement;
  };
  std::list<Entry> entries_;  // the one used last in front
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_sql_;  // keys lie in entries_
};

}  // namespace wayleave::db::sqlite
