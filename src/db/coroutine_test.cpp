#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/secret.hpp"
#include "db/database.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::db {
namespace {

namespace asio = boost::asio;

constexpr Migration schema{
    .room = "test", .number = 1, .sql = "CREATE TABLE item (id bigint PRIMARY KEY);\n"};

struct Tally {
  std::atomic<int> right = 0;
  std::atomic<int> wrong = 0;
  std::atomic<int> elsewhere = 0;  // resumed on a thread that is not the executor's
};

// Even numbers succeed; odd ones violate the key of number 0.
Task<> write_one(Database& database, int number, asio::io_context& context, Tally& tally) {
  auto insert = [number](Transaction& tx) -> Result<std::string> {
    const int id = number % 2 == 0 ? number : 0;
    WL_CHECK(tx.execute("INSERT INTO item (id) VALUES ($1)", {id}));
    return std::to_string(number);
  };
  const Result<std::string> written = co_await database.write(std::move(insert));
  if (!context.get_executor().running_in_this_thread()) ++tally.elsewhere;
  const bool expected = number % 2 == 0 ? written && *written == std::to_string(number)
                                        : !written && written.error().code == "conflict";
  ++(expected ? tally.right : tally.wrong);
}

class Coroutines : public testing::TestWithParam<DatabaseKind> {
 protected:
  void run_on_threads(int threads) {
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) workers.emplace_back([this] { context_.run(); });
    for (auto& worker : workers) worker.join();
  }
  static auto rethrow() {
    return [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    };
  }

  asio::io_context context_;  // first: executors outlive the database
  TemporaryDatabase db_{{schema}, {}, GetParam()};
};

TEST_P(Coroutines, AThousandWritersShareCommitsAndEachSucceedsOrFailsAlone) {
  ASSERT_TRUE(db_->write_blocking(
      [](Transaction& tx) { return tx.execute("INSERT INTO item (id) VALUES (0)"); }));
  const Database::State before = db_->state();
  constexpr int writers = 1'000;
  Tally tally;
  for (int number = 2; number < writers + 2; ++number) {
    asio::co_spawn(context_, write_one(*db_, number, context_, tally), rethrow());
  }
  run_on_threads(4);
  EXPECT_EQ(tally.right, writers);
  EXPECT_EQ(tally.wrong, 0);
  EXPECT_EQ(tally.elsewhere, 0);
  const Database::State after = db_->state();
  const auto commits = after.commits - before.commits;
  EXPECT_EQ(after.writes - before.writes, static_cast<std::uint64_t>(writers));
  EXPECT_LT(commits, writers / 10U) << "callers did not share commits";
  RecordProperty("commits", static_cast<int>(commits));
  const auto rows =
      db_->read_blocking([](Transaction& tx) { return tx.query_one("SELECT count(*) FROM item"); });
  ASSERT_TRUE(rows);
  EXPECT_EQ((**rows)[0].integer(), writers / 2 + 1);
}

Task<> write_then_read(Database& database, int number, Tally& tally) {
  auto insert = [number](Transaction& tx) {
    return tx.execute("INSERT INTO item (id) VALUES ($1)", {number});
  };
  const Result<std::int64_t> written = co_await database.write(std::move(insert));
  auto look = [number](Transaction& tx) {
    return tx.query_one("SELECT id FROM item WHERE id = $1", {number});
  };
  const Result<std::optional<Row>> found = co_await database.read(std::move(look));
  ++(written && found && *found ? tally.right : tally.wrong);
}

TEST_P(Coroutines, AWriteIsReadableOnceItReturned) {
  Tally tally;
  for (int number = 0; number < 200; ++number) {
    asio::co_spawn(context_, write_then_read(*db_, number, tally), rethrow());
  }
  run_on_threads(3);
  EXPECT_EQ(tally.right, 200);
}

Task<Result<SecretString>> carry_secret(Database& database) {
  auto secret = SecretString("move-only");
  auto work = [held = std::move(secret)](Transaction&) mutable -> Result<SecretString> {
    return held.clone();
  };
  co_return co_await database.write(std::move(work));
}

TEST_P(Coroutines, FunctionsAndResultsMayBeMoveOnly) {
  auto done = asio::co_spawn(context_, carry_secret(*db_), asio::use_future);
  context_.run();
  const auto secret = done.get();
  ASSERT_TRUE(secret);
  secret->expose([](std::string_view text) { EXPECT_EQ(text, "move-only"); });
}

// The database goes first, the executor after it, and nobody runs what was posted.
TEST_P(Coroutines, ClosingFinishesWhatWasSubmitted) {
  Tally tally;
  for (int number = 0; number < 100; ++number) {
    asio::co_spawn(context_, write_one(*db_, number * 2, context_, tally), rethrow());
  }
  context_.poll();  // submits, and may take some answers
  db_.reopen();
  const auto rows =
      db_->read_blocking([](Transaction& tx) { return tx.query_one("SELECT count(*) FROM item"); });
  ASSERT_TRUE(rows);
  EXPECT_EQ((**rows)[0].integer(), 100);
}

// A caller that asks more than the queue holds is told so and nothing is lost or hung.
TEST_P(Coroutines, AFullQueueIsALimitError) {
  std::promise<void> release;
  std::promise<void> entered;
  auto blocker = std::async(std::launch::async, [&] {
    return db_->write_blocking([&](Transaction&) -> Result<> {
      entered.set_value();
      release.get_future().wait();
      return {};
    });
  });
  entered.get_future().wait();
  constexpr int callers = 5'000;
  std::atomic<int> limited = 0;
  std::atomic<int> done = 0;
  for (int number = 0; number < callers; ++number) {
    auto work = [](Transaction&) -> Result<> { return {}; };
    asio::co_spawn(
        context_, db_->write(std::move(work)), [&](std::exception_ptr, const Result<>& outcome) {
          if (!outcome && outcome.error().kind == ErrorKind::Limit &&
              outcome.error().code == "database_busy") {
            ++limited;
          }
          ++done;
        });
  }
  context_.poll();
  EXPECT_GT(limited, 0);
  release.set_value();
  context_.run();
  EXPECT_TRUE(blocker.get());
  EXPECT_EQ(done, callers);
  EXPECT_EQ(limited, callers - 4'096);
}

INSTANTIATE_TEST_SUITE_P(Drivers,
                         Coroutines,
                         testing::Values(DatabaseKind::Sqlite, DatabaseKind::Postgres),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace wayleave::db
