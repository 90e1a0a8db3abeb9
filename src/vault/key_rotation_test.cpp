#include "vault/key_rotation.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "vault/test_store.hpp"

namespace wayleave::vault {
namespace {

const WorkspaceId kHome{"default"};
const access::Actor kActor{"cli", {}, {}};

StoredKey key(std::uint32_t id, bool in_use, bool retired) {
  StoredKey made;
  made.wrapped.id = id;
  made.created_at = from_millis(id);
  if (in_use) made.in_use_at = from_millis(id);
  if (retired) made.retired_at = from_millis(id);
  return made;
}

TEST(RotationState, IsToldByTheStoredKeysAlone) {
  using Old = std::vector<std::uint32_t>;
  EXPECT_EQ(judge_rotation({}).stage, RotationStage::Done);
  EXPECT_EQ(judge_rotation({key(1, true, false)}).stage, RotationStage::Done);
  const auto announced = judge_rotation({key(1, true, false), key(2, false, false)});
  EXPECT_EQ(announced.stage, RotationStage::Announced);
  EXPECT_EQ(announced.newest, 2U);
  EXPECT_EQ(announced.old, Old{});
  const auto resealing = judge_rotation({key(1, true, false), key(2, true, false)});
  EXPECT_EQ(resealing.stage, RotationStage::Resealing);
  EXPECT_EQ(resealing.old, Old{1});
  EXPECT_EQ(judge_rotation({key(1, true, true), key(2, true, false)}).stage, RotationStage::Done);
  const auto both = judge_rotation(
      {key(1, true, true), key(2, true, false), key(3, true, false), key(4, false, false)});
  EXPECT_EQ(both.stage, RotationStage::Announced);
  EXPECT_EQ(both.old, Old{2});
}

class Rotation : public testing::Test {
 protected:
  template <class F>
  auto write(F work) {
    return store_.write(std::move(work));
  }
  Result<std::uint32_t> announce() {
    return write([&](db::Transaction& tx) {
      return announce_key(tx, store_.keys, store_.random, kActor, store_.clock.now());
    });
  }
  void put_in_use(std::uint32_t key) {
    must(write(
        [&](db::Transaction& tx) { return put_key_in_use(tx, key, kActor, store_.clock.now()); }));
  }
  void take_up(const crypto::KeyRing& ring) {
    must(write([&](db::Transaction& tx) { return take_up_keys(tx, ring); }));
  }
  RotationState state() {
    return must(write([](db::Transaction& tx) { return rotation_state(tx); }));
  }
  std::vector<KeyUse> retire() {
    return must(retire_unused_keys(*store_.database, tables_, kActor, store_.clock.now()));
  }
  void put(const crypto::KeyRing& ring, const std::string& user, const std::string& token) {
    Connection connection;
    connection.id = ConnectionId{"con_" + user};
    connection.workspace = kHome;
    connection.app = app_.id;
    connection.user = user;
    TokenUpdate update;
    update.tokens = {secret(token), secret(token + "-refresh")};
    must(write([&](db::Transaction& tx) {
      return Connections(ring).put(tx, connection, update, store_.clock.now());
    }));
  }
  std::string token(const crypto::KeyRing& ring, const std::string& user) {
    const auto tokens = write([&](db::Transaction& tx) -> Result<Tokens> {
      const Connections connections(ring);
      WL_TRY(const auto found, connections.find(tx, app_.id, user));
      return connections.tokens(tx, *found);
    });
    return tokens ? shown(tokens->refresh_token) : tokens.error().code;
  }
  std::vector<std::string> actions() {
    std::vector<std::string> found;
    for (const auto& row : store_.rows("SELECT action FROM audit ORDER BY sequence")) {
      found.push_back(row[0].text());
    }
    return found;
  }

