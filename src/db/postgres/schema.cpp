// What a connection knows of the schema: the tables, and which columns are of other types.

#include "db/postgres/connection.hpp"

namespace wayleave::db::postgres {
namespace {

constexpr Millis migration_patience{3'600'000};

Result<ColumnType> parse_type(const std::string& table, const Row& row) {
  const std::string& type = row[1].text();
  if (type == "bigint") return ColumnType::Bigint;
  if (type == "text") return ColumnType::Text;
  if (type == "bytea") return ColumnType::Blob;
  return internal("column " + table + "." + row[0].text() + " is of type `" + type + "`");
}

Result<Table> describe(Connection& connection, const std::string& name, const std::string& number) {
  Table table{.name = name, .columns = {}, .primary_key = {}, .references = {}};
  WL_TRY(const Rows columns,
         connection.control("SELECT CAST(attname AS text), format_type(atttypid, NULL) "
                            "FROM pg_attribute WHERE attrelid = " +
                            number + " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"));
  for (const Row& row : columns) {
    WL_TRY(const ColumnType type, parse_type(name, row));
    table.columns.push_back({row[0].text(), type});
  }
  WL_TRY(const Rows key,
         connection.control("SELECT CAST(a.attname AS text) FROM pg_index i "
                            "JOIN pg_attribute a ON a.attrelid = i.indrelid "
                            "AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND i.indrelid = " +
                            number + " ORDER BY array_position(i.indkey::int2[], a.attnum)"));
  for (const Row& row : key) table.primary_key.push_back(row[0].text());
  WL_TRY(const Rows references,
         connection.control("SELECT DISTINCT CAST(c.relname AS text) FROM pg_constraint k "
                            "JOIN pg_class c ON c.oid = k.confrelid "
                            "WHERE k.contype = 'f' AND k.conrelid = " +
                            number));
  for (const Row& row : references) table.references.push_back(row[0].text());
  return table;
}

}  // namespace

Result<std::vector<Table>> Connection::tables() {
  WL_TRY(const Rows names,
         control("SELECT CAST(c.relname AS text), CAST(CAST(c.oid AS bigint) AS text) "
                 "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                 "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')"));
  std::vector<Table> tables;
  for (const Row& row : names) {
    WL_TRY(Table table, describe(*this, row[0].text(), row[1].text()));
    tables.push_back(std::move(table));
  }
  return tables;
}

Result<> Connection::begin_migration() {
  WL_TRY(odd_before_, odd_columns());
  WL_CHECK(control("SET LOCAL statement_timeout = 0"));
  patience_ = migration_patience;
  return {};
}

Result<> Connection::check_column_types() {
  patience_ = timeouts_.answer();
  WL_TRY(const std::set<std::string> odd, odd_columns());
  for (const std::string& column : odd) {
    if (odd_before_.contains(column)) continue;
    return internal("column " + column + "; only bigint, text and blob exist in both databases");
  }
  return {};
}

Result<std::set<std::string>> Connection::odd_columns() {
  WL_TRY(const Rows rows,
         control("SELECT CAST(c.relname AS text) || '.' || CAST(a.attname AS text) || "
                 "' is of type `' || format_type(a.atttypid, a.atttypmod) || '`' "
                 "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                 "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() "
                 "AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
                 "AND a.atttypid NOT IN (20, 25, 17)"));
  std::set<std::string> names;
  for (const Row& row : rows) names.insert(row.front().text());
  return names;
}

}  // namespace wayleave::db::postgres
