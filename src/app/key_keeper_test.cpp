#include "app/key_keeper.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "app/core.hpp"
#include "db/temporary_database.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::app {
namespace {

constexpr std::chrono::seconds kLimit{20};
const access::Actor kActor{"cli", {}, {}};

class Keeper : public testing::Test {
 protected:
  Keeper() {
    if (!database_->migrate(all_migrations())) throw std::runtime_error("migrate");
  }
  crypto::KeyRing open() { return *vault::open_key_ring(*database_, root_, random_, clock_.now()); }
  template <class F>
  auto write(F work) {
    auto done = database_->write_blocking(std::move(work));
    if (!done) throw std::runtime_error(done.error().detail + done.error().operator_detail);
    return *std::move(done);
  }
  KeyKeeper::Parts parts(const crypto::KeyRing& keys) {
    return {*database_,
            keys,
            all_sealed_tables(),
            [this]() -> Result<crypto::RootKey> { return root_.clone(); },
            clock_,
            random_,
            log_,
            Millis{0}};
  }
  void store_value(const crypto::KeyRing& keys) {
    const std::string sealed = keys.seal("print", {"w", "idempotency", "c/k", "request", 0});
    write([&](db::Transaction& tx) {
      return tx.execute(
          "INSERT INTO idempotency (workspace, caller, idempotency_key, request, "
          "created_at) VALUES ('w', 'c', 'k', $1, 0)",
          {db::Blob{sealed}});
    });
  }
  std::uint32_t announce(const crypto::KeyRing& keys) {
    return write([&](db::Transaction& tx) {
      return vault::announce_key(tx, keys, random_, kActor, clock_.now());
    });
  }
  void put_in_use(std::uint32_t key) {
    const auto done = database_->write_blocking(
        [&](db::Transaction& tx) { return vault::put_key_in_use(tx, key, kActor, clock_.now()); });
    ASSERT_TRUE(done);
  }
  vault::RotationStage stage() {
    return write([](db::Transaction& tx) { return vault::rotation_state(tx); }).stage;
  }
  std::vector<vault::KeyHolder> holders() {
    return write([](db::Transaction& tx) { return vault::key_holders(tx); });
  }
  /// As the change feed would make it; each piece of news interrupts the sealing.
  void follow(KeyKeeper& keeper, const crypto::KeyRing& keys) {
    EXPECT_TRUE(eventually([&] {
      keeper.hear("*");
      return keys.newest() == 2U;
    }));
    keeper.hear("*");
    EXPECT_TRUE(eventually([&] { return stage() == vault::RotationStage::Done; }));
  }
  template <class F>
  static bool eventually(F holds) {
    const auto deadline = std::chrono::steady_clock::now() + kLimit;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  db::TemporaryDatabase database_;
  SystemRandom random_;
  FakeClock clock_;
  Log log_{Log::Level::Off};
  crypto::RootKey root_ = crypto::RootKey::generate(random_);
};

TEST_F(Keeper, TellsWhatItHoldsAndSignsOff) {
  const auto keys = open();
  KeyKeeper keeper(parts(keys));
  keeper.start();
  EXPECT_TRUE(eventually([&] { return holders().size() == 1; }));
  const std::uint32_t key = announce(open());
  keeper.hear("connection");  // none of its business
  keeper.hear(vault::kDataKeyTopic);
  EXPECT_TRUE(eventually([&] { return holders()[0].held_key == key; }));
  EXPECT_EQ(holders()[0].sealing_key, 1U);
  put_in_use(key);
  keeper.hear("*");
  EXPECT_TRUE(eventually([&] { return holders()[0].sealing_key == key; }));
  keeper.stop();
  EXPECT_TRUE(holders().empty());
}

// VT-06: whoever rotated has died; a server goes on without being told.
TEST_F(Keeper, FinishesARotationThatWasLeftAlone) {
  const auto keys = open();
  store_value(keys);
  put_in_use(announce(keys));
  KeyKeeper keeper(parts(keys));
  keeper.start();
  EXPECT_TRUE(eventually([&] { return stage() == vault::RotationStage::Done; }));
  keeper.stop();
  EXPECT_EQ(write([](db::Transaction& tx) {
              return tx.query("SELECT 1 FROM idempotency WHERE substr(request, 1, 5) = $1",
                              {db::Blob{crypto::KeyRing::prefix_of(2)}});
            }).size(),
            1U);
}

// A damaged value keeps its key; when it is gone, the next news lets the rotation end.
TEST_F(Keeper, LeavesWhatIsDamagedUntilThereIsNews) {
  const auto keys = open();
  store_value(keys);
  write([](db::Transaction& tx) {
    return tx.execute("UPDATE idempotency SET idempotency_key = 'moved'");
  });
  put_in_use(announce(keys));
  KeyKeeper keeper(parts(keys));
  keeper.start();
  EXPECT_TRUE(eventually([&] { return keys.newest() == 2U; }));
  EXPECT_EQ(stage(), vault::RotationStage::Resealing);
  write([](db::Transaction& tx) { return tx.execute("DELETE FROM idempotency"); });
  EXPECT_TRUE(eventually([&] {
    keeper.hear(vault::kDataKeyTopic);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return stage() == vault::RotationStage::Done;
  }));
}

// VT-06: killed before the key was put in use.
TEST_F(Keeper, PutsAKeyInUseThatWasLeftAnnounced) {
  const auto keys = open();
  store_value(keys);
  announce(keys);
  KeyKeeper keeper(parts(keys));
  keeper.start();
  follow(keeper, keys);
}

TEST_F(Keeper, DoesNotUseAKeyThatAnotherServerCannotOpen) {
  const auto keys = open();
  const std::uint32_t key = announce(keys);
  const auto noted = database_->write_blocking([&](db::Transaction& tx) {
    return vault::note_key_holder(tx, {"srv_old", "another root", key, 1, 1, clock_.now()});
  });
  ASSERT_TRUE(noted);
  KeyKeeper keeper(parts(keys));
  keeper.start();
  EXPECT_TRUE(eventually([&] { return holders().size() == 2; }));
  keeper.stop();
  EXPECT_EQ(stage(), vault::RotationStage::Announced);
}

// VT-08: a key that has sealed enough is changed without anybody asking.
TEST_F(Keeper, ChangesAWornKey) {
  const auto keys = open();
  store_value(keys);
  auto given = parts(keys);
  given.seals_max = 100;
  KeyKeeper keeper(std::move(given));
  for (int i = 0; i < 98; ++i) (void)keys.seal("x", {"w", "t", "r", "c", i});
  keeper.start();
  EXPECT_TRUE(eventually([&] { return holders().size() == 1; }));
  EXPECT_EQ(stage(), vault::RotationStage::Done);
  for (int i = 0; i < 2; ++i) (void)keys.seal("x", {"w", "t", "r", "c", i});
  follow(keeper, keys);
}

// VT-07: the root key was changed meanwhile and its file tells the new one.
TEST_F(Keeper, TakesUpANewRootKey) {
  const auto keys = open();
  KeyKeeper keeper(parts(keys));
  auto next = crypto::RootKey::generate(random_);
  const auto changed = database_->write_blocking([&](db::Transaction& tx) {
    return vault::change_root_key(tx, root_, next, random_, kActor, clock_.now());
  });
  ASSERT_TRUE(changed);
  root_ = std::move(next);
  keeper.start();
  EXPECT_TRUE(eventually([&] { return keys.root_fingerprint() == root_.fingerprint(); }));
}

}  // namespace
}  // namespace wayleave::app
