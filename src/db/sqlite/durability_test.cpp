// What was acknowledged survives (OP-01), a disk that failed is not trusted (OP-02), and a full
// disk harms nothing (OP-03).

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <future>
#include <iostream>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "db/database.hpp"
#include "db/sqlite/numbered_rows.hpp"
#include "db/sqlite/test_disk.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::db::sqlite {
namespace {

using Operation = TestDisk::Operation;

std::uint64_t new_seed() {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  return seed;
}

TEST(PowerCut, EveryAcknowledgedWriteSurvivesACutAtAnyMoment) {
  constexpr int cuts_max = 120;
  constexpr int threads_count = 4;
  constexpr int writes_each = 150;
  SeededRandom chance(new_seed());
  TestDisk disk;
  TemporaryDatabase db({numbered_rows_schema}, {}, DatabaseKind::Sqlite);
  struct Cut {
    std::filesystem::path directory;
    std::set<std::int64_t> acknowledged;
  };
  std::vector<Cut> cuts;
  std::mutex mutex;
  std::set<std::int64_t> acknowledged;
  disk.set_judge([&](Operation) {
    if (chance.below(30) != 0 || cuts.size() >= cuts_max) return SQLITE_OK;
    Cut cut{db.directory() / ("cut" + std::to_string(cuts.size())), {}};
    {
      const std::lock_guard lock(mutex);
      cut.acknowledged = acknowledged;
    }
    disk.leave_after_power_cut(cut.directory, chance);
    cuts.push_back(std::move(cut));
    return SQLITE_OK;
  });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < threads_count; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < writes_each; ++i) {
        const std::int64_t number = thread * writes_each + i;
        ASSERT_TRUE(write_numbered_row(*db, number));
        const std::lock_guard lock(mutex);
        acknowledged.insert(number);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  disk.set_judge(nullptr);
  EXPECT_GE(cuts.size(), 30U);
  for (const Cut& cut : cuts) {
    expect_sound(cut.directory / "test.db", cut.acknowledged);
    if (testing::Test::HasFailure()) break;
  }
}

// Each write, truncation and sync in turn fails once, with what a real disk answers.
TEST(FailingDisk, AFailureOfAnyOperationLosesNothingAcknowledged) {
  int failing = 0;
  for (bool reached = true; reached; ++failing) {
    TestDisk disk;
    TemporaryDatabase db({numbered_rows_schema}, {}, DatabaseKind::Sqlite);
    std::set<std::int64_t> acknowledged;
    int operation = 0;
    reached = false;
    disk.set_judge([&](Operation kind) {
      if (operation++ != failing) return SQLITE_OK;
      reached = true;
      if (kind == Operation::Sync) return SQLITE_IOERR_FSYNC;
      return failing % 2 == 0 ? SQLITE_IOERR_WRITE : SQLITE_FULL;
    });
    for (std::int64_t number = 0; number < 8; ++number) {
      if (write_numbered_row(*db, number)) acknowledged.insert(number);
    }
    db.close();
    disk.set_judge(nullptr);
    expect_sound(db.path(), acknowledged);
    db.reopen();
    EXPECT_TRUE(write_numbered_row(*db, 100)) << "operation " << failing;
  }
  EXPECT_GT(failing, 20);
}

// OP-02: fsync is not tried again as if nothing had happened.
TEST(FailingDisk, AFailedSyncStopsWritesUntilReopened) {
  TestDisk disk;
  testing::internal::CaptureStderr();
  Log log;
  TemporaryDatabase db({numbered_rows_schema}, {.log = &log}, DatabaseKind::Sqlite);
  ASSERT_TRUE(write_numbered_row(*db, 1));
  int syncs = 0;
  disk.set_judge([&](Operation kind) {
    if (kind != Operation::Sync) return SQLITE_OK;
    return ++syncs == 1 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  });
  const auto failed = write_numbered_row(*db, 2);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "database_unavailable");
  EXPECT_FALSE(db->state().writable);
  for (int number = 3; number < 6; ++number) {
    const auto refused = write_numbered_row(*db, number);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("restarted"), std::string::npos);
  }
  EXPECT_EQ(syncs, 1);
  EXPECT_TRUE(numbered_rows(*db)->contains(1)) << "reads go on";
  db.close();
  EXPECT_EQ(syncs, 1) << "closing must not sync either";
  disk.set_judge(nullptr);
  const std::string alarm = testing::internal::GetCapturedStderr();
  EXPECT_NE(alarm.find("database.writes_stopped"), std::string::npos);
  EXPECT_EQ(alarm.find("database.writes_stopped"), alarm.rfind("database.writes_stopped"));
  db.reopen();
  EXPECT_TRUE(db->state().writable);
  EXPECT_TRUE(numbered_rows(*db)->contains(1));
  EXPECT_FALSE(numbered_rows(*db)->contains(3));
  EXPECT_TRUE(write_numbered_row(*db, 6));
}

// TK-06, OP-03: nothing is lost, and work goes on by itself once there is space again.
TEST(FullDisk, IsAnErrorThatPasses) {
  TestDisk disk;
  TemporaryDatabase db({numbered_rows_schema}, {}, DatabaseKind::Sqlite);
  ASSERT_TRUE(write_numbered_row(*db, 1));
  disk.set_judge([](Operation kind) { return kind == Operation::Sync ? SQLITE_OK : SQLITE_FULL; });
  for (int number = 2; number < 5; ++number) {
    const auto refused = write_numbered_row(*db, number);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "database_full");
    EXPECT_EQ(refused.error().kind, ErrorKind::Retry);
  }
  EXPECT_TRUE(db->state().writable);
  disk.set_judge(nullptr);
  EXPECT_TRUE(write_numbered_row(*db, 5));
  EXPECT_EQ(*numbered_rows(*db), (std::set<std::int64_t>{1, 5}));
}

// A caller whose value is too large does not take its neighbours with it.
TEST(TooLargeValue, OthersOfTheSameBatchSucceed) {
  TemporaryDatabase db({numbered_rows_schema}, {}, DatabaseKind::Sqlite);
  std::promise<void> entered;
  std::promise<void> release;
  std::vector<std::future<Result<>>> callers;
  callers.push_back(std::async(std::launch::async, [&] {
    return db->write_blocking([&](Transaction&) -> Result<> {
      entered.set_value();
      release.get_future().wait();
      return {};
    });
  }));
  entered.get_future().wait();
  for (int number = 0; number < 6; ++number) {
    callers.push_back(std::async(std::launch::async, [&db, number] {
      return write_numbered_row(*db, number, number == 3 ? 65 << 20 : 10);
    }));
  }
  release.set_value();
  ASSERT_TRUE(callers[0].get());
  for (int number = 0; number < 6; ++number) {
    EXPECT_EQ(callers[static_cast<std::size_t>(number) + 1].get().has_value(), number != 3);
  }
}

}  // namespace
}  // namespace wayleave::db::sqlite
