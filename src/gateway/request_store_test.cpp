#include "gateway/request_store.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "db/temporary_database.hpp"

namespace wayleave::gateway {
namespace {

class RequestStoreTest : public testing::Test {
 protected:
  explicit RequestStoreTest(db::DatabaseKind kind = db::kind_of_tests())
      : database_(migrations(), {}, kind) {}
  static DatedRequest request(Instant ended, const std::string& path, std::uint16_t status = 200) {
    RequestRecord record;
    record.facts.status = status;
    record.facts.duration_ms = status == 200 ? 3 : 3'000;
    record[RequestText::Workspace] = "default";
    record[RequestText::App] = "hbdev";
    record[RequestText::User] = "user";
    record[RequestText::Connection] = "con_1";
    record[RequestText::Method] = "GET";
    record[RequestText::Path] = path;
    record[RequestText::RequestId] = path;
    if (status >= 500) record[RequestText::Code] = "unavailable";
    return {ended, OwnedRequest(record)};
  }
  void store(const std::vector<DatedRequest>& requests) {
    auto work = [&](db::Transaction& tx) { return store_requests(tx, requests); };
    ASSERT_TRUE(database_->write_blocking(std::move(work)));
  }
  std::vector<std::string> paths(const RequestFilter& filter) {
    auto work = [filter](db::Transaction& tx) {
      return list_requests(tx, WorkspaceId("default"), filter);
    };
    std::vector<std::string> found;
    const auto listed = database_->read_blocking(std::move(work));
    EXPECT_TRUE(listed);
    if (!listed) return found;
    for (const StoredRequest& each : listed->requests) {
      found.push_back(each.path);
      last_id_ = each.id;
    }
    return found;
  }
  std::int64_t prune(Instant oldest, std::int64_t rows_max, std::int64_t limit) {
    auto due = [=](db::Transaction& tx) { return needs_pruning(tx, oldest, rows_max); };
    auto work = [=](db::Transaction& tx) { return prune_requests(tx, oldest, rows_max, limit); };
    const bool needed = database_->read_blocking(std::move(due)).value_or(false);
    const std::int64_t deleted = database_->write_blocking(std::move(work)).value_or(-1);
    EXPECT_EQ(needed, deleted > 0);
    return deleted;
  }
  std::string plan(const RequestFilter& filter) {
    auto work = [filter](db::Transaction& tx) {
      Query query = requests_query(WorkspaceId("default"), filter);
      return tx.query("EXPLAIN QUERY PLAN " + query.sql, std::move(query.params));
    };
    std::string text;
    const auto rows = database_->read_blocking(std::move(work));
    EXPECT_TRUE(rows);
    for (const db::Row& row : rows.value_or(db::Rows{})) text += row.at(3).text() + "; ";
    return text;
  }
  using Paths = std::vector<std::string>;

