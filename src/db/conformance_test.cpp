// What every driver must do, written against `Database` alone. TemporaryDatabase decides which
// driver that is.

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

class Conformance : public testing::Test {
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

  TemporaryDatabase db_{{test_schema}};
};

TEST_F(Conformance, ValuesComeBackAsTheyWent) {
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

TEST_F(Conformance, ParametersAreBoundByNumber) {
  ASSERT_TRUE(write("INSERT INTO thing (name, id) VALUES ($2, $1)", {"id", "name"}));
  const auto rows = read("SELECT id FROM thing WHERE name = $1 OR id = $1", {"name"});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0][0].text(), "id");
}

TEST_F(Conformance, WrongParameterCountIsRefused) {
  EXPECT_FALSE(read("SELECT id FROM thing WHERE id = $1"));
  EXPECT_FALSE(read("SELECT id FROM thing WHERE id = $1", {"a", "b"}));
  EXPECT_FALSE(read("SELECT id FROM thing WHERE id = $2", {"a"}));
}

TEST_F(Conformance, ExecuteCountsTouchedRows) {
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

TEST_F(Conformance, ReturningGivesRows) {
  const auto rows = write(
      "INSERT INTO thing (id, size) VALUES ($1, $2) "
      "ON CONFLICT (id) DO UPDATE SET size = excluded.size RETURNING id, size",
      {"a", 5});
  ASSERT_TRUE(rows);
  EXPECT_EQ((*rows)[0][1].integer(), 5);
}

TEST_F(Conformance, QueryOneGivesTheFirstRowOrNone) {
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

TEST_F(Conformance, UniqueAndForeignKeysAreConflicts) {
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

TEST_F(Conformance, DeletedParentsTakeTheirChildren) {
  ASSERT_TRUE(insert("a"));
  ASSERT_TRUE(write("INSERT INTO part (id, thing) VALUES (1, 'a')"));
  ASSERT_TRUE(write("DELETE FROM thing WHERE id = 'a'"));
  const auto rows = read("SELECT id FROM part");
  ASSERT_TRUE(rows);
  EXPECT_TRUE(rows->empty());
}

TEST_F(Conformance, AFailedFunctionLeavesNothing) {
  const auto failed = db_->write_blocking([&](Transaction& tx) -> Result<> {
    WL_CHECK(insert(tx, "a"));
    return fail(ErrorKind::Reject, "own_code", "own detail");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "own_code");
  EXPECT_EQ(count(), 0);
}

TEST_F(Conformance, AThrowingFunctionLeavesNothing) {
  const auto failed = db_->write_blocking([&](Transaction& tx) -> Result<> {
    WL_CHECK(insert(tx, "a"));
    throw std::runtime_error("broken");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "internal");
  EXPECT_EQ(count(), 0);
}

// PostgreSQL refuses everything after a failed statement; code must not come to rely on less.
TEST_F(Conformance, AFailedStatementLosesTheTransactionEvenWhenIgnored) {
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

TEST_F(Conformance, ReadsCannotWrite) {
  EXPECT_FALSE(read("INSERT INTO thing (id) VALUES ('a')"));
  EXPECT_EQ(count(), 0);
}

// A caller that ended the transaction would commit the work of others.
TEST_F(Conformance, CallersCannotEndTheTransaction) {
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

TEST_F(Conformance, OneStatementPerCall) {
  EXPECT_FALSE(write("DELETE FROM thing; DELETE FROM part"));
  EXPECT_TRUE(write("DELETE FROM thing; \n"));
  EXPECT_FALSE(write(""));
}

TEST_F(Conformance, TextThatIsNoUtf8IsRefused) {
  EXPECT_FALSE(insert("\xff"));
  EXPECT_FALSE(insert(std::string_view("a\0b", 3)));
  EXPECT_EQ(count(), 0);
}

TEST_F(Conformance, DoubleQuotesAreNames) {
  EXPECT_FALSE(read("SELECT \"no such column\" FROM thing"));
}

TEST_F(Conformance, LikeTellsCasesApart) {
  ASSERT_TRUE(insert("Apple"));
  const auto rows = read("SELECT id FROM thing WHERE id LIKE 'apple'");
  ASSERT_TRUE(rows);
  EXPECT_TRUE(rows->empty());
}

TEST_F(Conformance, OtherTypesAreRefused) {
  const auto rows = read("SELECT 1.5");
  ASSERT_FALSE(rows);
  EXPECT_NE(rows.error().operator_detail.find("neither bigint"), std::string::npos);
}

TEST_F(Conformance, AWriteIsSeenByTheNextRead) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(insert(std::to_string(i)));
    EXPECT_EQ(count(), i + 1);
  }
}

TEST_F(Conformance, AReadSeesOneMoment) {
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

TEST_F(Conformance, DataSurvivesReopening) {
  ASSERT_TRUE(insert("a"));
  db_.reopen();
  EXPECT_EQ(count(), 1);
}

TEST_F(Conformance, MigrationsAreAppliedOnce) {
  auto all = migrations();
  all.push_back(test_schema);
  all.push_back(
      {.room = "test", .number = 2, .sql = "INSERT INTO thing (id) VALUES ('step 2');\n"});
  ASSERT_TRUE(db_->migrate(all));
  ASSERT_TRUE(db_->migrate(all));
  EXPECT_EQ(count(), 1);
}

TEST_F(Conformance, AFailedMigrationChangesNothing) {
  auto all = migrations();
  all.push_back(test_schema);
  all.push_back(
      {.room = "test", .number = 2, .sql = "INSERT INTO thing (id) VALUES ('x');\nBROKEN;\n"});
  const auto failed = db_->migrate(all);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().operator_detail.find("migration test 2"), std::string::npos);
  EXPECT_EQ(count(), 0);
}

TEST_F(Conformance, ANewerSchemaIsRefused) {
  const auto refused = db_->migrate(migrations());  // without test 1
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "schema_newer");
  EXPECT_NE(refused.error().detail.find("test 1"), std::string::npos);
}

TEST_F(Conformance, AMigrationRegisteredTwiceIsRefused) {
  auto all = migrations();
  all.push_back(test_schema);
  all.push_back(test_schema);
  EXPECT_FALSE(db_->migrate(all));
}

TEST_F(Conformance, AColumnOfAnotherTypeIsRefused) {
  for (const char* type : {"integer", "boolean", "varchar(10)", "timestamp", ""}) {
    auto all = migrations();
    all.push_back(test_schema);
    const std::string sql = std::string("CREATE TABLE odd (id ") + type + ");\n";
    all.push_back({.room = "test", .number = 2, .sql = sql});
    const auto refused = db_->migrate(all);
    ASSERT_FALSE(refused) << type;
    EXPECT_NE(refused.error().operator_detail.find("odd.id"), std::string::npos);
  }
}

TEST_F(Conformance, ProcessesMayMigrateAtOnce) {
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

TEST(Statements, AreSplitAtSemicolonsThatEndALine) {
  EXPECT_EQ(statements_of("A;\nB 'x;y';\n\n C\n"),
            (std::vector<std::string_view>{"A", "B 'x;y'", "C"}));
  EXPECT_TRUE(statements_of(" \n;\n").empty());
}

}  // namespace
}  // namespace wayleave::db
