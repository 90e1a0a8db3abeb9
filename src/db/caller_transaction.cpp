#include "db/caller_transaction.hpp"

namespace wayleave::db {

Result<Rows> CallerTransaction::query(std::string_view sql, std::vector<Value> params) {
  if (!health_) return std::unexpected(health_.error());
  auto rows = statements_.query(sql, params);
  if (!rows) health_ = std::unexpected(rows.error());
  return rows;
}

Result<std::int64_t> CallerTransaction::execute(std::string_view sql, std::vector<Value> params) {
  if (!health_) return std::unexpected(health_.error());
  auto count = statements_.execute(sql, params);
  if (!count) health_ = std::unexpected(count.error());
  return count;
}

Result<std::vector<Table>> CallerTransaction::tables() {
  if (!health_) return std::unexpected(health_.error());
  auto found = statements_.tables();
  if (!found) health_ = std::unexpected(found.error());
  return found;
}

}  // namespace wayleave::db
