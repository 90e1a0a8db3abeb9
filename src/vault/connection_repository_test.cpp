#include <gtest/gtest.h>

#include <algorithm>

#include "vault/app_repository.hpp"
#include "vault/connection.hpp"
#include "vault/test_store.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

const WorkspaceId kHome{"default"};

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "no error" : result.error().code;
}

class ConnectionRepositoryTest : public testing::Test {
 protected:
  ConnectionRepositoryTest() {
    App app;
    app.id = AppId{"app-1"};
    app.workspace = kHome;
    app.slug = "a";
    must(store_.write([&](db::Transaction& tx) { return app_table::insert(tx, app, "sealed"); }));
  }

  TokenUpdate update(const std::string& access, const std::string& refresh) {
    TokenUpdate made;
    made.tokens.access_token = secret(access);
    made.tokens.refresh_token = secret(refresh);
    made.expires_at = store_.clock.now() + 30min;
    made.life = 30min;
    return made;
  }
  Connection put(const std::string& user, const std::string& access, const std::string& refresh) {
    Connection connection;
    connection.id = ConnectionId{"con_" + user};
    connection.workspace = kHome;
    connection.app = AppId{"app-1"};
    connection.user = user;
    connection.granted_scopes = {"oauth"};
    connection.metadata = {{"hub_id", "42"}};
    const auto made = update(access, refresh);
    return must(store_.write([&](db::Transaction& tx) {
      return connections_.put(tx, connection, made, store_.clock.now());
    }));
  }
  Result<Tokens> tokens(const std::string& user) {
    return store_.write([&](db::Transaction& tx) -> Result<Tokens> {
      WL_TRY(const auto found, connections_.find(tx, AppId{"app-1"}, user));
      return connections_.tokens(tx, *found);
    });
  }
  Result<Connection> swap(const Connection& connection, const TokenUpdate& made) {
    return store_.write([&](db::Transaction& tx) {
      return connections_.swap_tokens(tx, connection, made, store_.clock.now());
    });
  }
  Result<Connection> set_state(const Connection& connection, State state) {
    return store_.write([&](db::Transaction& tx) {
      return connections_.set_state(tx, connection, state, "why", store_.clock.now());
    });
  }

  TestStore store_;
  Connections connections_{store_.keys};
};

TEST_F(ConnectionRepositoryTest, WhatWasPutIsFound) {
  const auto put_in = put("ann", "access-1", "refresh-1");
  const auto found = must(store_.write([&](db::Transaction& tx) {
                       return connections_.find(tx, AppId{"app-1"}, "ann");
                     })).value();
  EXPECT_EQ(found.id, put_in.id);
  EXPECT_EQ(found.state, State::Active);
  EXPECT_EQ(found.granted_scopes, put_in.granted_scopes);
  EXPECT_EQ(found.metadata, put_in.metadata);
  EXPECT_EQ(found.expires_at, put_in.expires_at);
  EXPECT_EQ(found.life, 30min);
  EXPECT_TRUE(found.has_refresh_token);
  const auto opened = must(tokens("ann"));
  EXPECT_EQ(shown(opened.access_token), "access-1");
  EXPECT_EQ(shown(opened.refresh_token), "refresh-1");
}

TEST_F(ConnectionRepositoryTest, ReconnectKeepsTheId) {  // OA-25
  const auto first = put("ann", "a1", "r1");
  Connection again = first;
  again.id = ConnectionId{"con_other"};
  const auto made = update("a2", "r2");
  const auto second = must(store_.write([&](db::Transaction& tx) {
    return connections_.put(tx, again, made, store_.clock.now() + 1s);
  }));
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.version, first.version + 1);
  EXPECT_EQ(second.created_at, first.created_at);
  EXPECT_EQ(shown(must(tokens("ann")).refresh_token), "r2");
}

TEST_F(ConnectionRepositoryTest, StaleVersionCannotWriteTokensOrState) {  // TK-24
  const auto old = put("ann", "a1", "r1");
  must(swap(old, update("a2", "r2")));
  EXPECT_EQ(code_of(swap(old, update("a3", "r3"))), "conflict");
  EXPECT_EQ(code_of(set_state(old, State::Revoked)), "conflict");
  EXPECT_EQ(shown(must(tokens("ann")).refresh_token), "r2");
}

TEST_F(ConnectionRepositoryTest, StateChangeLeavesTheTokensReadable) {  // TK-10
  const auto old = put("ann", "a1", "r1");
  const auto dead = must(set_state(old, State::NeedsReauthorization));
  EXPECT_EQ(dead.state, State::NeedsReauthorization);
  EXPECT_EQ(dead.state_reason, "why");
  EXPECT_EQ(shown(must(tokens("ann")).refresh_token), "r1");
}

TEST_F(ConnectionRepositoryTest, MovedRowDoesNotOpen) {  // VT-03
  put("ann", "ann-access", "ann-refresh");
  put("bob", "bob-access", "bob-refresh");
  const auto rows =
      store_.rows("SELECT user_id, access_token, refresh_token FROM connection ORDER BY user_id");
  for (const auto& [to, from] : {std::pair(0U, 1U), std::pair(1U, 0U)}) {
    store_.sql("UPDATE connection SET access_token = $2, refresh_token = $3 WHERE user_id = $1",
               {rows[to][0], rows[from][1], rows[from][2]});
  }
  EXPECT_EQ(code_of(tokens("ann")), "sealed_value_damaged");
  EXPECT_EQ(code_of(tokens("bob")), "sealed_value_damaged");
}

