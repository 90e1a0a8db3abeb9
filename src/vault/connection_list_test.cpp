#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "vault/app_repository.hpp"
#include "vault/connection.hpp"
#include "vault/refresh/lease.hpp"
#include "vault/test_store.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

const WorkspaceId kHome{"default"};

/// Connections that are made a second apart, unless told.
class ConnectionListTest : public testing::Test {
 protected:
  ConnectionListTest() {
    add_app("app-1", "a", kHome);
    add_app("app-2", "b", kHome);
    add_app("app-3", "c", WorkspaceId{"other"});
  }
  void add_app(const std::string& id, const std::string& slug, const WorkspaceId& workspace) {
    App app;
    app.id = AppId{id};
    app.workspace = workspace;
    app.slug = slug;
    must(store_.write([&](db::Transaction& tx) { return app_table::insert(tx, app, "sealed"); }));
  }
  struct Made {
    std::string app = "app-1";
    std::string account = {};
    State state = State::Active;
    Millis after{1'000};
    WorkspaceId workspace = kHome;
  };
  Connection put(const std::string& user) { return put(user, Made{}); }
  Connection put(const std::string& user, const Made& made) {
    Connection connection;
    connection.id = ConnectionId{random_id(store_.random, "con")};
    connection.workspace = made.workspace;
    connection.app = AppId{made.app};
    connection.user = user;
    connection.external_account = made.account;
    TokenUpdate update;
    update.tokens.access_token = secret("access");
    update.tokens.refresh_token = secret("refresh");
    store_.clock.advance(made.after);
    return must(store_.write([&](db::Transaction& tx) -> Result<Connection> {
      WL_TRY(auto stored, connections_.put(tx, connection, update, store_.clock.now()));
      if (made.state == State::Active) return stored;
      return connections_.set_state(tx, stored, made.state, "why", store_.clock.now());
    }));
  }
  std::vector<Connection> list(const ConnectionFilter& filter, const WorkspaceId& home = kHome) {
    return must(
        store_.write([&](db::Transaction& tx) { return connections_.list(tx, home, filter); }));
  }
  using Users = std::vector<std::string>;
  Users users(const ConnectionFilter& filter) {
    Users found;
    for (const auto& connection : list(filter)) found.push_back(connection.user);
    return found;
  }
  Users beginning(const std::string& text) {
    ConnectionFilter filter;
    filter.beginning = text;
    return users(filter);
  }
  /// All pages of two.
  Users paged(ConnectionFilter filter) {
    Users found;
    filter.limit = 2;
    while (true) {
      const auto page = list(filter);
      for (const auto& connection : page) found.push_back(connection.user);
      if (page.size() < 2) return found;
      filter.after = place_of(page.back());
    }
  }

