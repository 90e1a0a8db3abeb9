#include "vault/sealed_table.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "vault/app_repository.hpp"
#include "vault/key_rotation.hpp"
#include "vault/test_store.hpp"

namespace wayleave::vault {
namespace {

const WorkspaceId kHome{"default"};
const access::Actor kActor{"cli", {}, {}};

class SealedTables : public testing::Test {
 protected:
  Connection put(const std::string& user, const std::string& access, const std::string& refresh) {
    Connection connection;
    connection.id = ConnectionId{"con_" + user};
    connection.workspace = kHome;
    connection.app = app_.id;
    connection.user = user;
    TokenUpdate update;
    update.tokens = {secret(access), secret(refresh)};
    return must(store_.write([&](db::Transaction& tx) {
      return connections_.put(tx, connection, update, store_.clock.now());
    }));
  }
  Connection found(const std::string& user) {
    return **store_.write(
        [&](db::Transaction& tx) { return connections_.find(tx, app_.id, user); });
  }
  Result<Tokens> tokens(const std::string& user) {
    const Connection connection = found(user);
    return store_.write([&](db::Transaction& tx) { return connections_.tokens(tx, connection); });
  }
  void new_key() {
    must(store_.write([&](db::Transaction& tx) -> Result<> {
      WL_TRY(const auto key,
             announce_key(tx, store_.keys, store_.random, kActor, store_.clock.now()));
      WL_CHECK(put_key_in_use(tx, key, kActor, store_.clock.now()));
      return take_up_keys(tx, store_.keys);
    }));
  }
  struct Done : SealedBatch {
    std::int64_t resealed = 0;
  };
  Done reseal(const SealedTable& table, int limit) {
    Done all;
    while (true) {
      auto batch = must(store_.database->read_blocking([&](db::Transaction& tx) {
        return reseal_some(tx, store_.keys, table, all.last, limit);
      }));
      if (batch.rows == 0) return all;
      EXPECT_LE(batch.rows, limit);
      all.rows += batch.rows;
      all.resealed += must(store_.write(
          [&](db::Transaction& tx) { return store_resealed(tx, table, batch.resealed); }));
      all.last = batch.last;
      all.damaged.insert(all.damaged.end(), batch.damaged.begin(), batch.damaged.end());
    }
  }
  std::int64_t sealed_with(std::uint32_t key) {
    std::int64_t values = 0;
    for (const SealedTable& table : tables_) {
      values +=
          must(store_.write([&](db::Transaction& tx) { return count_by_key(tx, table); }))[key];
    }
    return values;
  }

  Result<SecretString> client_secret() {
    return store_.write([&](db::Transaction& tx) -> Result<SecretString> {
      WL_TRY(const auto sealed, app_table::sealed_secret(tx, app_));
      return open_sealed(
          tx, store_.keys, sealed, {kHome.str(), "app", "app-1", "client_secret", app_.version});
    });
  }

