// What every driver must do, written against `Database` alone and run with each.

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "db/migration.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::db {
namespace {

constexpr Migration test_schema{.room = "test", .number = 1, .sql = R"sql(
CREATE TABLE thing (id text PRIMARY KEY, name text, size bigint, body blob);
CREATE TABLE part (
  id bigint PRIMARY KEY,
  thing text NOT NULL REFERENCES thing (id) ON DELETE CASCADE);
)sql"};

class Conformance : public testing::TestWithParam<DatabaseKind> {
 protected:
  static Result<std::int64_t> insert(Transaction& tx, std::string_view id) {
    return tx.execute("INSERT INTO thing (id, name) VALUES ($1, $2)", {id, "n"});
  }
  Result<std::int64_t> insert(std::string_view id) {
    return db_->write_blocking([&](Transaction& tx) { return insert(tx, id); });
  }
  std::int64_t count() {
    const auto rows = db_->read_blocking(
        [](Transaction& tx) { return tx.query_one("SELECT count(*) FROM thing"); });
    return rows ? (**rows)[0].integer() : -1;
  }
  Result<Rows> write(std::string_view sql, std::vector<Value> params = {}) {
    return db_->write_blocking([&](Transaction& tx) { return tx.query(sql, params); });
  }
  Result<Rows> read(std::string_view sql, std::vector<Value> params = {}) {
    return db_->read_blocking([&](Transaction& tx) { return tx.query(sql, params); });
  }

  TemporaryDatabase db_{{test_schema}, {}, GetParam()};
};

TEST_P(Conformance, ValuesComeBackAsTheyWent) {
  const std::string bytes("\0\xff\x80 bytes", 9);
  ASSERT_TRUE(write("INSERT INTO thing (id, name, size, body) VALUES ($1, $2, $3, $4)",
                    {"a", "n\xc3\xa4me", std::int64_t{-9'223'372'036'854'775'807}, Blob{bytes}}));
  ASSERT_TRUE(write("INSERT INTO thing (id, name, size, body) VALUES ($1, $2, $3, $4)",
                    {"b", "", nullptr, Blob{}}));
  const auto rows = read("SELECT name, size, body FROM thing ORDER BY id");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0][0].text(), "n\xc3\xa4me");
  EXPECT_EQ((*rows)[0][1].integer(), -9'223'372'036'854'775'807);
  EXPECT_EQ((*rows)[0][2].blob(), bytes);
  EXPECT_FALSE((*rows)[1][0].is_null());
  EXPECT_TRUE((*rows)[1][1].is_null());
  EXPECT_FALSE((*rows)[1][2].is_null());
}

TEST_P(Conformance, ParametersAreBoundByNumber) {
  ASSERT_TRUE(write("INSERT INTO thing (name, id) VALUES ($2, $1)", {"id", "name"}));
  const auto rows = read("SELECT id FROM thing WHERE name = $1 OR id = $1", {"name"});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0][0].text(), "id");
}

TEST_P(Conformance, WrongParameterCountIsRefused) {
  EXPECT_FALSE(read("SELECT id FROM thing WHERE id = $1"));
  EXPECT_FALSE(read("SELECT id FROM thing WHERE id = $1", {"a", "b"}));
  EXPECT_FALSE(read("SELECT id FROM thing WHERE id = $2", {"a"}));
}

TEST_P(Conformance, ExecuteCountsTouchedRows) {
  const auto counts = db_->write_blocking([](Transaction& tx) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> out;
    for (const char* sql : {"INSERT INTO thing (id) VALUES ('a'), ('b')",
                            "INSERT INTO thing (id) VALUES ('a') ON CONFLICT DO NOTHING",
                            "UPDATE thing SET name = 'x'",
                            "UPDATE thing SET name = 'y' WHERE id = 'none'",
                            "DELETE FROM thing WHERE id = 'a'"}) {
      WL_TRY(const std::int64_t touched, tx.execute(sql));
      out.push_back(touched);
    }
    return out;
  });
  ASSERT_TRUE(counts) << counts.error().operator_detail;
  EXPECT_EQ(*counts, (std::vector<std::int64_t>{2, 0, 2, 0, 1}));
}

