#include "db/postgres/dialect.hpp"

#include <gtest/gtest.h>

namespace wayleave::db::postgres {
namespace {

std::string translated(std::string_view sql) { return translate(sql).value_or("refused"); }

TEST(Dialect, TypesOfColumnsAreTranslated) {
  EXPECT_EQ(translated("CREATE TABLE t (a blob NOT NULL, b TEXT, c bigint)"),
            "CREATE TABLE t (a bytea NOT NULL, b TEXT COLLATE \"C\", c bigint)");
  EXPECT_EQ(translated("ALTER TABLE t ADD COLUMN x blob"), "ALTER TABLE t ADD COLUMN x bytea");
}

TEST(Dialect, NamesAndTextKeepTheirWords) {
  EXPECT_EQ(translated("CREATE TABLE blobs (my_text bigint, \"text\" bigint DEFAULT 'a blob')"),
            "CREATE TABLE blobs (my_text bigint, \"text\" bigint DEFAULT 'a blob')");
  EXPECT_EQ(translated("SELECT text, blob FROM t"), "SELECT text, blob FROM t");
  EXPECT_EQ(translated("CREATE TABLE t ( -- no blob\n a bigint)"),
            "CREATE TABLE t ( -- no blob\n a bigint)");
}

TEST(Dialect, OnlyDataAndSchemaMayBeSpokenOf) {
  for (const char* sql : {"COMMIT",
                          "rollback",
                          "SET lock_timeout = 0",
                          "BEGIN",
                          "LOCK TABLE t",
                          "LISTEN x",
                          "-- \nCOMMIT",
                          "COPY t FROM STDIN",
                          "DO $$ $$",
                          "",
                          " ; "}) {
    EXPECT_EQ(translated(sql), "refused") << sql;
  }
  EXPECT_EQ(translated(" -- why\n select 1"), " -- why\n select 1");
}

TEST(Dialect, ParametersAreCountedOutsideOfText) {
  EXPECT_EQ(parameters_in("SELECT 1"), 0U);
  EXPECT_EQ(parameters_in("SELECT $2, $10, $1"), 10U);
  EXPECT_EQ(parameters_in("SELECT '$9', \"$8\", $1 -- $7\n, 'it''s $6'"), 1U);
}

}  // namespace
}  // namespace wayleave::db::postgres
