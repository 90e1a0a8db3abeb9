#include "db/temporary_database.hpp"

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "db/table_copy.hpp"
#include "db/testing/postgres_server.hpp"

namespace wayleave::db {
namespace {

std::filesystem::path make_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "wayleave-db-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return pattern;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().detail + ": " + result.error().operator_detail);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

void append(std::string& all, const Value& value) {
  if (value.is_null()) all += "null";
  all += std::to_string(value.integer()) + value.text() + value.blob() + "\n";
}

Result<std::string> values_of_all_tables(Transaction& tx) {
  constexpr int rows_together = 1'000;
  std::string all;
  WL_TRY(const auto tables, tables_in_order(tx));
  for (const Table& table : tables) {
    all += table.name + "\n";
    Rows rows;
    for (Row last; true; last = rows.back()) {
      WL_TRY(rows, rows_after(tx, table, last.empty() ? nullptr : &last, rows_together));
      if (rows.empty()) break;
      for (const Row& row : rows) {
        for (const Value& value : row) append(all, value);
      }
    }
  }
  return all;
}

}  // namespace

DatabaseKind kind_of_tests() {
  const char* chosen = ::getenv("WAYLEAVE_TEST_DATABASE");
  const std::string_view kind = chosen == nullptr ? "sqlite" : chosen;
  if (kind == "sqlite") return DatabaseKind::Sqlite;
  if (kind == "postgres") return DatabaseKind::Postgres;
  throw std::runtime_error("WAYLEAVE_TEST_DATABASE is neither sqlite nor postgres");
}

std::string name_of(DatabaseKind kind) {
  return kind == DatabaseKind::Sqlite ? "Sqlite" : "Postgres";
}

TemporaryPlace::TemporaryPlace(DatabaseKind kind) : kind_(kind), directory_(make_directory()) {
  if (kind == DatabaseKind::Sqlite) {
    url_ = "sqlite:" + path();
    return;
  }
  // mkdtemp has chosen a name that no other test has.
  schema_ = "test_" + directory_.filename().string().substr(sizeof "wayleave-db-" - 1);
  const std::string server = testing::shared_postgres_url();
  testing::postgres_command(server, "CREATE SCHEMA \"" + schema_ + "\"");
  url_ =
      server + (server.contains('?') ? "&" : "?") + "options=-csearch_path%3D%22" + schema_ + "%22";
}

TemporaryPlace::~TemporaryPlace() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
  if (schema_.empty()) return;
  try {
    testing::postgres_command(
        testing::shared_postgres_url(),
        "SET client_min_messages = error; DROP SCHEMA \"" + schema_ + "\" CASCADE");
  } catch (const std::exception&) {
    // The server of a test program that fails may be gone already; its folder goes with it.
  }
}

std::string TemporaryPlace::stored_bytes() const {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  if (kind_ == DatabaseKind::Sqlite) return all;
  const auto database = must(open(url_, {.readers = 1}));
  return all + must(database->read_blocking(values_of_all_tables));
}

TemporaryDatabase::TemporaryDatabase(std::vector<Migration> migrations_of_test,
                                     OpenOptions options,
                                     DatabaseKind kind)
    : place_(kind) {
  reopen(options);
  auto all = migrations();
  all.insert(all.end(), migrations_of_test.begin(), migrations_of_test.end());
  must(database_->migrate(all));
}

void TemporaryDatabase::reopen(OpenOptions options) {
  database_.reset();
  database_ = must(open(url(), options));
}

}  // namespace wayleave::db
