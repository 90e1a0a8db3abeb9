#include "db/migration.hpp"

#include <set>
#include <string>
#include <utility>

namespace wayleave::db {
namespace {

using Name = std::pair<std::string, std::int64_t>;  // room, number

Result<std::set<Name>> names_of(const std::vector<Migration>& migrations) {
  std::set<Name> names;
  for (const Migration& migration : migrations) {
    if (!names.emplace(migration.room, migration.number).second) {
      return internal("migration " + std::string(migration.room) + " " +
                      std::to_string(migration.number) + " is registered twice");
    }
  }
  return names;
}

Result<std::set<Name>> applied_names(Transaction& tx) {
  WL_CHECK(
      tx.execute("CREATE TABLE IF NOT EXISTS schema_migration ("
                 "room text NOT NULL, number bigint NOT NULL, applied_at bigint NOT NULL, "
                 "PRIMARY KEY (room, number))"));
  WL_TRY(const Rows rows, tx.query("SELECT room, number FROM schema_migration"));
  std::set<Name> names;
  for (const Row& row : rows) names.emplace(row[0].text(), row[1].integer());
  return names;
}

Result<> refuse_newer(const std::set<Name>& known, const std::set<Name>& applied) {
  for (const Name& name : applied) {
    if (known.contains(name)) continue;
    return fail(ErrorKind::Reject,
                "schema_newer",
                "the database was used by a newer version of Wayleave: it holds schema step " +
                    name.first + " " + std::to_string(name.second) +
                    ", which this version does not know. Start that newer version, or restore a "
                    "backup made before it; nothing was changed");
  }
  return {};
}

Result<> apply(Transaction& tx, const Migration& migration, Instant now) {
  for (const std::string_view statement : statements_of(migration.sql)) {
    auto done = tx.execute(statement);
    if (done) continue;
    Error error = std::move(done).error();
    error.operator_detail = "migration " + std::string(migration.room) + " " +
                            std::to_string(migration.number) + ": " + error.operator_detail;
    return std::unexpected(std::move(error));
  }
  WL_CHECK(tx.execute("INSERT INTO schema_migration (room, number, applied_at) VALUES ($1, $2, $3)",
                      {migration.room, migration.number, now}));
  return {};
}

}  // namespace

std::vector<std::string_view> statements_of(std::string_view sql) {
  constexpr std::string_view blanks = " \t\r\n;";
  std::vector<std::string_view> statements;
  while (!sql.empty()) {
    const std::size_t end = sql.find(";\n");
    std::string_view part = sql.substr(0, end);
    sql.remove_prefix(end == sql.npos ? sql.size() : end + 2);
    const std::size_t first = part.find_first_not_of(blanks);
    if (first == part.npos) continue;
    statements.push_back(part.substr(first, part.find_last_not_of(blanks) - first + 1));
  }
  return statements;
}

Result<std::vector<std::string>> apply_migrations(Transaction& tx,
                                                  const std::vector<Migration>& migrations,
                                                  Instant now) {
  WL_TRY(const std::set<Name> known, names_of(migrations));
  WL_TRY(const std::set<Name> before, applied_names(tx));
  WL_CHECK(refuse_newer(known, before));
  std::vector<std::string> applied;
  for (const Migration& migration : migrations) {
    if (before.contains({std::string(migration.room), migration.number})) continue;
    WL_CHECK(apply(tx, migration, now));
    applied.push_back(std::string(migration.room) + " " + std::to_string(migration.number));
  }
  return applied;
}

Result<> migrate_schema(CallerTransaction& tx,
                        const std::vector<Migration>& migrations,
                        std::vector<std::string>* applied) {
  WL_CHECK(tx.statements().begin_migration());
  WL_TRY(auto steps, apply_migrations(tx, migrations, SystemClock().now()));
  if (applied != nullptr) *applied = std::move(steps);
  return tx.statements().check_column_types();
}

}  // namespace wayleave::db
