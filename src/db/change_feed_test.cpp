#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "db/database.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::db {
namespace {

const Instant now = from_millis(1'700'000'000'000);

class ChangeFeed : public testing::TestWithParam<DatabaseKind> {
 protected:
  Result<> note(std::string_view key) {
    return db_->write_blocking(
        [&](Transaction& tx) { return note_change(tx, "connection", key, now); });
  }
  std::vector<Change> after(std::int64_t sequence, int limit = 1'000'000) {
    auto changes =
        db_->read_blocking([&](Transaction& tx) { return changes_after(tx, sequence, limit); });
    return changes ? *std::move(changes) : std::vector<Change>();
  }
  std::int64_t last() {
    const auto sequence = db_->read_blocking([](Transaction& tx) { return last_change(tx); });
    return sequence.value_or(-1);
  }
  TemporaryDatabase db_{{}, {}, GetParam()};
};

TEST_P(ChangeFeed, StartsEmpty) {
  EXPECT_EQ(last(), 0);
  EXPECT_TRUE(after(0).empty());
}

TEST_P(ChangeFeed, GivesWhatWasNotedInOrder) {
  ASSERT_TRUE(note("a"));
  ASSERT_TRUE(note("b"));
  ASSERT_TRUE(note("c"));
  const auto changes = after(1);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].sequence, 2);
  EXPECT_EQ(changes[0].topic, "connection");
  EXPECT_EQ(changes[0].key, "b");
  EXPECT_EQ(changes[1].key, "c");
  EXPECT_EQ(after(0, 2).size(), 2U);
  EXPECT_EQ(last(), 3);
}

TEST_P(ChangeFeed, AChangeGoesWithItsTransaction) {
  const auto failed = db_->write_blocking([](Transaction& tx) -> Result<> {
    WL_CHECK(note_change(tx, "key", "lost", now));
    return fail(ErrorKind::Reject, "no", "no");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(last(), 0);
  ASSERT_TRUE(note("kept"));
  EXPECT_EQ(after(0).front().sequence, 1);  // no gap, so that a gap always means trimming
}

// A reader that follows the numbers misses none, whatever writers do meanwhile.
TEST_P(ChangeFeed, NumbersAreDenseAndSeenInOrderUnderManyWriters) {
  constexpr int writers = 4;
  constexpr int each = 100;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([this, writer] {
      for (int i = 0; i < each; ++i) {
        EXPECT_TRUE(note(std::to_string(writer) + ":" + std::to_string(i)));
      }
    });
  }
  std::int64_t position = 0;
  std::set<std::string> keys;
  while (position < writers * each && !HasFailure()) {
    for (const Change& change : after(position, 7)) {
      ASSERT_EQ(change.sequence, position + 1);
      position = change.sequence;
      keys.insert(change.key);
    }
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(keys.size(), static_cast<std::size_t>(writers * each));
}

TEST_P(ChangeFeed, KeepsABoundedNumberOfChanges) {
  // As if 200,999 changes had been noted.
  ASSERT_TRUE(db_->write_blocking([](Transaction& tx) -> Result<> {
    WL_CHECK(tx.execute("UPDATE change_counter SET sequence = 200999"));
    for (const int sequence : {100'999, 101'000, 101'001, 200'999}) {
      WL_CHECK(
          tx.execute("INSERT INTO change_log (sequence, topic, key, at) VALUES ($1, $2, $3, $4)",
                     {sequence, "t", "k", now}));
    }
    return {};
  }));
  ASSERT_TRUE(note("trims"));
  const auto changes = after(0);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes.front().sequence, 101'001);
  EXPECT_EQ(changes.back().sequence, 201'000);
}

INSTANTIATE_TEST_SUITE_P(Drivers,
                         ChangeFeed,
                         testing::Values(DatabaseKind::Sqlite, DatabaseKind::Postgres),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace wayleave::db