  TestStore store_;
  App app_ = put_app(store_, kHome);
  Connections connections_{store_.keys};
  const std::vector<SealedTable> tables_ = sealed_tables();
};

// VT-06: same value, same place, same version; another key.
TEST_F(SealedTables, EveryValueIsSealedAnewInItsPlace) {
  for (int i = 0; i < 7; ++i) {
    put("u" + std::to_string(i), "at" + std::to_string(i), i % 2 == 0 ? "rt" : "");
  }
  EXPECT_EQ(sealed_with(1), 1 + 7 + 4);
  new_key();
  std::int64_t resealed = 0;
  for (const SealedTable& table : tables_) resealed += reseal(table, 2).resealed;
  EXPECT_EQ(resealed, 1 + 7 + 4);
  EXPECT_EQ(sealed_with(1), 0);
  EXPECT_EQ(sealed_with(2), 1 + 7 + 4);
  for (int i = 0; i < 7; ++i) {
    const auto opened = must(tokens("u" + std::to_string(i)));
    EXPECT_EQ(shown(opened.access_token), "at" + std::to_string(i));
    EXPECT_EQ(shown(opened.refresh_token), i % 2 == 0 ? "rt" : "");
    EXPECT_EQ(found("u" + std::to_string(i)).version, 1);
  }
  const auto secret = must(client_secret());
  EXPECT_EQ(shown(secret), "client secret");
}

TEST_F(SealedTables, WhatIsDoneIsNotDoneAgain) {
  put("u", "at", "rt");
  new_key();
  EXPECT_EQ(reseal(tables_[1], 10).resealed, 2);
  EXPECT_EQ(reseal(tables_[1], 10).rows, 0);
}

// VT-04: what is damaged is told, left as it is, and harms no other.
TEST_F(SealedTables, DamagedValuesAreToldAndLeft) {
  put("good", "at", "rt");
  put("bad", "at", "rt");
  store_.sql(
      "UPDATE connection SET refresh_token = (SELECT refresh_token FROM connection "
      "WHERE user_id = 'good') WHERE user_id = 'bad'");
  const auto before = store_.rows("SELECT refresh_token FROM connection WHERE user_id = 'bad'");
  new_key();
  const auto done = reseal(tables_[1], 1);
  EXPECT_EQ(done.resealed, 3);
  ASSERT_EQ(done.damaged.size(), 1U);
  EXPECT_EQ(done.damaged[0].table, "connection");
  EXPECT_EQ(done.damaged[0].column, "refresh_token");
  EXPECT_EQ(done.damaged[0].row, "con_bad");
  EXPECT_EQ(store_.rows("SELECT refresh_token FROM connection WHERE user_id = 'bad'")[0][0].blob(),
            before[0][0].blob());
  EXPECT_TRUE(tokens("good"));
  const auto checked = must(store_.write(
      [&](db::Transaction& tx) { return check_some(tx, store_.keys, tables_[1], {}, 10); }));
  EXPECT_EQ(checked.rows, 2);
  EXPECT_EQ(checked.damaged.size(), 1U);
}

// TK-24: what came in between stays; the batch was made of what was there before.
TEST_F(SealedTables, AValueThatWasChangedMeanwhileIsLeft) {
  const Connection before = put("ann", "at", "rt");
  put("bob", "at", "rt");
  new_key();
  const auto batch = must(store_.database->read_blocking(
      [&](db::Transaction& tx) { return reseal_some(tx, store_.keys, tables_[1], {}, 10); }));
  ASSERT_EQ(batch.resealed.size(), 2U);
  TokenUpdate update;
  update.tokens = {secret("new at"), secret("new rt")};
  must(store_.write([&](db::Transaction& tx) {
    return connections_.swap_tokens(tx, before, update, store_.clock.now());
  }));
  EXPECT_EQ(must(store_.write([&](db::Transaction& tx) {
              return store_resealed(tx, tables_[1], batch.resealed);
            })),
            2);  // bob's
  EXPECT_EQ(shown(must(tokens("ann")).refresh_token), "new rt");
  EXPECT_EQ(shown(must(tokens("bob")).refresh_token), "rt");
}

// TK-24, VT-06: a refresh never loses against the background, nor the other way round.
TEST_F(SealedTables, RefreshesAndResealingDoNotDisturbEachOther) {
  constexpr int kUsers = 5;
  constexpr int kRefreshes = 60;
  for (int i = 0; i < kUsers; ++i) put("u" + std::to_string(i), "at0", "rt0");
  std::atomic<int> lost = 0;
  std::atomic<bool> done = false;
  std::jthread refreshing([&] {
    for (int round = 1; round <= kRefreshes; ++round) {
      for (int i = 0; i < kUsers; ++i) {
        const Connection connection = found("u" + std::to_string(i));
        TokenUpdate update;
        update.tokens = {secret("at" + std::to_string(round)),
                         secret("rt" + std::to_string(round))};
        const auto swapped = store_.write([&](db::Transaction& tx) {
          return connections_.swap_tokens(tx, connection, update, store_.clock.now());
        });
        if (!swapped) ++lost;
      }
    }
    done = true;
  });
  int rotations = 0;
  while (!done) {
    new_key();
    ++rotations;
    for (const SealedTable& table : tables_) EXPECT_TRUE(reseal(table, 2).damaged.empty());
  }
  refreshing.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GT(rotations, 1);
  for (int i = 0; i < kUsers; ++i) {
    EXPECT_EQ(shown(must(tokens("u" + std::to_string(i))).refresh_token),
              "rt" + std::to_string(kRefreshes));
  }
}

// VT-06: a process that has not heard of the new key yet reads what was sealed with it.
TEST_F(SealedTables, AReaderThatHasNotHeardLooksForTheKey) {
  const auto slow = must(open_key_ring(*store_.database, store_.root, store_.random, {}));
  const Connections other(slow);
  new_key();
  const Connection connection = put("u", "at", "rt");
  EXPECT_EQ(slow.newest_held(), 1U);
  const auto opened =
      must(store_.write([&](db::Transaction& tx) { return other.tokens(tx, connection); }));
  EXPECT_EQ(shown(opened.access_token), "at");
  EXPECT_EQ(slow.newest(), 2U);
}

// VT-07: a process with the root key of yesterday says so, and not that the value is damaged.
TEST_F(SealedTables, AReaderWithAnOldRootKeySaysSo) {
  const auto old = must(open_key_ring(*store_.database, store_.root, store_.random, {}));
  const auto next = crypto::RootKey::generate(store_.random);
  must(store_.write([&](db::Transaction& tx) {
    return change_root_key(tx, store_.root, next, store_.random, kActor, store_.clock.now());
  }));
  must(store_.write([&](db::Transaction& tx) { return take_up_keys(tx, store_.keys, next); }));
  new_key();
  const Connection connection = put("u", "at", "rt");
  const auto refused =
      store_.write([&](db::Transaction& tx) { return Connections(old).tokens(tx, connection); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "unavailable");
  EXPECT_EQ(refused.error().kind, ErrorKind::Retry);
}

}  // namespace
}  // namespace wayleave::vault
