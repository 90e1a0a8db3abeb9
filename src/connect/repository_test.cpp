#include <gtest/gtest.h>

#include "base/random.hpp"
#include "connect/flow_repository.hpp"
#include "connect/installer.hpp"
#include "connect/limits.hpp"
#include "connect/link_repository.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;

/// A database with this room's tables and the one row they refer to.
class Repository : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = db::open(place_.url());
    ASSERT_TRUE(opened) << opened.error().operator_detail;
    database_ = *std::move(opened);
    std::vector<db::Migration> steps{
        {"vault",
         1,
         "CREATE TABLE app (id text PRIMARY KEY);\nINSERT INTO app VALUES ('app-1');\n"}};
    for (const db::Migration& step : migrations()) steps.push_back(step);
    const auto migrated = database_->migrate(steps);
    ASSERT_TRUE(migrated) << migrated.error().operator_detail;
  }

  template <class F>
  auto write(F work) {
    auto result = database_->write_blocking(std::move(work));
    EXPECT_TRUE(result) << (result ? "" : result.error().operator_detail);
    return result;
  }

  Flow flow(const std::string& id, const LinkId& link = {}) const {
    Flow made;
    made.id = id;
    made.state_digest = "digest of " + id;
    made.workspace = WorkspaceId("default");
    made.app = AppId("app-1");
    made.app_version = 7;
    made.provider = "hubspot";
    made.link = link;
    made.user = "user \xc3\xa4";
    made.redirect_uri = "https://g.example/hubspot/x/callback";
    made.verifier = std::string("\x01\x00sealed", 8);
    made.scopes = {"a", "b"};
    made.return_url = "https://r.example/";
    made.browser_digest = std::string("\x00\xff", 2);
    made.created_at = clock_.now();
    made.expires_at = clock_.now() + kFlowLife;
    return made;
  }
  StoredLink link(const std::string& id) const {
    StoredLink made;
    made.id = LinkId(id);
    made.token_digest = "digest of " + id;
    made.workspace = WorkspaceId("default");
    made.app = AppId("app-1");
    made.user = "u";
    made.actor = "key:key_1";
    made.created_at = clock_.now();
    made.expires_at = clock_.now() + 1h;
    return made;
  }
  void add(const Flow& made) {
    write([made](db::Transaction& tx) { return insert_flow(tx, made); });
  }
  std::optional<Flow> find(const std::string& id) {
    return *write([id](db::Transaction& tx) { return find_flow(tx, id); });
  }
  bool consume(const std::string& id) {
    return *write([id, now = clock_.now()](db::Transaction& tx) {
      return consume_flow(tx, "digest of " + id, now);
    });
  }

  FakeClock clock_;
  db::TemporaryPlace place_;
  std::unique_ptr<db::Database> database_;
};

TEST_F(Repository, AFlowIsReadBackAsStored) {
  const Flow stored = flow("f");
  add(stored);
  const auto read =
      *write([](db::Transaction& tx) { return find_flow_by_state(tx, "digest of f"); });
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, "f");
  EXPECT_EQ(read->app_version, 7);
  EXPECT_EQ(read->user, stored.user);
  EXPECT_EQ(read->verifier, stored.verifier);
  EXPECT_EQ(read->browser_digest, stored.browser_digest);
  EXPECT_EQ(read->scopes, stored.scopes);
  EXPECT_EQ(read->redirect_uri, stored.redirect_uri);
  EXPECT_EQ(read->expires_at, stored.expires_at);
  EXPECT_TRUE(read->link.empty());
  EXPECT_FALSE(read->consumed_at);
  EXPECT_EQ(read->outcome, "");
}

// OA-03: a state is good for one callback.
TEST_F(Repository, AFlowIsConsumedOnceAndItsVerifierIsErased) {
  add(flow("f"));
  EXPECT_FALSE(consume("another"));
  EXPECT_TRUE(consume("f"));
  EXPECT_FALSE(consume("f"));
  EXPECT_EQ(find("f")->verifier, "");
  EXPECT_TRUE(find("f")->consumed_at);
}

// OA-04
TEST_F(Repository, AnExpiredFlowIsNotConsumed) {
  add(flow("f"));
  clock_.advance(kFlowLife);
  EXPECT_FALSE(consume("f"));
}