TEST_P(Conformance, ReturningGivesRows) {
  const auto rows = write(
      "INSERT INTO thing (id, size) VALUES ($1, $2) "
      "ON CONFLICT (id) DO UPDATE SET size = excluded.size RETURNING id, size",
      {"a", 5});
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[0][1].integer(), 5);
}

TEST_P(Conformance, QueryOneGivesTheFirstRowOrNone) {
  ASSERT_TRUE(insert("a"));
  const auto found = db_->read_blocking(
      [](Transaction& tx) { return tx.query_one("SELECT id FROM thing WHERE id = $1", {"a"}); });
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((**found)[0].text(), "a");
  const auto none = db_->read_blocking(
      [](Transaction& tx) { return tx.query_one("SELECT id FROM thing WHERE id = $1", {"b"}); });
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST_P(Conformance, UniqueAndForeignKeysAreConflicts) {
  ASSERT_TRUE(insert("a"));
  const auto twice = insert("a");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, "conflict");
  EXPECT_EQ(twice.error().kind, ErrorKind::Conflict);
  const auto orphan = write("INSERT INTO part (id, thing) VALUES (1, 'none')");
  ASSERT_FALSE(orphan);
  EXPECT_EQ(orphan.error().code, "conflict");
  const auto null = write("INSERT INTO part (id, thing) VALUES (2, NULL)");
  ASSERT_FALSE(null);
  EXPECT_EQ(null.error().code, "internal");
}

TEST_P(Conformance, DeletedParentsTakeTheirChildren) {
  ASSERT_TRUE(insert("a"));
  ASSERT_TRUE(write("INSERT INTO part (id, thing) VALUES (1, 'a')"));
  ASSERT_TRUE(write("DELETE FROM thing WHERE id = 'a'"));
  const auto rows = read("SELECT id FROM part");
  ASSERT_TRUE(rows);
  EXPECT_TRUE(rows->empty());
}

