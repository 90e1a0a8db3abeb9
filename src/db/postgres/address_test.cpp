#include "db/postgres/address.hpp"

#include <gtest/gtest.h>

#include "db/database.hpp"
#include "db/postgres/error.hpp"

namespace wayleave::db::postgres {
namespace {

std::string place(const std::string& url) {
  const auto address = Address::parse(url);
  return address ? address->place() + " " + address->database() : address.error().detail;
}

TEST(Address, SaysWhereTheServerIs) {
  EXPECT_EQ(place("postgres://u:p@db.example/wayleave"), "db.example:5432 wayleave");
  EXPECT_EQ(place("postgresql://u@10.0.0.1:6000/x?sslmode=verify-full"), "10.0.0.1:6000 x");
  EXPECT_EQ(place("postgres://u:a?b=c:1@h/d"), "h:5432 d");
  EXPECT_EQ(place("postgres://[::1]:6000/x"), "::1:6000 x");
  EXPECT_EQ(place("postgres://a,b:6000/x"), "a:5432, b:6000 x");
  EXPECT_EQ(place("postgres://u@%2Frun%2Fpostgresql/x"), "/run/postgresql:5432 x");
  EXPECT_EQ(place("postgres:///x?host=/run/postgresql"), "/run/postgresql:5432 x");
}

TEST(Address, KnowsWhatStaysOnTheMachine) {
  for (const char* url : {"postgres:///x",
                          "postgres://localhost/x",
                          "postgres://127.0.0.1/x",
                          "postgres://u@%2Frun%2Fpostgresql/x",
                          "postgres://[::1]/x"}) {
    EXPECT_TRUE(Address::parse(url)->local()) << url;
  }
  for (const char* url :
       {"postgres://db/x", "postgres://localhost,db/x", "postgres://10.0.0.1/x"}) {
    EXPECT_FALSE(Address::parse(url)->local()) << url;
  }
}

// libpq's own messages repeat parts of a URL; a stray character makes them parts of the password.
TEST(Address, NoRefusalShowsAPassword) {
  for (const char* url : {"postgres://u:hunter2@h",
                          "postgres://u:hunter2/x@h/d",
                          "postgres://u:x/hunter2@h/d",
                          "postgres://u:hunter2@x@h/d",
                          "postgres://u:x@hunter2@h/d",
                          "postgres://u:hunter2#@h/d",
                          "postgres://u:x:hunter2@h/d?nonsense=1",
                          "postgres://u:hunter2@h/d?hunter2=1",
                          "postgres://u:hunter2%zz@h/d",
                          "postgres://u:hunter2@h:hunter2/d",
                          "postgres://u:x@h:99999/hunter2",
                          "postgres://u:x@h$hunter2/d"}) {
    const auto address = Address::parse(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().kind, ErrorKind::Reject);
    EXPECT_EQ((address.error().detail + address.error().operator_detail).find("hunter2"),
              std::string::npos)
        << url << ": " << address.error().detail;
  }
}

TEST(Address, OpeningNothingSaysWhereAndNotWithWhat) {
  const auto opened = open("postgres://user:hunter2@127.0.0.1:1/wayleave");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::Retry);
  EXPECT_NE(opened.error().detail.find("cannot reach PostgreSQL at 127.0.0.1:1"),
            std::string::npos);
  EXPECT_EQ((opened.error().detail + opened.error().operator_detail).find("hunter2"),
            std::string::npos);
}

TEST(SqlState, IsFoundInAMessage) {
  EXPECT_EQ(
      sqlstate_in("connection to server on socket \"/x/.s.PGSQL.5432\" failed: FATAL:  3D000: "
                  "database \"x\" does not exist\nLOCATION:  InitPostgres, postinit.c:885"),
      "3D000");
  EXPECT_EQ(sqlstate_in("connection to server at \"h\", port 1 failed: Connection refused"), "");
  EXPECT_EQ(sqlstate_in("FATAL: password"), "");
}

}  // namespace
}  // namespace wayleave::db::postgres
