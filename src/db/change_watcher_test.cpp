#include "db/change_watcher.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "db/temporary_database.hpp"

namespace wayleave::db {
namespace {

using namespace std::chrono_literals;

const Instant now = from_millis(1'700'000'000'000);

/// Collects what the watcher says and lets a test wait for it.
class Ear {
 public:
  void hear(const Change& change) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(change.topic + ":" + change.key);
    changed_.notify_all();
  }
  /// What was heard once there are `count`, or after a time no sane run needs.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return heard_.size() >= count; });
    return heard_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> heard_;
};

class Watching : public testing::TestWithParam<DatabaseKind> {
 protected:
  void watch(Millis interval) {
    watcher_.emplace(*db_, log_, interval);
    watcher_->subscribe([this](const Change& change) { ear_.hear(change); });
    watcher_->start();
  }
  static Result<> note(Database& database, std::string_view key) {
    return database.write_blocking(
        [&](Transaction& tx) { return note_change(tx, "app", key, now); });
  }

  TemporaryDatabase db_{{}, {}, GetParam()};
  Log log_{Log::Level::Off};
  Ear ear_;
  std::optional<ChangeWatcher> watcher_;
};

// AK-04: what the command line revokes is heard by the server within a second.
TEST_P(Watching, HearsAnotherProcessWithinASecond) {
  watch(Millis{250});
  auto other = open(db_.url());
  ASSERT_TRUE(other);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(note(**other, "x"));
  EXPECT_EQ(ear_.wait_for(1), std::vector<std::string>{"app:x"});
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
}

TEST_P(Watching, HearsAtOnceWhenNudged) {
  watch(Millis{3'600'000});
  ASSERT_TRUE(note(*db_, "x"));
  watcher_->nudge();
  EXPECT_EQ(ear_.wait_for(1), std::vector<std::string>{"app:x"});
}

TEST_P(Watching, ChangesBeforeTheStartAreNotTold) {
  ASSERT_TRUE(note(*db_, "before"));
  watch(Millis{10});
  ASSERT_TRUE(note(*db_, "after"));
  EXPECT_EQ(ear_.wait_for(1), std::vector<std::string>{"app:after"});
}

TEST_P(Watching, ManyChangesComeWholeAndInOrder) {
  watch(Millis{10});
  std::vector<std::string> expected;
  for (int i = 0; i < 2'500; ++i) expected.push_back("app:" + std::to_string(i));
  ASSERT_TRUE(db_->write_blocking([](Transaction& tx) -> Result<> {
    for (int i = 0; i < 2'500; ++i) {
      WL_CHECK(note_change(tx, "app", std::to_string(i), now));
    }
    return {};
  }));
  EXPECT_EQ(ear_.wait_for(expected.size()), expected);
}

TEST_P(Watching, TrimmedChangesBecomeEverything) {
  watch(Millis{3'600'000});
  // In one transaction: a driver that tells of changes would have them heard in between.
  ASSERT_TRUE(db_->write_blocking([](Transaction& tx) -> Result<> {
    WL_CHECK(note_change(tx, "app", "a", now));
    WL_CHECK(note_change(tx, "app", "b", now));
    WL_CHECK(tx.execute("DELETE FROM change_log WHERE sequence <= 1"));
    return {};
  }));
  watcher_->nudge();
  EXPECT_EQ(ear_.wait_for(1), std::vector<std::string>{"*:"});
  ASSERT_TRUE(note(*db_, "c"));
  watcher_->nudge();
  EXPECT_EQ(ear_.wait_for(2), (std::vector<std::string>{"*:", "app:c"}));
}

TEST_P(Watching, ARestoredBackupBecomesEverything) {
  ASSERT_TRUE(note(*db_, "a"));
  watch(Millis{3'600'000});
  ASSERT_TRUE(db_->write_blocking([](Transaction& tx) -> Result<> {
    WL_CHECK(tx.execute("DELETE FROM change_log"));
    WL_CHECK(tx.execute("UPDATE change_counter SET sequence = 0"));
    return {};
  }));
  watcher_->nudge();
  EXPECT_EQ(ear_.wait_for(1), std::vector<std::string>{"*:"});
}

TEST_P(Watching, AnUnreadableFeedAtTheStartBecomesEverythingLater) {
  ASSERT_TRUE(db_->write_blocking(
      [](Transaction& tx) { return tx.execute("ALTER TABLE change_counter RENAME TO away"); }));
  watch(Millis{10});
  ASSERT_TRUE(db_->write_blocking(
      [](Transaction& tx) { return tx.execute("ALTER TABLE away RENAME TO change_counter"); }));
  EXPECT_EQ(ear_.wait_for(1), std::vector<std::string>{"*:"});
}

TEST_P(Watching, StopsAtOnceAndTwice) {
  watch(Millis{3'600'000});
  const auto began = std::chrono::steady_clock::now();
  watcher_->stop();
  watcher_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

INSTANTIATE_TEST_SUITE_P(Drivers,
                         Watching,
                         testing::Values(DatabaseKind::Sqlite, DatabaseKind::Postgres),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace wayleave::db