TEST_F(Repository, OpenFlowsAreCounted) {
  for (const char* id : {"a", "b", "c"}) add(flow(id));
  consume("b");
  const auto count = [&] {
    return *write([now = clock_.now()](db::Transaction& tx) { return count_open_flows(tx, now); });
  };
  EXPECT_EQ(count(), 2);
  clock_.advance(kFlowLife);
  EXPECT_EQ(count(), 0);
}

TEST_F(Repository, OldFlowsGoBoundedAtATimeAndYoungOnesStay) {
  for (int i = 0; i < kTrimmedAtOnce + 3; ++i) add(flow("old" + std::to_string(i)));
  clock_.advance(kFlowLife + kFlowKept + 1ms);
  add(flow("young"));
  const auto left = [&] {
    return (*write([](db::Transaction& tx) { return tx.query("SELECT id FROM install_flow"); }))
        .size();
  };
  const auto trim = [&] {
    write([now = clock_.now()](db::Transaction& tx) { return trim_flows(tx, now); });
  };
  trim();
  EXPECT_EQ(left(), 4U);
  trim();
  EXPECT_EQ(left(), 1U);
  EXPECT_TRUE(find("young"));
}

TEST_F(Repository, TheOldestFlowOfALinkGivesWay) {
  write([made = link("l")](db::Transaction& tx) { return insert_link(tx, made); });
  for (int i = 0; i < kFlowsPerLinkMax + 2; ++i) {
    add(flow("f" + std::to_string(i), LinkId("l")));
    clock_.advance(1ms);
  }
  add(flow("unrelated"));
  write([now = clock_.now()](db::Transaction& tx) {
    return trim_flows_of_link(tx, LinkId("l"), now);
  });
  EXPECT_FALSE(find("f0"));
  EXPECT_FALSE(find("f2"));
  EXPECT_TRUE(find("f3"));
  EXPECT_TRUE(find("unrelated"));
}

TEST_F(Repository, ALinkIsReadBackAndUsedOnce) {
  StoredLink stored = link("l");
  stored.scopes = std::vector<std::string>{"x", "y"};
  write([stored](db::Transaction& tx) { return insert_link(tx, stored); });
  const auto use = [&] {
    return *write(
        [now = clock_.now()](db::Transaction& tx) { return use_link(tx, LinkId("l"), now); });
  };
  EXPECT_TRUE(use());
  EXPECT_FALSE(use());
  const auto read =
      *write([](db::Transaction& tx) { return find_link_by_token(tx, "digest of l"); });
  ASSERT_TRUE(read);
  EXPECT_EQ(read->scopes, stored.scopes);
  EXPECT_EQ(read->actor, stored.actor);
  EXPECT_EQ(read->used_at, clock_.now());
}

TEST_F(Repository, ExpiredLinksGoAWhileLaterWithTheirFlows) {
  write([made = link("l")](db::Transaction& tx) { return insert_link(tx, made); });
  add(flow("f", LinkId("l")));
  const auto trim = [&] {
    write([now = clock_.now()](db::Transaction& tx) { return trim_links(tx, now); });
  };
  clock_.advance(1h + kLinkKept);
  trim();
  EXPECT_TRUE(find("f"));
  clock_.advance(1ms);
  trim();
  EXPECT_FALSE(find("f"));
}

// OA-04: with the app, everything begun for it is gone.
TEST_F(Repository, LinksAndFlowsGoWithTheirApp) {
  write([made = link("l")](db::Transaction& tx) { return insert_link(tx, made); });
  add(flow("f"));
  write([](db::Transaction& tx) { return tx.execute("DELETE FROM app WHERE id = 'app-1'"); });
  EXPECT_FALSE(find("f"));
  EXPECT_FALSE(*write([](db::Transaction& tx) { return find_link(tx, LinkId("l")); }));
}

TEST_F(Repository, TwoFlowsCannotShareAState) {
  add(flow("f"));
  Flow twin = flow("g");
  twin.state_digest = "digest of f";
  const auto inserted =
      database_->write_blocking([twin](db::Transaction& tx) { return insert_flow(tx, twin); });
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, "conflict");
}

}  // namespace
}  // namespace wayleave::connect