TEST_P(Conformance, AFailedFunctionLeavesNothing) {
  const auto failed = db_->write_blocking([&](Transaction& tx) -> Result<> {
    WL_CHECK(insert(tx, "a"));
    return fail(ErrorKind::Reject, "own_code", "own detail");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "own_code");
  EXPECT_EQ(count(), 0);
}

TEST_P(Conformance, AThrowingFunctionLeavesNothing) {
  const auto failed = db_->write_blocking([&](Transaction& tx) -> Result<> {
    WL_CHECK(insert(tx, "a"));
    throw std::runtime_error("broken");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "internal");
  EXPECT_EQ(count(), 0);
}

// PostgreSQL refuses everything after a failed statement; code must not come to rely on less.
TEST_P(Conformance, AFailedStatementLosesTheTransactionEvenWhenIgnored) {
  ASSERT_TRUE(insert("a"));
  bool later_refused = false;
  const auto ignored = db_->write_blocking([&](Transaction& tx) -> Result<> {
    WL_CHECK(insert(tx, "b"));
    (void)insert(tx, "a");
    later_refused = !tx.query("SELECT 1");
    return {};
  });
  ASSERT_FALSE(ignored);
  EXPECT_EQ(ignored.error().code, "conflict");
  EXPECT_TRUE(later_refused);
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, ReadsCannotWrite) {
  EXPECT_FALSE(read("INSERT INTO thing (id) VALUES ('a')"));
  EXPECT_EQ(count(), 0);
}

// A caller that ended the transaction would commit the work of others.
TEST_P(Conformance, CallersCannotEndTheTransaction) {
  for (const char* sql :
       {"COMMIT", "ROLLBACK", "SAVEPOINT caller", "RELEASE caller", "BEGIN IMMEDIATE"}) {
    const auto refused = db_->write_blocking([&](Transaction& tx) -> Result<> {
      WL_CHECK(insert(tx, "a"));
      WL_CHECK(tx.execute(sql));
      return {};
    });
    EXPECT_FALSE(refused) << sql;
    EXPECT_EQ(count(), 0) << sql;
  }
}

TEST_P(Conformance, OneStatementPerCall) {
  EXPECT_FALSE(write("DELETE FROM thing; DELETE FROM part"));
  EXPECT_TRUE(write("DELETE FROM thing; \n"));
  EXPECT_FALSE(write(""));
}

TEST_P(Conformance, TextThatIsNoUtf8IsRefused) {
  EXPECT_FALSE(insert("\xff"));
  EXPECT_FALSE(insert(std::string_view("a\0b", 3)));
  EXPECT_EQ(count(), 0);
}

TEST_P(Conformance, DoubleQuotesAreNames) {
  EXPECT_FALSE(read("SELECT \"no such column\" FROM thing"));
}

TEST_P(Conformance, LikeTellsCasesApart) {
  ASSERT_TRUE(insert("Apple"));
  const auto rows = read("SELECT id FROM thing WHERE id LIKE 'apple'");
  ASSERT_TRUE(rows);
  EXPECT_TRUE(rows->empty());
}

TEST_P(Conformance, TextIsOrderedByItsBytes) {
  for (const char* id : {"b", "B", "a", "\xc3\xa4", "z", "_"}) ASSERT_TRUE(insert(id));
  const auto rows = read("SELECT id FROM thing ORDER BY id");
  ASSERT_TRUE(rows);
  std::string order;
  for (const Row& row : *rows) order += row[0].text();
  EXPECT_EQ(order, "B_abz\xc3\xa4");
}

TEST_P(Conformance, WholeNumbersAndTruthAreBigint) {
  for (const int size : {1, -30'001}) {
    ASSERT_TRUE(
        write("INSERT INTO thing (id, size) VALUES ($1, $2)", {std::to_string(size), size}));
  }
  const auto rows =
      read("SELECT sum(size), count(*), max(size) > 0, 7, sum(size) IS NULL FROM thing");
  ASSERT_TRUE(rows) << rows.error().operator_detail;
  std::vector<std::int64_t> numbers;
  for (const Value& value : rows->front()) numbers.push_back(value.integer());
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{-30'000, 2, 1, 7, 0}));
}

TEST_P(Conformance, NumbersAreNotCutInArithmetic) {
  const auto rows = read("SELECT $1 + 1, $1 * 2", {std::int64_t{3'000'000'000}});
  ASSERT_TRUE(rows) << rows.error().operator_detail;
  EXPECT_EQ(rows->front()[0].integer(), 3'000'000'001);
  EXPECT_EQ(rows->front()[1].integer(), 6'000'000'000);
}

TEST_P(Conformance, ATooLargeValueIsALimit) {
  const auto refused = write("INSERT INTO thing (id, body) VALUES ('a', $1)",
                             {Blob{std::string((64 << 20) + 1, 'x')}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Limit);
  EXPECT_EQ(refused.error().code, "database_busy");
  EXPECT_TRUE(insert("a"));
}

TEST_P(Conformance, TooManyRowsAreAnErrorAndNoHarm) {
  const auto rows = read(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001) "
      "SELECT i FROM n");
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().operator_detail.find("more than 100000 rows"), std::string::npos);
  EXPECT_EQ(count(), 0);
}

TEST_P(Conformance, ManyDistinctStatementsAreForgottenAgain) {
  for (int i = 0; i < 1'000; ++i) {
    const auto rows =
        read("SELECT " + std::to_string(i) + " + count(*) FROM thing WHERE size = $1", {i});
    ASSERT_TRUE(rows) << rows.error().operator_detail;
    EXPECT_EQ((*rows)[0][0].integer(), i);
  }
}

TEST_P(Conformance, StatementsSurviveASchemaChangeOfAnotherProcess) {
  ASSERT_TRUE(write("INSERT INTO thing (id) VALUES ('a') RETURNING *"));
  ASSERT_TRUE(read("SELECT * FROM thing"));
  auto other = open(db_.url());
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->write_blocking(
      [](Transaction& tx) { return tx.execute("ALTER TABLE thing ADD COLUMN extra text"); }));
  EXPECT_TRUE(write("INSERT INTO thing (id) VALUES ('b') ON CONFLICT DO NOTHING RETURNING *"));
  const auto rows = read("SELECT * FROM thing");
  ASSERT_TRUE(rows) << rows.error().operator_detail;
  EXPECT_EQ(rows->front().size(), 5U);
}

TEST_P(Conformance, OtherTypesAreRefused) {
  const auto rows = read("SELECT 1.5");
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().operator_detail.find("neither bigint"), std::string::npos);
}

TEST_P(Conformance, AWriteIsSeenByTheNextRead) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(insert(std::to_string(i)));
    EXPECT_EQ(count(), i + 1);
  }
}

TEST_P(Conformance, AReadSeesOneMoment) {
  std::promise<void> first_read;
  std::promise<void> written;
  auto reader = std::async(std::launch::async, [&] {
    return db_->read_blocking([&](Transaction& tx) -> Result<std::int64_t> {
      WL_TRY(const auto before, tx.query_one("SELECT count(*) FROM thing"));
      first_read.set_value();
      written.get_future().wait();
      WL_TRY(const auto after, tx.query_one("SELECT count(*) FROM thing"));
      return (*after)[0].integer() - (*before)[0].integer();
    });
  });
  first_read.get_future().wait();
  ASSERT_TRUE(insert("a"));
  written.set_value();
  const auto difference = reader.get();
  ASSERT_TRUE(difference);
  EXPECT_EQ(*difference, 0);
}

TEST_P(Conformance, DataSurvivesReopening) {
  ASSERT_TRUE(insert("a"));
  db_.reopen();
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, MigrationsAreAppliedOnce) {
  auto all = migrations();
  all.push_back(test_schema);
  all.push_back(
      {.room = "test", .number = 2, .sql = "INSERT INTO thing (id) VALUES ('step 2');\n"});
  ASSERT_TRUE(db_->migrate(all));
  ASSERT_TRUE(db_->migrate(all));
  EXPECT_EQ(count(), 1);
}

TEST_P(Conformance, AFailedMigrationChangesNothing) {
  auto all = migrations();
  all.push_back(test_schema);
  all.push_back(
      {.room = "test", .number = 2, .sql = "INSERT INTO thing (id) VALUES ('x');\nBROKEN;\n"});
  const auto failed = db_->migrate(all);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().operator_detail.find("migration test 2"), std::string::npos);
  EXPECT_EQ(count(), 0);
}

TEST_P(Conformance, ANewerSchemaIsRefused) {
  const auto refused = db_->migrate(migrations());  // without test 1
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "schema_newer");
  EXPECT_NE(refused.error().detail.find("test 1"), std::string::npos);
}

TEST_P(Conformance, AMigrationRegisteredTwiceIsRefused) {
  auto all = migrations();
  all.push_back(test_schema);
  all.push_back(test_schema);
  EXPECT_FALSE(db_->migrate(all));
}

TEST_P(Conformance, AColumnOfAnotherTypeIsRefused) {
  for (const char* type : {"integer", "boolean", "varchar(10)", "timestamp", ""}) {
    auto all = migrations();
    all.push_back(test_schema);
    const std::string sql = std::string("CREATE TABLE odd (id ") + type + ");\n";
    all.push_back({.room = "test", .number = 2, .sql = sql});
    const auto refused = db_->migrate(all);
    ASSERT_FALSE(refused) << type;
    // PostgreSQL has no columns without a type and says so in its own words.
    if (*type == '\0') continue;
    EXPECT_NE(refused.error().operator_detail.find("odd.id"), std::string::npos);
  }
}

TEST_P(Conformance, ProcessesMayMigrateAtOnce) {
  auto all = migrations();
  all.push_back(test_schema);
  all.push_back({.room = "test", .number = 2, .sql = "INSERT INTO thing (id) VALUES ('once');\n"});
  std::vector<std::future<Result<>>> starting;
  for (int i = 0; i < 4; ++i) {
    starting.push_back(std::async(std::launch::async, [&]() -> Result<> {
      WL_TRY(auto other, open(db_.url()));
      return other->migrate(all);
    }));
  }
  for (auto& start : starting) {
    const auto done = start.get();
    EXPECT_TRUE(done) << done.error().detail << done.error().operator_detail;
  }
  EXPECT_EQ(count(), 1);
}

INSTANTIATE_TEST_SUITE_P(Drivers,
                         Conformance,
                         testing::Values(DatabaseKind::Sqlite, DatabaseKind::Postgres),
                         [](const auto& tested) { return name_of(tested.param); });

TEST(Statements, AreSplitAtSemicolonsThatEndALine) {
  EXPECT_EQ(statements_of("A;\nB 'x;y';\n\n C\n"),
            (std::vector<std::string_view>{"A", "B 'x;y'", "C"}));
  EXPECT_TRUE(statements_of(" \n;\n").empty());
}

}  // namespace
}  // namespace wayleave::db
