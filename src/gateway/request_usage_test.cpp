#include "gateway/request_usage.hpp"

#include <gtest/gtest.h>

#include "db/temporary_database.hpp"
#include "gateway/request_store.hpp"

namespace wayleave::gateway {
namespace {

using namespace std::chrono_literals;

class RequestUsageTest : public testing::Test {
 protected:
  struct Made {
    std::string connection = "con_1";
    std::string user = "ann";
    std::string path = "/x";
    std::uint16_t status = 200;
    bool cut = false;
    std::uint16_t attempts = 1;
    std::string app = "hbdev";
  };
  void store(Millis at, const Made& made) {
    RequestRecord record;
    record.facts.status = made.status;
    record.facts.cut = made.cut;
    record.facts.attempts = made.attempts;
    record[RequestText::Workspace] = "default";
    record[RequestText::App] = made.app;
    record[RequestText::User] = made.user;
    record[RequestText::Connection] = made.connection;
    record[RequestText::Method] = "GET";
    record[RequestText::Path] = made.path;
    const std::vector<DatedRequest> calls{{start_ + at, OwnedRequest(record)}};
    auto work = [&](db::Transaction& tx) { return store_requests(tx, calls); };
    ASSERT_TRUE(database_->write_blocking(std::move(work)));
  }
  LoggedConnection connection(const std::string& id,
                              const std::string& user,
                              Millis made = Millis{0}) const {
    return {ConnectionId(id), WorkspaceId("default"), "hbdev", user, start_ + made};
  }
  template <class F>
  auto read(F work) {
    auto found = database_->read_blocking(std::move(work));
    EXPECT_TRUE(found) << found.error().operator_detail;
    return *std::move(found);
  }

  db::TemporaryDatabase database_{migrations()};
  const Instant start_ = from_millis(1'700'000'000'000);
};

TEST_F(RequestUsageTest, TheLastCallOfManyIsFoundAtOnce) {
  store(1s, {});
  store(3s, {});
  store(2s, {.connection = "con_2", .user = "bob"});
  store(9s, {.connection = "", .user = ""});  // refused before a connection was known
  store(9s, {.connection = "con_9", .user = "ann", .app = "other"});
  store(9s, {.connection = "con_0", .user = "dan"});
  const std::vector ids{connection("con_1", "ann"),
                        connection("con_2", "bob"),
                        connection("con_3", "cid"),
                        connection("con_4", "dan")};  // whose last call was another connection's
  const auto last = read([&](db::Transaction& tx) { return last_calls(tx, ids); });
  EXPECT_EQ(last,
            (std::map<ConnectionId, Instant>{{ConnectionId("con_1"), start_ + 3s},
                                             {ConnectionId("con_2"), start_ + 2s}}));
  EXPECT_TRUE(read([](db::Transaction& tx) { return last_calls(tx, {}); }).empty());
}

TEST_F(RequestUsageTest, CountsFailuresAsTheLogDoes) {
  store(0s, {});
  store(1s, {.status = 302});
  store(2s, {.status = 404});
  store(3s, {.status = 503});
  store(4s, {.status = 0});
  store(5s, {.cut = true});
  store(6s, {.connection = "con_2", .user = "bob"});
  const auto count = [&](Millis since, Millis made = Millis{0}) {
    return read([&](db::Transaction& tx) {
      return count_calls(tx, connection("con_1", "ann", made), start_ + since);
    });
  };
  EXPECT_EQ(count(0s, 5s).total, 1);  // the others were of one that is gone
  EXPECT_EQ(count(0s).total, 6);
  EXPECT_EQ(count(0s).failed, 4);
  EXPECT_EQ(count(4s).total, 2);
  EXPECT_FALSE(count(0s).partial);
  EXPECT_EQ(count(10s).total, 0);
}

TEST_F(RequestUsageTest, TellsWhatWasSentForRateLimits) {
  store(0s, {.path = "/old"});
  store(1s, {.path = "/a", .attempts = 2});
  store(2s, {.connection = "con_2", .user = "bob", .path = "/b"});
  store(3s, {.connection = "con_3", .path = "/c", .app = "other"});
  const auto paths = [](const std::vector<SentCall>& calls) {
    std::vector<std::string> found;
    for (const auto& call : calls) found.push_back(call.path);
    return found;
  };
  const auto sent = [&](const std::vector<std::string>& users) {
    return read([&](db::Transaction& tx) {
      return sent_calls(tx, WorkspaceId("default"), "hbdev", users, start_ + 1s);
    });
  };
  EXPECT_EQ(paths(sent({})), (std::vector<std::string>{"/b", "/a"}));
  EXPECT_EQ(paths(sent({"ann", "bob"})), (std::vector<std::string>{"/b", "/a"}));
  EXPECT_EQ(paths(sent({"ann"})), std::vector<std::string>{"/a"});
  EXPECT_EQ(sent({"ann"}).front().attempts, 2);
}

}  // namespace
}  // namespace wayleave::gateway
