#include "db/table_copy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "db/temporary_database.hpp"

namespace wayleave::db {
namespace {

// `aaa` refers to `zzz`, so that neither the alphabet nor the order of creation is what counts.
constexpr Migration schema{.room = "test", .number = 1, .sql = R"sql(
CREATE TABLE zzz (id text PRIMARY KEY, "group" bigint, body blob);
CREATE TABLE aaa (left_id text NOT NULL REFERENCES zzz (id), number bigint NOT NULL, note text,
  PRIMARY KEY (number, left_id));
)sql"};

class TableCopy : public testing::TestWithParam<DatabaseKind> {
 protected:
  void run(std::string_view sql, std::vector<Value> params = {}) {
    const auto done =
        from_->write_blocking([&](Transaction& tx) { return tx.execute(sql, params); });
    ASSERT_TRUE(done) << done.error().operator_detail;
  }
  static Result<Table> find(Transaction& tx, std::string_view name) {
    WL_TRY(const auto tables, tables_in_order(tx));
    const auto at = std::ranges::find(tables, name, &Table::name);
    if (at == tables.end()) return internal("no such table");
    return *at;
  }
  /// Everything, `limit` rows at a time.
  static Result<Rows> all(Transaction& tx, std::string_view name, int limit) {
    WL_TRY(const Table table, find(tx, name));
    Rows rows;
    while (true) {
      const Row* last = rows.empty() ? nullptr : &rows.back();
      WL_TRY(Rows some, rows_after(tx, table, last, limit));
      if (some.empty()) return rows;
      rows.insert(rows.end(), some.begin(), some.end());
    }
  }
  void fill(int rows) {
    for (int i = 0; i < rows; ++i) {
      const std::string id = "id" + std::to_string(i * 7919 % rows);
      run("INSERT INTO zzz (id, \"group\", body) VALUES ($1, $2, $3)",
          {id,
           i % 3 == 0 ? Value() : Value(i),
           Blob{std::string(1, static_cast<char>(i)) + "\0x"}});
      run("INSERT INTO aaa (left_id, number, note) VALUES ($1, $2, $3)", {id, i / 4, nullptr});
    }
  }

  TemporaryDatabase from_{{schema}, {}, GetParam()};
  TemporaryDatabase to_{{schema}, {}, GetParam()};
};

TEST_P(TableCopy, TablesComeAfterThoseTheyReferTo) {
  const auto tables = from_->read_blocking([](Transaction& tx) { return tables_in_order(tx); });
  ASSERT_TRUE(tables) << tables.error().operator_detail;
  const auto place = [&](std::string_view name) {
    return std::ranges::find(*tables, name, &Table::name) - tables->begin();
  };
  EXPECT_LT(place("zzz"), place("aaa"));
  EXPECT_LT(place("aaa"), static_cast<std::ptrdiff_t>(tables->size()));
  EXPECT_LT(place("schema_migration"), static_cast<std::ptrdiff_t>(tables->size()));
}

TEST_P(TableCopy, ATableIsDescribedAsItWasMade) {
  const auto table = from_->read_blocking([](Transaction& tx) { return find(tx, "aaa"); });
  ASSERT_TRUE(table);
  EXPECT_EQ(table->columns,
            (std::vector<Column>{{"left_id", ColumnType::Text},
                                 {"number", ColumnType::Bigint},
                                 {"note", ColumnType::Text}}));
  EXPECT_EQ(table->primary_key, (std::vector<std::string>{"number", "left_id"}));
  EXPECT_EQ(table->references, std::vector<std::string>{"zzz"});
}

TEST_P(TableCopy, RowsComeWholeAndOnceWhateverTheBatch) {
  fill(101);
  for (const char* name : {"zzz", "aaa"}) {
    const auto whole = from_->read_blocking([&](Transaction& tx) { return all(tx, name, 1'000); });
    ASSERT_TRUE(whole) << whole.error().operator_detail;
    EXPECT_EQ(whole->size(), 101U);
    for (const int limit : {1, 2, 4, 100}) {
      const auto parts =
          from_->read_blocking([&](Transaction& tx) { return all(tx, name, limit); });
      ASSERT_TRUE(parts);
      ASSERT_EQ(parts->size(), whole->size());
      for (std::size_t i = 0; i < whole->size(); ++i) {
        for (std::size_t c = 0; c < (*whole)[i].size(); ++c) {
          EXPECT_EQ((*parts)[i][c].held(), (*whole)[i][c].held());
        }
      }
    }
  }
}

TEST_P(TableCopy, WhatWasReadCanBeWrittenElsewhere) {
  constexpr int count = 777;  // two full statements and a rest
  fill(count);
  for (const char* name : {"zzz", "aaa"}) {
    const auto rows = from_->read_blocking([&](Transaction& tx) { return all(tx, name, 10'000); });
    ASSERT_TRUE(rows);
    const auto written = to_->write_blocking([&](Transaction& tx) -> Result<> {
      WL_TRY(const Table table, find(tx, name));
      return insert_rows(tx, table, *rows);
    });
    ASSERT_TRUE(written) << written.error().operator_detail;
    const auto again = to_->read_blocking([&](Transaction& tx) { return all(tx, name, 10'000); });
    ASSERT_TRUE(again);
    ASSERT_EQ(again->size(), static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < again->size(); ++i) {
      for (std::size_t c = 0; c < (*again)[i].size(); ++c) {
        EXPECT_EQ((*again)[i][c].held(), (*rows)[i][c].held());
      }
    }
    const auto counted = to_->read_blocking([&](Transaction& tx) -> Result<std::int64_t> {
      WL_TRY(const Table table, find(tx, name));
      return count_rows(tx, table);
    });
    EXPECT_EQ(counted.value_or(-1), count);
  }
}

TEST_P(TableCopy, ARowThatIsThereAlreadyIsAConflict) {
  fill(1);
  const auto twice = from_->write_blocking([](Transaction& tx) -> Result<> {
    WL_TRY(const Table table, find(tx, "zzz"));
    WL_TRY(const Rows rows, rows_after(tx, table, nullptr, 10));
    return insert_rows(tx, table, rows);
  });
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, "conflict");
}

INSTANTIATE_TEST_SUITE_P(Drivers,
                         TableCopy,
                         testing::Values(DatabaseKind::Sqlite, DatabaseKind::Postgres),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace wayleave::db
