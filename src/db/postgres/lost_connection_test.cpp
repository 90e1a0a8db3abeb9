// A PostgreSQL that goes away, comes back, stands still or answers late: nothing that was
// acknowledged is lost, nothing is done twice, nobody waits for ever.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "db/database.hpp"
#include "db/testing/postgres_server.hpp"

namespace wayleave::db::postgres {
namespace {

using namespace std::chrono_literals;
using testing::PostgresServer;

constexpr Migration schema{
    .room = "test",
    .number = 1,
    .sql = "CREATE TABLE item (id bigint PRIMARY KEY, times bigint NOT NULL);\n"};

Result<std::int64_t> insert(Database& database, std::int64_t id) {
  return database.write_blocking([id](Transaction& tx) {
    return tx.execute("INSERT INTO item (id, times) VALUES ($1, 1)", {id});
  });
}

Result<std::set<std::int64_t>> ids(Database& database) {
  return database.read_blocking([](Transaction& tx) -> Result<std::set<std::int64_t>> {
    WL_TRY(const Rows rows, tx.query("SELECT id FROM item"));
    std::set<std::int64_t> found;
    for (const Row& row : rows) found.insert(row[0].integer());
    return found;
  });
}

template <class Check>
::testing::AssertionResult eventually(Check check) {
  const auto last = std::chrono::steady_clock::now() + 20s;
  while (!check()) {
    if (std::chrono::steady_clock::now() > last) return ::testing::AssertionFailure();
    std::this_thread::sleep_for(10ms);
  }
  return ::testing::AssertionSuccess();
}

/// One server for all these tests; each restarts it as it likes and leaves it running.
class LostConnection : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<PostgresServer>(); }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    name_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    testing::postgres_command(server_->url(), "CREATE DATABASE \"" + name_ + "\"");
    database_ = open_one();
    auto all = migrations();
    all.push_back(schema);
    ASSERT_TRUE(database_->migrate(all));
  }

  std::unique_ptr<Database> open_one(OpenOptions options = {}) {
    auto opened = open(server_->url(name_), options);
    if (!opened) throw std::runtime_error(opened.error().detail + opened.error().operator_detail);
    return *std::move(opened);
  }
  std::string ask(const std::string& sql) {
    return testing::postgres_command(server_->url(name_), sql);
  }
  /// Ends all sessions of the program, as an administrator may.
  void end_sessions() {
    ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = 'wayleave'");
  }

  /// Commits wait for a standby that does not exist: they are done, and nobody is told.
  void hold_commits() {
    ask("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    ask("SELECT pg_reload_conf()");
  }
  void release_commits() {
    ask("ALTER SYSTEM RESET synchronous_standby_names");
    ask("SELECT pg_reload_conf()");
  }
  /// A write that waits in its commit; it is that of `last_id_`. The server takes its time to hear
  /// of the new setting, so the first ones may go through.
  std::future<Result<std::int64_t>> write_that_hangs() {
    while (true) {
      auto writing = std::async(std::launch::async,
                                [this, id = ++last_id_] { return insert(*database_, id); });
      const auto hangs = [&] {
        return ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1";
      };
      const auto over = [&] { return writing.wait_for(0s) == std::future_status::ready; };
      EXPECT_TRUE(eventually([&] { return over() || hangs(); }));
      if (!over()) return writing;
    }
  }

  static std::unique_ptr<PostgresServer> server_;
  std::int64_t last_id_ = 0;
  std::string name_;
  std::unique_ptr<Database> database_;
};
std::unique_ptr<PostgresServer> LostConnection::server_;

