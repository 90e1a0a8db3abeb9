#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "db/database.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::db {
namespace {

constexpr Migration schema{
    .room = "test", .number = 1, .sql = "CREATE TABLE item (id bigint PRIMARY KEY, body blob);\n"};

Result<std::int64_t> insert(Database& database, int id) {
  return database.write_blocking(
      [id](Transaction& tx) { return tx.execute("INSERT INTO item (id) VALUES ($1)", {id}); });
}

std::string refusal(const std::string& url) {
  const auto opened = open(url);
  return opened ? "opened" : opened.error().detail;
}

class Sqlite : public testing::Test {
 protected:
  TemporaryDatabase db_{{schema}, {}, DatabaseKind::Sqlite};
};

TEST_F(Sqlite, FilesAreReadableByTheOwnerOnly) {
  ASSERT_TRUE(insert(*db_, 1));
  for (const char* ending : {"", "-wal", "-shm"}) {
    struct stat found{};
    ASSERT_EQ(::stat((db_.path() + ending).c_str(), &found), 0) << ending;
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << ending;
  }
}

TEST_F(Sqlite, OpeningSaysWhatToDo) {
  const std::string directory = db_.directory().string();
  EXPECT_NE(refusal("sqlite:" + directory + "/none/x.db").find("mkdir -p " + directory + "/none"),
            std::string::npos);
  EXPECT_NE(refusal("sqlite:" + directory).find("is a directory; name a file in it"),
            std::string::npos);
  EXPECT_NE(refusal("sqlite:" + db_.path() + "/x.db").find("is not a directory"),
            std::string::npos);
  EXPECT_NE(refusal("sqlite:/proc/x.db").find("choose another place"), std::string::npos);
  EXPECT_NE(refusal("sqlite:").find("path of a file"), std::string::npos);
  EXPECT_NE(refusal("sqlite::memory:").find("name a file"), std::string::npos);
}

TEST_F(Sqlite, OtherSchemesAreRefusedWithoutShowingPasswords) {
  for (const char* url : {"mysql://u:hunter2@h/d", "hunter2", ""}) {
    EXPECT_EQ(refusal(url).find("hunter2"), std::string::npos) << url;
    EXPECT_NE(refusal(url), "opened") << url;
  }
}

TEST_F(Sqlite, AFileThatIsNoDatabaseIsLeftAlone) {
  const std::string path = (db_.directory() / "notes.txt").string();
  const std::string text(5'000, 'x');
  std::ofstream(path) << text;
  EXPECT_NE(refusal("sqlite:" + path).find("damaged"), std::string::npos);
  std::ifstream again(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(again), {}), text);
}

TEST_F(Sqlite, ALockHeldByAnotherProcessIsAnErrorAfterTheTimeout) {
  auto other = open(db_.url(), {.busy_timeout = Millis{50}});
  ASSERT_TRUE(other);
  std::promise<void> entered;
  std::promise<void> release;
  auto holder = std::async(std::launch::async, [&] {
    return db_->write_blocking([&](Transaction&) -> Result<> {
      entered.set_value();
      release.get_future().wait();
      return {};
    });
  });
  entered.get_future().wait();
  const auto refused = insert(**other, 1);
  release.set_value();
  ASSERT_TRUE(holder.get());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "database_unavailable");
  EXPECT_EQ(refused.error().kind, ErrorKind::Retry);
  EXPECT_TRUE((*other)->state().writable);
  EXPECT_TRUE(insert(**other, 1));
}

// The command line writes while a server is busy: it must get its turn well before its timeout.
TEST_F(Sqlite, AnotherProcessGetsItsTurnBetweenBatches) {
  std::atomic<bool> enough = false;
  std::atomic<int> next = 1'000;
  std::vector<std::thread> busy;
  for (int i = 0; i < 8; ++i) {
    busy.emplace_back([&] {
      while (!enough) EXPECT_TRUE(insert(*db_, next++));
    });
  }
  auto other = open(db_.url());
  ASSERT_TRUE(other);
  for (int id = 0; id < 20; ++id) {
    const auto written = insert(**other, id);
    EXPECT_TRUE(written) << written.error().operator_detail;
  }
  enough = true;
  for (auto& thread : busy) thread.join();
}

// The log is moved into the file as it grows and does not grow with what was ever written.
TEST_F(Sqlite, TheLogStaysBounded) {
  const std::string body(200'000, 'x');
  for (int id = 0; id < 200; ++id) {
    ASSERT_TRUE(db_->write_blocking([&](Transaction& tx) {
      return tx.execute(
          "INSERT INTO item (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE "
          "SET body = excluded.body",
          {id % 3, Blob{body}});
    }));
  }
  struct stat log{};
  ASSERT_EQ(::stat((db_.path() + "-wal").c_str(), &log), 0);
  EXPECT_LT(log.st_size, 10 << 20);  // 40 MB were written
}

}  // namespace
}  // namespace wayleave::db