TEST_F(ConnectionRepositoryTest, SwappedColumnsDoNotOpen) {  // VT-03
  put("ann", "ann-access", "ann-refresh");
  store_.sql("UPDATE connection SET access_token = refresh_token, refresh_token = access_token");
  EXPECT_EQ(code_of(tokens("ann")), "sealed_value_damaged");
}

TEST_F(ConnectionRepositoryTest, RowOfAnotherWorkspaceDoesNotOpen) {  // VT-03
  put("ann", "ann-access", "ann-refresh");
  store_.sql("UPDATE connection SET workspace = 'other'");
  EXPECT_EQ(code_of(tokens("ann")), "sealed_value_damaged");
}

TEST_F(ConnectionRepositoryTest, OldVersionReplayedDoesNotOpen) {  // VT-03
  const auto old = put("ann", "a1", "r1");
  const auto before = store_.rows("SELECT access_token, refresh_token FROM connection");
  must(swap(old, update("a2", "r2")));
  store_.sql("UPDATE connection SET access_token = $1, refresh_token = $2",
             {before[0][0], before[0][1]});
  EXPECT_EQ(code_of(tokens("ann")), "sealed_value_damaged");
}

TEST_F(ConnectionRepositoryTest, FlippedByteHurtsOnlyThatConnection) {  // VT-04
  put("ann", "ann-access", "ann-refresh");
  put("bob", "bob-access", "bob-refresh");
  const auto sealed =
      store_.rows("SELECT refresh_token FROM connection WHERE user_id = 'ann'")[0][0].blob();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string flipped = sealed;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    store_.sql("UPDATE connection SET refresh_token = $1 WHERE user_id = 'ann'",
               {db::Blob{flipped}});
    ASSERT_FALSE(tokens("ann")) << "byte " << i;
  }
  EXPECT_EQ(shown(must(tokens("bob")).access_token), "bob-access");
  store_.sql("UPDATE connection SET refresh_token = $1 WHERE user_id = 'ann'", {db::Blob{sealed}});
  EXPECT_TRUE(tokens("ann"));
}

TEST_F(ConnectionRepositoryTest, DatabaseFilesHoldNoToken) {  // VT-02: the file and its WAL
  const auto old = put("canary-user", "canary-access-1", "canary-refresh-1");
  const auto next = must(swap(old, update("canary-access-2", "canary-refresh-2")));
  must(set_state(next, State::RefreshUnknown));
  const auto bytes = store_.stored_bytes();
  ASSERT_NE(bytes.find("canary-user"), std::string::npos);  // the search sees what is stored
  EXPECT_EQ(bytes.find("canary-access"), std::string::npos);
  EXPECT_EQ(bytes.find("canary-refresh"), std::string::npos);
}

TEST_F(ConnectionRepositoryTest, OtherWorkspacesConnectionIsAsUnknown) {  // PX-09
  const auto connection = put("ann", "a", "r");
  const auto get = [&](const std::string& workspace, const std::string& id) {
    return store_.write([&](db::Transaction& tx) {
      return connections_.get(tx, WorkspaceId{workspace}, ConnectionId{id});
    });
  };
  EXPECT_TRUE(get("default", connection.id.str()));
  const auto foreign = get("other", connection.id.str());
  const auto unknown = get("other", "con_unknown");
  EXPECT_EQ(foreign.error().code, "connection_not_found");
  EXPECT_EQ(foreign.error().detail, unknown.error().detail);
}

TEST_F(ConnectionRepositoryTest, EveryChangeIsInTheFeed) {
  const auto first = put("a/b", "a", "r");
  const auto second = must(swap(first, update("a2", "r2")));
  const auto third = must(set_state(second, State::RefreshUnknown));
  must(store_.write(
      [&](db::Transaction& tx) { return connections_.remove(tx, third, store_.clock.now()); }));
  const auto changes =
      must(store_.write([](db::Transaction& tx) { return db::changes_after(tx, 0, 100); }));
  EXPECT_EQ(std::ranges::count_if(changes,
                                  [](const db::Change& change) {
                                    return change.topic == "connection" &&
                                           change.key == "app-1/a/b";
                                  }),
            4);
}

TEST(UserTest, IsShortUtf8WithoutControlCharacters) {
  EXPECT_EQ(parse_user("Ünal / 7").value(), "Ünal / 7");
  EXPECT_EQ(parse_user(std::string(255, 'x')).value().size(), 255U);
  for (const auto& text : {std::string{},
                           std::string(256, 'x'),
                           std::string("a\0b", 3),
                           std::string("a\r\nb"),
                           std::string("\xff"),
                           std::string("\xc0\xaf")}) {
    EXPECT_EQ(parse_user(text).error().field, "userForeignIdentifier");
  }
}

TEST(StateTest, NamesRoundTrip) {
  for (const auto state :
       {State::Active, State::RefreshUnknown, State::NeedsReauthorization, State::Revoked}) {
    EXPECT_EQ(parse_state(to_string(state)), state);
  }
  EXPECT_FALSE(parse_state("dead"));
}

}  // namespace
}  // namespace wayleave::vault