TEST_F(LostConnection, ARestartIsNoErrorForAnybody) {
  constexpr int writers = 6;
  std::atomic<bool> enough = false;
  std::atomic<int> next = 0;
  std::atomic<int> open = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      while (!enough) {
        const auto written = insert(*database_, next++);
        if (written) continue;
        // After a crash, and only then, the outcome of a commit may stay open.
        EXPECT_NE(written.error().detail.find("may have been kept"), std::string::npos)
            << written.error().operator_detail;
        ++open;
      }
    });
    threads.emplace_back([&] {
      while (!enough) {
        const auto read = ids(*database_);
        EXPECT_TRUE(read) << read.error().operator_detail;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    const int before = next;
    EXPECT_TRUE(eventually([&] { return next > before + 30; }));
    round == 1 ? server_->crash() : server_->stop();
    server_->start();
  }
  const int before = next;
  EXPECT_TRUE(eventually([&] { return next > before + 30; }));
  enough = true;
  for (auto& thread : threads) thread.join();
  // Each was told of success, and each is there once (a second time would have been a conflict).
  EXPECT_LE(ids(*database_)->size(), static_cast<std::size_t>(next));
  EXPECT_GE(ids(*database_)->size(), static_cast<std::size_t>(next - open));
  EXPECT_LE(open, writers);
}

// The answer to a COMMIT is lost: what became of it is found out, not guessed.
TEST_F(LostConnection, EndedSessionsNeitherLoseNorDoubleAWrite) {
  std::atomic<bool> enough = false;
  std::atomic<std::int64_t> told = 0;
  ASSERT_TRUE(insert(*database_, 0));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!enough) {
        const auto done = database_->write_blocking([](Transaction& tx) {
          return tx.execute("UPDATE item SET times = times + 1 WHERE id = 0");
        });
        EXPECT_TRUE(done) << done.error().detail << done.error().operator_detail;
        if (done) ++told;
      }
    });
  }
  for (int round = 0; round < 150; ++round) {
    const auto before = told.load();
    EXPECT_TRUE(eventually([&] { return told > before; }));
    end_sessions();
  }
  enough = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ask("SELECT times FROM item"), std::to_string(told + 1));
}

TEST_F(LostConnection, ACommitWhoseAnswerWasLostIsKnownToBeKept) {
  hold_commits();
  auto writing = write_that_hangs();
  end_sessions();
  const auto outcome = writing.get();
  EXPECT_TRUE(outcome) << outcome.error().detail << outcome.error().operator_detail;
  EXPECT_TRUE(ids(*database_)->contains(last_id_));
  release_commits();
}

TEST_F(LostConnection, ACommitThatCannotBeAskedForIsSaidToBeOpen) {
  database_ = open_one({.busy_timeout = Millis{100}});
  hold_commits();
  auto writing = write_that_hangs();
  server_->stop();
  const auto outcome = writing.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::Retry);
  EXPECT_NE(outcome.error().detail.find("may have been kept"), std::string::npos);
  server_->start();
  release_commits();
}

TEST_F(LostConnection, WhileTheServerIsAwayWritesFailSoonAndThenWorkAgain) {
  database_ = open_one({.busy_timeout = Millis{200}});
  server_->stop();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    const auto refused = insert(*database_, i);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "database_unavailable");
    EXPECT_EQ(refused.error().kind, ErrorKind::Retry);
    EXPECT_FALSE(ids(*database_));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s) << "each caller waited anew";
  EXPECT_FALSE(database_->state().writable);
  server_->start();
  // By itself: nobody has to write for it.
  EXPECT_TRUE(eventually([&] { return database_->state().writable; }));
  EXPECT_TRUE(insert(*database_, 7));
  EXPECT_EQ(*ids(*database_), std::set<std::int64_t>{7});
}

TEST_F(LostConnection, AServerThatStandsStillCostsBoundedTime) {
  database_ = open_one({.busy_timeout = Millis{100}});
  ASSERT_TRUE(insert(*database_, 1));
  server_->freeze();
  auto reading = std::async(std::launch::async, [&] { return ids(*database_); });
  const auto refused = insert(*database_, 2);
  const auto read = reading.get();
  server_->thaw();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Retry);
  EXPECT_FALSE(read);
  EXPECT_TRUE(eventually([&] { return insert(*database_, 3).has_value(); }));
}

