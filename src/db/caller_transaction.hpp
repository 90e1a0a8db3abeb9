#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::db {

/// What a driver's connection does for callers inside an open transaction.
class Statements {
 public:
  virtual ~Statements() = default;
  [[nodiscard]] virtual Result<Rows> query(std::string_view sql,
                                           const std::vector<Value>& params) = 0;
  [[nodiscard]] virtual Result<std::int64_t> execute(std::string_view sql,
                                                     const std::vector<Value>& params) = 0;
  /// Every table of the schema, in no order.
  [[nodiscard]] virtual Result<std::vector<Table>> tables() = 0;
  /// Before the steps of a migration, which may take long.
  [[nodiscard]] virtual Result<> begin_migration() = 0;
  /// After them: an error that names a column that is neither bigint, text nor blob.
  [[nodiscard]] virtual Result<> check_column_types() = 0;
};

/// A caller's view of a connection: refuses everything after a statement that failed.
class CallerTransaction final : public Transaction {
 public:
  explicit CallerTransaction(Statements& statements) : statements_(statements) {}
  [[nodiscard]] Result<Rows> query(std::string_view sql, std::vector<Value> params) override;
  [[nodiscard]] Result<std::int64_t> execute(std::string_view sql,
                                             std::vector<Value> params) override;
  [[nodiscard]] Result<std::vector<Table>> tables() override;
  void announce_change() override { announced_ = true; }

  /// The error of the first statement that failed: the transaction is lost even when the caller
  /// says otherwise.
  [[nodiscard]] const Result<>& health() const { return health_; }
  /// Whether listeners are to be told once this is committed.
  [[nodiscard]] bool announced() const { return announced_; }
  [[nodiscard]] Statements& statements() { return statements_; }

 private:
  Statements& statements_;
  Result<> health_;
  bool announced_ = false;
};

}  // namespace wayleave::db
