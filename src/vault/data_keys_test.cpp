#include "vault/data_keys.hpp"

#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "vault/test_store.hpp"

namespace wayleave::vault {
namespace {

const crypto::Place kPlace{"w", "t", "r", "c", 1};

TEST(DataKeysTest, SameRootKeyOpensWhatWasSealedBefore) {
  TestStore store;
  const auto sealed = store.keys.seal("secret", kPlace);
  const auto again = must(open_key_ring(*store.database, store.root, store.random, {}));
  EXPECT_EQ(shown(must(again.open(sealed, kPlace))), "secret");
  EXPECT_EQ(store.rows("SELECT id FROM data_key").size(), 1U);
}

TEST(DataKeysTest, WrongRootKeyRefusesAndChangesNothing) {  // VT-05
  TestStore store;
  store.database.reset();  // all in the file, no WAL left behind
  const auto before = crypto::sha256(store.stored_bytes());
  {
    const auto database = must(db::open(store.url()));
    const auto other = crypto::RootKey::generate(store.random);
    const auto refused = open_key_ring(*database, other, store.random, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "root_key_wrong");
  }
  EXPECT_EQ(crypto::sha256(store.stored_bytes()), before);
}

TEST(DataKeysTest, RootKeyIsJudgedBeforeTheTablesAreThere) {  // VT-05
  TestStore store;
  EXPECT_TRUE(check_root_key(*store.database, store.root));
  const auto other = crypto::RootKey::generate(store.random);
  const auto refused = check_root_key(*store.database, other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "root_key_wrong");
  const db::TemporaryPlace place;
  const auto fresh = must(db::open(place.url()));
  EXPECT_TRUE(check_root_key(*fresh, other));
}

TEST(DataKeysTest, DatabaseAloneDoesNotHoldTheKey) {  // VT-02
  TestStore store;
  const auto root = shown(store.root.to_base64());
  EXPECT_EQ(store.stored_bytes().find(root), std::string::npos);
}

}  // namespace
}  // namespace wayleave::vault