  TestStore store_;
  Connections connections_{store_.keys};
};

TEST_F(ConnectionListTest, NewestComeFirstAndAllPagesTogetherHaveEachOnce) {
  for (const auto* user : {"a", "b", "c"}) put(user);
  for (const auto* user : {"d", "e"}) put(user, {.after = 0ms});  // the same moment as c
  put("f");
  const Users all = paged({});
  EXPECT_EQ(all.front(), "f");
  EXPECT_EQ(std::set(all.begin() + 1, all.begin() + 4), (std::set<std::string>{"c", "d", "e"}));
  EXPECT_EQ(Users(all.begin() + 4, all.end()), (Users{"b", "a"}));
  ConnectionFilter oldest;
  oldest.oldest_first = true;
  Users turned = paged(oldest);
  std::ranges::reverse(turned);
  EXPECT_EQ(turned, all);
}

TEST_F(ConnectionListTest, PagesStayTogetherWhileConnectionsComeAndGo) {
  for (const auto* user : {"a", "b", "c", "d"}) put(user);
  ConnectionFilter filter;
  filter.limit = 2;
  const auto first = list(filter);
  filter.after = place_of(first.back());
  put("e");
  must(store_.write([&](db::Transaction& tx) {  // the very one the cursor names
    return connections_.remove(tx, first.back(), store_.clock.now());
  }));
  EXPECT_EQ(users(filter), (Users{"b", "a"}));
}

TEST_F(ConnectionListTest, ConnectingAgainMovesNothing) {
  for (const auto* user : {"a", "b", "c"}) put(user);
  put("a");
  EXPECT_EQ(users({}), (Users{"c", "b", "a"}));
}

TEST_F(ConnectionListTest, FiltersByAppUserAndState) {
  put("a");
  put("b", {.state = State::NeedsReauthorization});
  put("a", {.app = "app-2", .state = State::Revoked});
  put("stranger", {.app = "app-3", .workspace = WorkspaceId{"other"}});
  const auto found = [&](std::optional<std::string> app,
                         std::optional<std::string> user,
                         std::optional<State> state) {
    ConnectionFilter filter;
    if (app) filter.app = AppId{*app};
    filter.user = std::move(user);
    filter.state = state;
    Users made;
    for (const auto& each : list(filter)) made.push_back(each.app.str() + "/" + each.user);
    return made;
  };
  EXPECT_EQ(found({}, {}, {}), (Users{"app-2/a", "app-1/b", "app-1/a"}));
  EXPECT_EQ(found("app-1", {}, {}), (Users{"app-1/b", "app-1/a"}));
  EXPECT_EQ(found({}, "a", {}), (Users{"app-2/a", "app-1/a"}));
  EXPECT_EQ(found("app-1", "a", {}), Users{"app-1/a"});
  EXPECT_EQ(found({}, "A", {}), Users{});
  EXPECT_EQ(found({}, {}, State::Active), Users{"app-1/a"});
  EXPECT_EQ(found("app-2", {}, State::Active), Users{});
  EXPECT_EQ(found("app-2", {}, State::Revoked), Users{"app-2/a"});
  EXPECT_EQ(found({}, "a", State::Revoked), Users{"app-2/a"});
  EXPECT_EQ(found("app-1", "b", State::NeedsReauthorization), Users{"app-1/b"});
  EXPECT_EQ(found("app-3", {}, {}), Users{});  // another workspace's
}

TEST_F(ConnectionListTest, FindsTheBeginningOfUserOrAccountInEitherCase) {
  put("Ann", {.account = "Hub 7"});
  put("anna");
  put("an", {.account = "x"});
  put("bob", {.account = "ANNEX"});
  put("hub");
  put("ünal");
  EXPECT_EQ(beginning("ann"), (Users{"bob", "anna", "Ann"}));
  EXPECT_EQ(beginning("ANN"), (Users{"bob", "anna", "Ann"}));
  EXPECT_EQ(beginning("hub"), (Users{"hub", "Ann"}));
  EXPECT_EQ(beginning("ü"), Users{"ünal"});
  EXPECT_EQ(beginning("%"), Users{});
  EXPECT_EQ(beginning("n"), Users{});
  ConnectionFilter filter;
  filter.beginning = "ann";
  filter.app = AppId{"app-2"};
  EXPECT_EQ(users(filter), Users{});
  filter.app = AppId{"app-1"};
  filter.state = State::Active;
  filter.user = "anna";
  EXPECT_EQ(users(filter), Users{"anna"});
  filter.user.reset();
  EXPECT_EQ(paged(filter), (Users{"bob", "anna", "Ann"}));
}

// The index of names answers what is not among the newest 2,000.
TEST_F(ConnectionListTest, FindsWhatIsOldAmongMany) {
  put("needle", {.account = "needle's"});
  put("other", {.account = "Needle"});
  std::vector<Connection> many;
  must(store_.write([&](db::Transaction& tx) -> Result<> {
    for (int i = 0; i < 2'100; ++i) {
      const std::string number = std::to_string(i);
      WL_CHECK(
          tx.execute("INSERT INTO connection SELECT $1, workspace, app, $1, state, "
                     "state_reason, '', granted_scopes, missing_scopes, metadata, "
                     "access_token, refresh_token, life_seconds, expires_at, refreshed_at, "
                     "created_at + 1000 + $2, updated_at, version, $1, '' FROM connection "
                     "WHERE user_id = 'other'",
                     {"hay" + number, i}));
    }
    return {};
  }));
  EXPECT_EQ(beginning("needle"), (Users{"other", "needle"}));
  EXPECT_EQ(beginning("nEEdle'"), Users{"needle"});
  ConnectionFilter filter;
  filter.beginning = "needle";
  EXPECT_EQ(paged(filter), (Users{"other", "needle"}));
  filter.beginning = "hay";
  EXPECT_EQ(paged(filter).size(), 2'100U);
}

TEST_F(ConnectionListTest, CountsStates) {
  put("a");
  put("b", {.state = State::NeedsReauthorization});
  put("c", {.app = "app-2"});
  put("stranger", {.app = "app-3", .workspace = WorkspaceId{"other"}});
  const auto count = [&](const std::optional<AppId>& app) {
    return must(
        store_.write([&](db::Transaction& tx) { return connections_.count(tx, kHome, app); }));
  };
  EXPECT_EQ(count({}), (StateCounts{{State::Active, 2}, {State::NeedsReauthorization, 1}}));
  EXPECT_EQ(count(AppId{"app-2"}), (StateCounts{{State::Active, 1}}));
}

TEST_F(ConnectionListTest, KnowsWhoSharesAnAccountOfTheSameApp) {
  const auto ann = put("ann", {.account = "Hub 7"});
  put("bob", {.account = "Hub 7"});
  put("cid", {.account = "hub 7"});
  put("dan", {.app = "app-2", .account = "Hub 7"});
  const auto eve = put("eve");
  put("fay");
  const auto same = [&](const Connection& connection) {
    return must(store_.write(
        [&](db::Transaction& tx) { return connections_.users_of_account(tx, connection); }));
  };
  EXPECT_EQ(same(ann), (Users{"ann", "bob"}));
  EXPECT_EQ(same(eve), Users{"eve"});  // nobody knows their account
}

// What lists are ordered and searched by follows every change of the row.
TEST_F(ConnectionListTest, AChangedAccountIsFoundUnderItsNewName) {
  put("ann", {.account = "old"});
  put("ann", {.account = "New"});
  EXPECT_EQ(beginning("new"), Users{"ann"});
  EXPECT_EQ(beginning("old"), Users{});
}

TEST_F(ConnectionListTest, ARefreshEndsAnyOtherState) {
  const auto lost = put("ann", {.state = State::RefreshUnknown});
  TokenUpdate update;
  update.tokens.access_token = secret("access-2");
  const auto fresh = must(store_.write([&](db::Transaction& tx) {
    return connections_.swap_tokens(tx, lost, update, store_.clock.now());
  }));
  ConnectionFilter active;
  active.state = State::Active;
  EXPECT_EQ(users(active), Users{"ann"});
  EXPECT_TRUE(list({}).front().state_reason.empty());
  must(store_.write([&](db::Transaction& tx) {
    return connections_.swap_tokens(tx, fresh, update, store_.clock.now() + 1s);
  }));
  EXPECT_EQ(list({}).front().version, fresh.version + 1);
  EXPECT_FALSE(list({}).front().has_refresh_token);
}

TEST_F(ConnectionListTest, PlansAreReadForManyAtOnce) {
  const auto ann = put("ann");
  const auto bob = put("bob");
  const auto cid = put("cid");
  const Instant due = store_.clock.now() + 5min;
  must(store_.write([&](db::Transaction& tx) -> Result<> {
    WL_CHECK(set_due(tx, ann.id, due));
    return set_due(tx, bob.id, std::nullopt);
  }));
  auto planned = must(store_.write(
      [&](db::Transaction& tx) { return planned_work(tx, {ann.id, bob.id, cid.id}); }));
  EXPECT_EQ(next_refresh(ann, planned[ann.id]), due);
  EXPECT_EQ(next_refresh(bob, planned[bob.id]), std::nullopt);
  EXPECT_EQ(next_refresh(cid, planned[cid.id]), std::nullopt);
  auto dead = ann;
  dead.state = State::NeedsReauthorization;
  EXPECT_EQ(next_refresh(dead, planned[ann.id]), std::nullopt);
  const auto overdue = [&](Instant since) {
    return must(store_.write([&](db::Transaction& tx) { return count_overdue(tx, since, 10); }));
  };
  EXPECT_EQ(overdue(due), 0);
  EXPECT_EQ(overdue(due + 1ms), 1);
}

}  // namespace
}  // namespace wayleave::vault