  db::TemporaryDatabase database_;
  const Instant start_ = from_millis(1'700'000'000'000);
  std::int64_t last_id_ = 0;
};

TEST_F(RequestStoreTest, StoresAnyNumberOfCallsEachWithItsOwn) {
  constexpr int kCounts[] = {1, 24, 25, 26, 51, 250};
  int numbers = 0;
  for (const int count : kCounts) {
    std::vector<DatedRequest> calls;
    for (int i = 0; i < count; ++i) {
      const int number = ++numbers;
      const auto status = static_cast<std::uint16_t>(number % 2 == 0 ? 200 : 503);
      calls.push_back(request(start_, "/" + std::to_string(number), status));
    }
    store(calls);
  }
  RequestFilter filter;
  filter.limit = 1'000;
  Paths expected;
  Paths failed;
  for (int number = numbers; number > 0; --number) {
    expected.push_back("/" + std::to_string(number));
    if (number % 2 != 0) failed.push_back(expected.back());
  }
  EXPECT_EQ(paths(filter), expected);
  filter.code = "unavailable";
  EXPECT_EQ(paths(filter), failed);
}

TEST_F(RequestStoreTest, CallsOfOneMillisecondKeepTheirOrderAcrossBatchesAndPages) {
  store({request(start_, "/1"), request(start_, "/2")});
  store({request(start_, "/3"), request(start_ + Millis{1}, "/4")});
  RequestFilter filter;
  filter.limit = 2;
  EXPECT_EQ(paths(filter), (Paths{"/4", "/3"}));
  filter.before_id = last_id_;
  EXPECT_EQ(paths(filter), (Paths{"/2", "/1"}));
  filter.before_id = last_id_;
  EXPECT_EQ(paths(filter), Paths{});
}

TEST_F(RequestStoreTest, SinceIsIncludedAndUntilIsNot) {
  for (int i = 0; i < 4; ++i) store({request(start_ + Millis{i}, "/" + std::to_string(i))});
  RequestFilter filter;
  filter.since = start_ + Millis{1};
  filter.until = start_ + Millis{3};
  EXPECT_EQ(paths(filter), (Paths{"/2", "/1"}));
}

TEST_F(RequestStoreTest, PruningTakesTheOldestAndNoMoreThanItMay) {
  for (int i = 0; i < 10; ++i) store({request(start_ + Millis{i}, "/" + std::to_string(i))});
  EXPECT_EQ(prune(start_, 10, 100), 0);
  EXPECT_EQ(prune(start_, 7, 2), 2);
  EXPECT_EQ(prune(start_, 7, 2), 1);
  EXPECT_EQ(prune(start_, 7, 2), 0);
  EXPECT_EQ(prune(start_ + Millis{9}, 7, 100), 6);
  EXPECT_EQ(paths({}), Paths{"/9"});
  EXPECT_EQ(prune(start_ + Millis{9}, 0, 100), 1);
  EXPECT_EQ(prune(start_ + Millis{9}, 0, 100), 0);
}

TEST_F(RequestStoreTest, AFailedBatchStoresNothingAndCountsNothing) {
  auto work = [&](db::Transaction& tx) -> Result<> {
    WL_CHECK(store_requests(tx, std::vector{request(start_, "/lost")}));
    return internal("later in the same transaction");
  };
  EXPECT_FALSE(database_->write_blocking(std::move(work)));
  EXPECT_EQ(paths({}), Paths{});
  store({request(start_, "/kept")});
  EXPECT_EQ(prune(start_, 1, 100), 0);
}

/// The planner that is asked is SQLite's, whichever database the other tests use.
class RequestPlanTest : public RequestStoreTest {
 protected:
  RequestPlanTest() : RequestStoreTest(db::DatabaseKind::Sqlite) {}
};

TEST_F(RequestPlanTest, TheMostSelectivePartOfAQuestionChoosesItsIndex) {
  RequestFilter filter;
  const auto expect = [&](const std::string& index, bool sorted = true) {
    const std::string found = plan(filter);
    EXPECT_NE(found.find("USING INDEX " + index + " "), std::string::npos) << found;
    EXPECT_EQ(found.find("TEMP B-TREE") == std::string::npos, sorted) << found;
  };
  expect("request_log_newest");
  filter.method = "GET";
  filter.since = start_;
  filter.before_id = std::int64_t{1} << 62;
  filter.duration_ms_min = 10;
  filter.status_class = 2;
  expect("request_log_newest");
  filter.app = "hbdev";
  expect("request_log_app");
  filter.duration_ms_min = 5'000;
  expect("request_log_slow");
  filter.status = 404;
  expect("request_log_class");
  filter.code = "not_found";
  expect("request_log_code");
  filter.user = "user";
  filter.connection = "con_1";
  expect("request_log_caller");
  filter.request_id = "req_1";
  expect("request_log_request", false);  // of the one call that has it
}

// The index of users has their calls app by app.
TEST_F(RequestStoreTest, CallsOfAUserOfSeveralAppsComeInOneOrder) {
  const auto of = [&](int number, const std::string& app) {
    RequestRecord record;
    record.facts.status = 200;
    const std::string path = "/" + std::to_string(number);
    record[RequestText::Workspace] = "default";
    record[RequestText::App] = app;
    record[RequestText::User] = "user";
    const std::string connection = "con_" + app;
    record[RequestText::Connection] = connection;
    record[RequestText::Method] = number % 2 == 0 ? "GET" : "POST";
    record[RequestText::Path] = path;
    return DatedRequest{start_ + Millis{number}, OwnedRequest(record)};
  };
  store({of(1, "a"), of(2, "b"), of(3, "a"), of(4, "c"), of(5, "b"), of(6, "a")});
  RequestFilter filter;
  filter.user = "user";
  EXPECT_EQ(paths(filter), (Paths{"/6", "/5", "/4", "/3", "/2", "/1"}));
  filter.limit = 2;
  EXPECT_EQ(paths(filter), (Paths{"/6", "/5"}));
  filter.before_id = last_id_;
  EXPECT_EQ(paths(filter), (Paths{"/4", "/3"}));
  filter.before_id = 0;
  filter.method = "GET";
  EXPECT_EQ(paths(filter), (Paths{"/6", "/4"}));
  filter.connection = "con_b";
  EXPECT_EQ(paths(filter), Paths{"/2"});
  filter.user = "nobody";
  EXPECT_EQ(paths(filter), Paths{});
}

TEST_F(RequestStoreTest, EveryIndexFindsTheSame) {
  std::vector<DatedRequest> all;
  for (int i = 0; i < 30; ++i) {
    const std::uint16_t status = i % 3 == 0 ? 503 : 200;
    all.push_back(request(start_ + Millis{i}, "/" + std::to_string(i), status));
  }
  store(all);
  RequestFilter failed;
  failed.status = 503;
  RequestFilter coded;
  coded.code = "unavailable";
  RequestFilter slow;
  slow.duration_ms_min = 1'000;
  RequestFilter mixed = failed;
  mixed.code = "unavailable";
  mixed.app = "hbdev";
  mixed.user = "user";
  mixed.connection = "con_1";
  mixed.duration_ms_min = 2'000;
  const Paths expected = paths(failed);
  EXPECT_EQ(expected.size(), 10U);
  EXPECT_EQ(paths(coded), expected);
  EXPECT_EQ(paths(slow), expected);
  EXPECT_EQ(paths(mixed), expected);
}

}  // namespace
}  // namespace wayleave::gateway
