#include "app/copy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "app/backup/part.hpp"
#include "app/core.hpp"
#include "app/root_key.hpp"
#include "base/process.hpp"
#include "vault/data_keys.hpp"
#include "vault/key_rotation.hpp"

namespace wayleave::app {
namespace {

constexpr int kRowsAtOnce = 500;

struct Counted {
  db::Table table;
  std::int64_t rows = 0;
};

/// Both must have the schema of this program, so that tables fit each other.
Result<> expect_current_schema(db::Transaction& tx) {
  WL_TRY(const auto tables, tx.tables());
  if (std::ranges::find(tables, "schema_migration", &db::Table::name) == tables.end()) {
    return reject("from", "the source holds nothing of Wayleave; is it the right database?");
  }
  for (const db::Migration& step : all_migrations()) {
    WL_TRY(const auto row,
           tx.query_one("SELECT 1 FROM schema_migration WHERE room = $1 AND number = $2",
                        {step.room, std::int64_t{step.number}}));
    if (row) continue;
    return fail(ErrorKind::Reject,
                "schema_older",
                "the source was not used by this version of Wayleave yet: run `wayleave migrate` "
                "on it first. Nothing was copied");
  }
  return {};
}

Result<> expect_no_server(db::Transaction& tx) {
  WL_TRY(const auto holders, vault::key_holders(tx));
  const auto running = std::ranges::count_if(holders, [](const vault::KeyHolder& holder) {
    return !process_has_ended(holder.id.substr(0, holder.id.find(' ')));
  });
  if (running == 0) return {};
  return fail(ErrorKind::Conflict,
              "conflict",
              fmt::format("{} running server(s) work on the source: stop them first, or what they "
                          "do meanwhile would not be in the copy. If one crashed on another "
                          "machine and left this note, add --ignore-servers. Nothing was copied",
                          running));
}

Result<std::vector<Counted>> count_source(db::Transaction& tx) {
  WL_TRY(auto tables, moving_tables(tx));
  std::vector<Counted> counted;
  for (db::Table& table : tables) {
    WL_TRY(const auto rows, db::count_rows(tx, table));
    counted.push_back({std::move(table), rows});
  }
  return counted;
}

Result<> expect_empty(db::Transaction& tx) {
  WL_TRY(const auto tables, moving_tables(tx));
  WL_TRY(const auto in_use, table_in_use(tx, tables));
  if (in_use.empty()) return {};
  return fail(ErrorKind::Conflict,
              "conflict",
              "the target is in use already (table " + in_use +
                  " has rows): copy into a new database. Nothing was copied");
}

/// The target is in the middle of its one transaction; the source keeps still.
class Filling {
 public:
  Filling(db::Transaction& from, db::Transaction& to, const RowsDone& progress, std::int64_t all)
      : from_(from), to_(to), progress_(progress), all_(all) {}

  Result<> fill(const Counted& source) {
    db::Rows rows;
    for (std::optional<db::Row> last; true; last = rows.back()) {
      WL_TRY(rows, db::rows_after(from_, source.table, last ? &*last : nullptr, kRowsAtOnce));
      if (rows.empty()) break;
      WL_CHECK(db::insert_rows(to_, source.table, rows));
      done_ += static_cast<std::int64_t>(rows.size());
      progress_(done_, all_);
    }
    WL_TRY(const auto arrived, db::count_rows(to_, source.table));
    if (arrived == source.rows) return {};
    return internal(fmt::format(
        "{} rows of {} arrived, {} were there", arrived, source.table.name, source.rows));
  }

 private:
  db::Transaction& from_;
  db::Transaction& to_;
  const RowsDone& progress_;
  std::int64_t all_;
  std::int64_t done_ = 0;
};

Result<CopyReport> copy_all(db::Transaction& from, db::Database& target, const RowsDone& progress) {
  WL_TRY(const auto sources, count_source(from));
  CopyReport report;
  for (const Counted& source : sources) {
    report.tables.push_back({source.table.name, source.rows});
    report.rows += source.rows;
  }
  WL_CHECK(target.write_blocking([&](db::Transaction& to) -> Result<> {
    WL_CHECK(expect_empty(to));
    Filling filling(from, to, progress, report.rows);
    for (const Counted& source : sources) WL_CHECK(filling.fill(source));
    return {};
  }));
  return report;
}

Result<std::unique_ptr<db::Database>> open_source(Config config, const std::string& from) {
  config.database = from;
  WL_CHECK(expect_database(config));
  db::OpenOptions options;
  options.readers = 1;
  return db::open(from, options);
}

}  // namespace

Result<CopyReport> copy_database(const Config& config,
                                 const Environment& environment,
                                 const std::string& from,
                                 const std::string& to,
                                 bool ignore_servers,
                                 const RowsDone& progress) {
  if (from == to) return reject("to", "source and target are the same database");
  WL_TRY(const auto root, find_root_key(config, environment));
  WL_TRY(const auto source, open_source(config, from));
  WL_CHECK(vault::check_root_key(*source, root.key));
  WL_TRY(const auto target, db::open(to, {.readers = 1}));
  WL_CHECK(target->migrate(all_migrations()));
  // Outside of the function: it may be run again after the target has been filled.
  std::optional<CopyReport> report;
  WL_CHECK(source->write_blocking([&](db::Transaction& tx) -> Result<> {
    if (report) return {};
    WL_CHECK(expect_current_schema(tx));
    if (!ignore_servers) WL_CHECK(expect_no_server(tx));
    auto copied = copy_all(tx, *target, progress);
    if (copied) report = *std::move(copied);
    return copied ? Result<>() : std::unexpected(std::move(copied).error());
  }));
  WL_CHECK(vault::check_root_key(*target, root.key));
  return *std::move(report);
}

}  // namespace wayleave::app
