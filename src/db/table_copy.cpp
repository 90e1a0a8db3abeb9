#include "db/table_copy.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace wayleave::db {
namespace {

// Far below what either database takes, and enough that the round trip no longer counts.
constexpr std::size_t values_per_statement = 1'000;

/// Names come from the schema, never from outside; the quotes keep words of SQL apart.
std::string quoted(const std::string& name) { return '"' + name + '"'; }

template <class Names>
std::string joined(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + quoted(name);
  return text;
}

std::vector<std::string> column_names(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

/// `($1, $2), ($3, $4)`.
std::string placeholders(std::size_t rows, std::size_t columns) {
  std::string text;
  std::size_t number = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    text += row == 0 ? "(" : ", (";
    for (std::size_t column = 0; column < columns; ++column) {
      text += (column == 0 ? "$" : ", $") + std::to_string(++number);
    }
    text += ')';
  }
  return text;
}

/// The values of the primary key in a row of `rows_after`.
Result<std::vector<Value>> key_of(const Table& table, const Row& row) {
  std::vector<Value> key;
  for (const std::string& name : table.primary_key) {
    const auto at = std::ranges::find(table.columns, name, &Column::name);
    const auto index = static_cast<std::size_t>(at - table.columns.begin());
    if (index >= row.size()) return internal("a row of " + table.name + " is too short");
    key.push_back(row[index]);
  }
  return key;
}

bool comes_before(const std::vector<Table>& placed, const Table& table) {
  return std::ranges::all_of(table.references, [&](const std::string& other) {
    return other == table.name || std::ranges::find(placed, other, &Table::name) != placed.end();
  });
}

}  // namespace

Result<std::vector<Table>> tables_in_order(Transaction& tx) {
  WL_TRY(std::vector<Table> waiting, tx.tables());
  std::ranges::sort(waiting, {}, &Table::name);
  std::vector<Table> placed;
  while (!waiting.empty()) {
    const auto next = std::ranges::find_if(
        waiting, [&](const Table& table) { return comes_before(placed, table); });
    if (next == waiting.end()) {
      return internal("tables refer to each other in a circle: " + waiting.front().name);
    }
    if (next->primary_key.empty()) return internal("table " + next->name + " has no primary key");
    placed.push_back(std::move(*next));
    waiting.erase(next);
  }
  return placed;
}

Result<Rows> rows_after(Transaction& tx, const Table& table, const Row* last, int limit) {
  const std::string key = joined(table.primary_key);
  std::string sql = "SELECT " + joined(column_names(table)) + " FROM " + quoted(table.name);
  std::vector<Value> params;
  if (last != nullptr) {
    WL_TRY(params, key_of(table, *last));
    sql += " WHERE (" + key + ") > " + placeholders(1, params.size());
  }
  params.push_back(limit);
  sql += " ORDER BY " + key + " LIMIT $" + std::to_string(params.size());
  return tx.query(sql, std::move(params));
}

Result<> insert_rows(Transaction& tx, const Table& table, const Rows& rows) {
  const std::size_t columns = table.columns.size();
  const std::string head =
      "INSERT INTO " + quoted(table.name) + " (" + joined(column_names(table)) + ") VALUES ";
  const std::size_t together = std::max<std::size_t>(1, values_per_statement / columns);
  for (std::size_t at = 0; at < rows.size();) {
    // Two texts in all, so that both stay prepared: many rows at once, and the rest one by one.
    const std::size_t count = rows.size() - at >= together ? together : 1;
    std::vector<Value> params;
    params.reserve(count * columns);
    for (const std::size_t end = at + count; at < end; ++at) {
      if (rows[at].size() != columns) return internal("a row does not fit table " + table.name);
      params.insert(params.end(), rows[at].begin(), rows[at].end());
    }
    WL_CHECK(tx.execute(head + placeholders(count, columns), std::move(params)));
  }
  return {};
}

Result<std::int64_t> count_rows(Transaction& tx, const Table& table) {
  WL_TRY(const auto row, tx.query_one("SELECT count(*) FROM " + quoted(table.name)));
  return row ? row->front().integer() : 0;
}

}  // namespace wayleave::db