  TestStore store_;
  App app_ = put_app(store_, kHome);
  const std::vector<SealedTable> tables_ = sealed_tables();
};

// VT-06: each step is there for whoever goes on after a crash, and is recorded.
TEST_F(Rotation, GoesThroughItsStages) {
  put(store_.keys, "u", "t");
  EXPECT_EQ(must(announce()), 2U);
  EXPECT_EQ(state().stage, RotationStage::Announced);
  EXPECT_EQ(announce().error().code, "conflict");
  take_up(store_.keys);
  EXPECT_EQ(store_.keys.newest(), 1U);
  put_in_use(2);
  put_in_use(2);  // by another process that went on as well
  EXPECT_EQ(state().stage, RotationStage::Resealing);
  take_up(store_.keys);
  EXPECT_EQ(store_.keys.newest(), 2U);
  const auto needed = retire();
  ASSERT_EQ(needed.size(), 1U);
  EXPECT_EQ(needed[0].key, 1U);
  EXPECT_EQ(needed[0].values, 3);
  EXPECT_EQ(state().stage, RotationStage::Resealing);
  Resealer resealer(*store_.database, store_.keys, tables_, store_.clock);
  EXPECT_EQ(must(resealer.rows_left()), 2);
  while (must(resealer.step())) {
  }
  EXPECT_EQ(resealer.resealed(), 3);
  EXPECT_EQ(must(resealer.rows_left()), 0);
  EXPECT_EQ(state().resealing_at, store_.clock.now());
  EXPECT_TRUE(retire().empty());
  EXPECT_EQ(state().stage, RotationStage::Done);
  EXPECT_EQ(
      actions(),
      (std::vector<std::string>{"data_key.announced", "data_key.in_use", "data_key.retired"}));
  EXPECT_EQ(token(store_.keys, "u"), "t-refresh");
}

/// A walk of random steps by processes that come, go, and hear of things late. Whatever happens:
/// every value opens for everyone, and no key is removed that a value needs (VT-06).
TEST_F(Rotation, NoOrderOfStepsMakesAValueUnreadable) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  const auto pick = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(chance);
  };
  std::vector<crypto::KeyRing> servers;
  const auto start = [&] {
    return must(open_key_ring(*store_.database, store_.root, store_.random, {}));
  };
  for (int i = 0; i < 3; ++i) servers.push_back(start());
  std::map<std::string, std::string> truth;
  std::optional<Resealer> resealer;
  for (int step = 0; step < 400; ++step) {
    crypto::KeyRing& server = servers[pick(servers.size())];
    const RotationState now = state();
    store_.clock.advance(Millis{60'000});
    switch (pick(9)) {
      case 0:
        if (now.stage != RotationStage::Announced)
          must(write([&](db::Transaction& tx) {
            return announce_key(tx, server, store_.random, kActor, store_.clock.now());
          }));
        break;
      case 1:
        if (now.stage == RotationStage::Announced) put_in_use(now.newest);
        break;
      case 2:
        take_up(server);
        break;
      case 3:
        server = start();
        break;
      case 4:
        resealer.emplace(*store_.database, server, tables_, store_.clock);
        break;
      case 5:
        if (resealer) (void)must(resealer->step());
        break;
      case 6:
        for (const KeyUse& use : retire()) EXPECT_GT(use.values, 0);
        break;
      case 7:
        must(write([&](db::Transaction& tx) {
          return remove_retired_keys(tx, tables_, kActor, store_.clock.now());
        }));
        break;
      default: {
        const std::string user = "u" + std::to_string(pick(6));
        const std::string value = "t" + std::to_string(step);
        put(server, user, value);
        truth[user] = value + "-refresh";
      }
    }
    for (const auto& [user, value] : truth) {
      ASSERT_EQ(token(servers[pick(servers.size())], user), value) << "step " << step;
    }
  }
  const auto fresh = start();
  for (const auto& [user, value] : truth) EXPECT_EQ(token(fresh, user), value);
}

// VT-06: the old key can go when nothing needs it and nobody can still be about to use it.
TEST_F(Rotation, ARetiredKeyIsRemovedAfterAWhile) {
  put(store_.keys, "u", "t");
  put_in_use(must(announce()));
  take_up(store_.keys);
  Resealer resealer(*store_.database, store_.keys, tables_, store_.clock);
  while (must(resealer.step())) {
  }
  EXPECT_TRUE(retire().empty());
  const auto remove = [&] {
    return must(write([&](db::Transaction& tx) {
      return remove_retired_keys(tx, tables_, kActor, store_.clock.now());
    }));
  };
  EXPECT_TRUE(remove().empty());
  store_.clock.advance(kRetiredFor);
  EXPECT_EQ(remove(), std::vector<std::uint32_t>{1});
  EXPECT_TRUE(remove().empty());
  const auto fresh = must(open_key_ring(*store_.database, store_.root, store_.random, {}));
  EXPECT_EQ(token(fresh, "u"), "t-refresh");
  EXPECT_EQ(actions().back(), "data_key.removed");
}

TEST_F(Rotation, ARetiredKeyThatIsNeededAgainStays) {
  const auto late = must(open_key_ring(*store_.database, store_.root, store_.random, {}));
  put_in_use(must(announce()));
  take_up(store_.keys);
  Resealer resealer(*store_.database, store_.keys, tables_, store_.clock);
  while (must(resealer.step())) {
  }
  EXPECT_TRUE(retire().empty());
  put(late, "u", "t");  // somebody who had not heard
  store_.clock.advance(kRetiredFor);
  EXPECT_TRUE(must(write([&](db::Transaction& tx) {
                return remove_retired_keys(tx, tables_, kActor, store_.clock.now());
              })).empty());
  EXPECT_EQ(token(store_.keys, "u"), "t-refresh");
}

TEST_F(Rotation, SealsAreCountedForEachKey) {  // VT-08
  const auto before = store_.keys.take_seals(1);
  EXPECT_GT(before, 0U);
  EXPECT_EQ(store_.keys.take_seals(1), 0U);
  put(store_.keys, "u", "t");
  EXPECT_EQ(store_.keys.take_seals(1), 2U);
  EXPECT_EQ(store_.keys.take_seals(7), 0U);
  const auto note = [&](std::uint64_t seals) {
    return must(write([&](db::Transaction& tx) { return note_seals(tx, 1, seals); }));
  };
  EXPECT_EQ(note(5), 5);
  EXPECT_EQ(note(7), 12);
}

class RootChange : public Rotation {
 protected:
  Result<> change(const crypto::RootKey& from, const crypto::RootKey& to) {
    return write([&](db::Transaction& tx) {
      return change_root_key(tx, from, to, store_.random, kActor, store_.clock.now());
    });
  }
  bool opens(const crypto::RootKey& root) {
    return check_root_key(*store_.database, root).has_value();
  }
};

// VT-07: data keys are wrapped anew, values are not touched.
TEST_F(RootChange, WrapsTheDataKeysAnewAndNothingElse) {
  put(store_.keys, "u", "t");
  must(announce());
  const auto before = store_.rows("SELECT access_token, refresh_token FROM connection");
  const auto next = crypto::RootKey::generate(store_.random);
  must(change(store_.root, next));
  EXPECT_TRUE(opens(next));
  EXPECT_FALSE(opens(store_.root));
  const auto after = store_.rows("SELECT access_token, refresh_token FROM connection");
  EXPECT_EQ(after[0][0].blob(), before[0][0].blob());
  const auto ring = must(open_key_ring(*store_.database, next, store_.random, {}));
  EXPECT_EQ(token(ring, "u"), "t-refresh");
  EXPECT_EQ(token(store_.keys, "u"), "t-refresh");
  EXPECT_EQ(actions().back(), "root_key.changed");
}

// VT-07: all or nothing.
TEST_F(RootChange, AFailureOnTheWayLeavesTheOldOne) {
  must(announce());
  store_.sql("UPDATE data_key SET wrapped = $1 WHERE id = 2", {db::Blob{"damaged"}});
  const auto next = crypto::RootKey::generate(store_.random);
  ASSERT_FALSE(change(store_.root, next));
  for (const auto& row : store_.rows("SELECT root_fingerprint FROM data_key")) {
    EXPECT_EQ(row[0].text(), store_.root.fingerprint());
  }
  EXPECT_TRUE(actions().size() == 1 && actions()[0] == "data_key.announced");
}

TEST_F(RootChange, IsRefusedForOneWhoDoesNotHoldTheOldOne) {
  const auto other = crypto::RootKey::generate(store_.random);
  const auto refused = change(other, crypto::RootKey::generate(store_.random));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "root_key_wrong");
  EXPECT_TRUE(opens(store_.root));
}

TEST_F(RootChange, NobodyAnnouncesAKeyUnderTheOldOneAfterwards) {
  const auto next = crypto::RootKey::generate(store_.random);
  must(change(store_.root, next));
  EXPECT_EQ(announce().error().code, "root_key_wrong");
}

TEST_F(Rotation, HoldersAreKeptByTheirLastWord) {
  KeyHolder holder{"srv_1", "f", 1, 1, 1, store_.clock.now()};
  const auto note = [&](const KeyHolder& it) {
    must(write([&](db::Transaction& tx) { return note_key_holder(tx, it); }));
  };
  note(holder);
  holder.heard_key = 2;
  note(holder);
  holder.id = "srv_2";
  note(holder);
  const auto read = [&] {
    return must(write([](db::Transaction& tx) { return key_holders(tx); }));
  };
  ASSERT_EQ(read().size(), 2U);
  EXPECT_EQ(read()[0].heard_key, 2U);
  EXPECT_EQ(read()[0].held_key, 1U);
  must(write([&](db::Transaction& tx) { return forget_key_holder(tx, "srv_1"); }));
  ASSERT_EQ(read().size(), 1U);
  EXPECT_EQ(read()[0].id, "srv_2");
}

}  // namespace
}  // namespace wayleave::vault
