#include "db/sqlite/connection.hpp"

namespace wayleave::db::sqlite {
namespace {

Result<ColumnType> parse_type(const std::string& table, const Row& row) {
  const std::string& type = row[1].text();
  if (type == "bigint") return ColumnType::Bigint;
  if (type == "text") return ColumnType::Text;
  if (type == "blob") return ColumnType::Blob;
  return internal("column " + table + "." + row[0].text() + " is of type `" + type + "`");
}

// `name` comes from sqlite_master; a quote in it would have to be ours.
Result<Table> describe(Connection& connection, const std::string& name) {
  Table table{.name = name, .columns = {}, .primary_key = {}, .references = {}};
  WL_TRY(const Rows columns,
         connection.control("SELECT name, lower(type), pk FROM pragma_table_info('" + name +
                            "') ORDER BY cid"));
  for (const Row& row : columns) {
    WL_TRY(const ColumnType type, parse_type(name, row));
    table.columns.push_back({row[0].text(), type});
  }
  WL_TRY(const Rows key,
         connection.control("SELECT name FROM pragma_table_info('" + name +
                            "') WHERE pk > 0 ORDER BY pk"));
  for (const Row& row : key) table.primary_key.push_back(row[0].text());
  WL_TRY(
      const Rows references,
      connection.control("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('" + name + "')"));
  for (const Row& row : references) table.references.push_back(row[0].text());
  return table;
}

}  // namespace

Result<std::vector<Table>> Connection::tables() {
  WL_TRY(const Rows names,
         control("SELECT name FROM sqlite_master WHERE type = 'table' "
                 "AND name NOT LIKE 'sqlite%'"));
  std::vector<Table> tables;
  for (const Row& row : names) {
    WL_TRY(Table table, describe(*this, row[0].text()));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace wayleave::db::sqlite