// A replica that froze in the middle of a write holds up the others for a few seconds only, and
// what it had begun is gone when it wakes up (TK-12).
TEST_F(LostConnection, AFunctionThatStopsInTheMiddleLosesItsTransaction) {
  auto other = open_one();
  std::promise<void> entered;
  std::promise<void> release;
  std::atomic<int> runs = 0;
  auto frozen = std::async(std::launch::async, [&] {
    return database_->write_blocking([&](Transaction& tx) -> Result<std::int64_t> {
      WL_CHECK(tx.execute("UPDATE item SET times = 100 WHERE id = 1"));
      if (++runs == 1) {
        entered.set_value();
        release.get_future().wait();
      }
      WL_TRY(const auto row, tx.query_one("SELECT times FROM item WHERE id = 1"));
      if (row && row->front().integer() != 100) return internal("wrote what others had not left");
      return tx.execute("INSERT INTO item (id, times) VALUES (2, 1)");
    });
  });
  entered.get_future().wait();
  const auto written = insert(*other, 1);
  EXPECT_TRUE(written) << written.error().operator_detail;
  release.set_value();
  // Run again from the beginning, on what the other one wrote.
  const auto outcome = frozen.get();
  EXPECT_TRUE(outcome) << outcome.error().operator_detail;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(ask("SELECT times FROM item WHERE id = 1"), "100");
}

TEST_F(LostConnection, AFullDiskIsAnErrorThatPasses) {
  ask("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE SQLSTATE '53100' USING MESSAGE = 'No space left on device'; END $$");
  ask("CREATE TRIGGER full_disk BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION full_disk()");
  const auto refused = insert(*database_, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "database_full");
  EXPECT_EQ(refused.error().kind, ErrorKind::Retry);
  EXPECT_TRUE(database_->state().writable);
  ask("DROP TRIGGER full_disk ON item");
  EXPECT_TRUE(insert(*database_, 1));
}

TEST_F(LostConnection, AConflictOfTransactionsRunsTheFunctionAgain) {
  ask("CREATE SEQUENCE tries");  // not rolled back
  ask("CREATE FUNCTION unlucky() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF nextval('tries') = 1 THEN RAISE SQLSTATE '40001'; END IF; RETURN NEW; END $$");
  ask("CREATE TRIGGER unlucky BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION unlucky()");
  const auto written = insert(*database_, 1);
  EXPECT_TRUE(written) << written.error().operator_detail;
  EXPECT_EQ(ask("SELECT last_value FROM tries"), "2");
}

TEST_F(LostConnection, NoSessionStaysInATransaction) {
  ASSERT_TRUE(insert(*database_, 1));
  ASSERT_FALSE(insert(*database_, 1));
  ASSERT_TRUE(ids(*database_));
  ASSERT_FALSE(
      database_->read_blocking([](Transaction& tx) { return tx.query("SELECT nothing"); }));
  EXPECT_TRUE(eventually([&] {
    return ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'wayleave' AND "
               "datname = current_database() AND state <> 'idle'") == "0";
  }));
}

TEST_F(LostConnection, AListenerHearsAtOnceAndAgainAfterARestart) {
  auto other = open_one();
  std::atomic<int> heard = 0;
  database_->listen([&] { ++heard; });
  EXPECT_TRUE(eventually([&] { return heard == 1; })) << "it may have missed something before";
  const auto note = [](Transaction& tx) { return note_change(tx, "app", "a", from_millis(1)); };
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(other->write_blocking(note));
  EXPECT_TRUE(eventually([&] { return heard == 2; }));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  ASSERT_TRUE(insert(*other, 1));  // no change was noted
  server_->stop();
  server_->start();
  EXPECT_TRUE(eventually([&] { return heard == 3; }));
  ASSERT_TRUE(other->write_blocking(note));
  EXPECT_TRUE(eventually([&] { return heard == 4; }));
  database_->listen({});
  ASSERT_TRUE(other->write_blocking(note));
  EXPECT_EQ(heard, 4);
}

}  // namespace
}  // namespace wayleave::db::postgres
