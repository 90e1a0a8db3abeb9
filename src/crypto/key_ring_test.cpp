#include "crypto/key_ring.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "base/bytes.hpp"

namespace wayleave::crypto {
namespace {

constexpr Place here{"default", "token", "con_1", "refresh_token", 3};
constexpr std::string_view secret = "a-refresh-token";

class SealedValue : public testing::Test {
 protected:
  static KeyRing ring_of(const RootKey& root, const std::vector<WrappedKey>& keys) {
    auto ring = KeyRing::open(root, keys);
    if (!ring) throw std::runtime_error(ring.error().detail);
    return *std::move(ring);
  }
  static std::optional<std::string> opened(const KeyRing& ring,
                                           std::string_view sealed,
                                           const Place& place = here) {
    const auto plain = ring.open(sealed, place);
    if (plain) return plain->expose([](std::string_view text) { return std::string(text); });
    EXPECT_EQ(plain.error().code, "sealed_value_damaged");
    return std::nullopt;
  }

  SystemRandom random_;
  RootKey root_ = RootKey::generate(random_);
  WrappedKey key_ = KeyRing::make_key(root_, 1, random_);
  KeyRing ring_ = ring_of(root_, {key_});
};

TEST_F(SealedValue, OpensInItsPlace) {
  EXPECT_EQ(opened(ring_, ring_.seal(secret, here)), secret);
  EXPECT_EQ(opened(ring_, ring_.seal(SecretString(secret), here)), secret);
  EXPECT_EQ(opened(ring_, ring_.seal("", here)), "");
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(opened(ring_, ring_.seal(large, here)), large);
}

TEST_F(SealedValue, HasTheLayoutOfTheHeader) {
  const std::string sealed = ring_.seal(secret, here);
  EXPECT_EQ(sealed.size(), 1 + 4 + 24 + secret.size() + 16);
  EXPECT_EQ(to_hex(sealed.substr(0, 5)), "0100000001");
  EXPECT_EQ(sealed.find(secret), std::string::npos);
}

// VT-03: bound to workspace, table, row and column.
TEST_F(SealedValue, MovedRowDoesNotOpen) {
  const std::string sealed = ring_.seal(secret, here);
  for (auto field : {&Place::workspace, &Place::table, &Place::row, &Place::column}) {
    Place elsewhere = here;
    elsewhere.*field = "other";
    EXPECT_FALSE(opened(ring_, sealed, elsewhere));
  }
}

// VT-03: an older version of a row put back does not open.
TEST_F(SealedValue, OlderVersionDoesNotOpen) {
  const std::string sealed = ring_.seal(secret, here);
  Place newer = here;
  newer.version = 4;
  EXPECT_FALSE(opened(ring_, sealed, newer));
}

// VT-04: every bit counts, and other values stay readable.
TEST_F(SealedValue, EveryFlippedByteIsRefused) {
  const std::string sealed = ring_.seal(secret, here);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
      EXPECT_FALSE(opened(ring_, changed)) << at << "." << bit;
    }
  }
  EXPECT_EQ(opened(ring_, sealed), secret);
}

TEST_F(SealedValue, EveryCutAndEveryExtraByteIsRefused) {
  const std::string sealed = ring_.seal(secret, here);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(opened(ring_, std::string_view(sealed).substr(0, size))) << size;
  }
  EXPECT_FALSE(opened(ring_, sealed + '\0'));
}

// VT-01: the nonce is drawn anew for every value.
TEST_F(SealedValue, NoncesDoNotRepeat) {
  constexpr int seals = 100'000;
  std::set<std::string> nonces;
  for (int i = 0; i < seals; ++i) nonces.insert(ring_.seal("", here).substr(5, 24));
  EXPECT_EQ(nonces.size(), static_cast<std::size_t>(seals));
}

// VT-05: also when the stored fingerprint was forged to fit.
TEST_F(SealedValue, WrongRootKeyOpensNothing) {
  const RootKey other = RootKey::generate(random_);
  const auto refused = KeyRing::open(other, {key_});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "root_key_wrong");
  EXPECT_NE(refused.error().detail.find(root_.fingerprint()), std::string::npos);
  WrappedKey forged = key_;
  forged.root_fingerprint = other.fingerprint();
  EXPECT_FALSE(KeyRing::open(other, {forged}));
}

TEST_F(SealedValue, AnotherDataKeyWithTheSameIdOpensNothing) {
  const KeyRing other = ring_of(root_, {KeyRing::make_key(root_, 1, random_)});
  EXPECT_FALSE(opened(other, ring_.seal(secret, here)));
}

// VT-02, VT-06: the id in the value chooses the key; new values use the newest.
TEST_F(SealedValue, OldValuesOpenAfterANewKeyIsAdded) {
  const std::string old = ring_.seal(secret, here);
  const WrappedKey second = KeyRing::make_key(root_, 2, random_);
  const KeyRing both = ring_of(root_, {second, key_});
  EXPECT_EQ(both.newest(), 2U);
  EXPECT_EQ(opened(both, old), secret);
  const std::string fresh = both.seal(secret, here);
  EXPECT_EQ(to_hex(fresh.substr(1, 4)), "00000002");
  EXPECT_FALSE(opened(ring_, fresh));
}

TEST_F(SealedValue, AKeyIdCannotBeExchanged) {
  const WrappedKey second = KeyRing::make_key(root_, 2, random_);
  const KeyRing both = ring_of(root_, {key_, second});
  std::string sealed = both.seal(secret, here);
  sealed[4] = 1;
  EXPECT_FALSE(opened(both, sealed));
}

// VT-06: a running server learns of a key before anything is sealed with it.
TEST_F(SealedValue, AnAnnouncedKeyOpensButDoesNotSeal) {
  WrappedKey second = KeyRing::make_key(root_, 2, random_);
  const KeyRing other = ring_of(root_, {key_, second});
  second.announced = true;
  ASSERT_TRUE(ring_.take_up({key_, second}));
  EXPECT_EQ(ring_.newest(), 1U);
  EXPECT_EQ(ring_.newest_held(), 2U);
  EXPECT_EQ(to_hex(ring_.seal(secret, here).substr(1, 4)), "00000001");
  const std::string fresh = other.seal(secret, here);
  EXPECT_TRUE(ring_.has_key_of(fresh));
  EXPECT_EQ(opened(ring_, fresh), secret);
  second.announced = false;
  ASSERT_TRUE(ring_.take_up({key_, second}));
  EXPECT_EQ(ring_.newest(), 2U);
  EXPECT_EQ(to_hex(ring_.seal(secret, here).substr(1, 4)), "00000002");
}

TEST_F(SealedValue, OldNewsTakesNothingBack) {
  const WrappedKey second = KeyRing::make_key(root_, 2, random_);
  ASSERT_TRUE(ring_.take_up({key_, second}));
  ASSERT_TRUE(ring_.take_up({key_}));
  EXPECT_EQ(ring_.newest(), 2U);
}

TEST_F(SealedValue, AllKeysOnlyAnnouncedMakeNoRing) {
  WrappedKey only = key_;
  only.announced = true;
  EXPECT_FALSE(KeyRing::open(root_, {only}));
}

// VT-07: a server that runs while the root key is changed goes on with the data keys it has.
TEST_F(SealedValue, ARunningRingOutlivesItsRootKey) {
  const RootKey next = RootKey::generate(random_);
  const auto moved = KeyRing::rewrap(root_, next, key_, random_);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->root_fingerprint, next.fingerprint());
  const std::string sealed = ring_.seal(secret, here);
  EXPECT_EQ(opened(ring_of(next, {*moved}), sealed), secret);
  EXPECT_FALSE(KeyRing::open(root_, {*moved}));
  EXPECT_TRUE(ring_.take_up({*moved}));
  const WrappedKey second = KeyRing::make_key(next, 2, random_);
  const auto unknown = ring_.take_up({*moved, second});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "root_key_wrong");
  EXPECT_EQ(ring_.newest(), 1U);
  EXPECT_FALSE(ring_.take_up(RootKey::generate(random_), {*moved, second}));
  EXPECT_EQ(ring_.root_fingerprint(), root_.fingerprint());
  EXPECT_TRUE(ring_.take_up(next, {*moved, second}));
  EXPECT_EQ(ring_.newest(), 2U);
  EXPECT_EQ(ring_.root_fingerprint(), next.fingerprint());
}

// VT-06: keys are taken up while others seal and open.
TEST_F(SealedValue, TakingUpKeysDisturbsNobody) {
  std::vector<WrappedKey> keys{key_};
  std::atomic<bool> done = false;
  std::atomic<int> failed = 0;
  std::vector<std::jthread> users;
  for (int i = 0; i < 3; ++i) {
    users.emplace_back([&] {
      while (!done) failed += ring_.open(ring_.seal(secret, here), here) ? 0 : 1;
    });
  }
  for (std::uint32_t id = 2; id < 60; ++id) {
    keys.push_back(KeyRing::make_key(root_, id, random_));
    ASSERT_TRUE(ring_.take_up(keys));
  }
  done = true;
  users.clear();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(ring_.newest(), 59U);
}

class WrappedDataKey : public SealedValue {};

TEST_F(WrappedDataKey, IsNotMovedToAnotherRootKeyByOneThatDoesNotFit) {
  const RootKey other = RootKey::generate(random_);
  const auto refused = KeyRing::rewrap(other, RootKey::generate(random_), key_, random_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "root_key_wrong");
}

TEST_F(WrappedDataKey, EveryFlippedByteIsRefused) {
  for (std::size_t at = 0; at < key_.wrapped.size(); ++at) {
    WrappedKey changed = key_;
    changed.wrapped[at] = static_cast<char>(changed.wrapped[at] ^ 1);
    const auto ring = KeyRing::open(root_, {changed});
    ASSERT_FALSE(ring) << at;
    EXPECT_EQ(ring.error().code, "data_key_damaged");
  }
}

TEST_F(WrappedDataKey, DoesNotOpenUnderAnotherId) {
  WrappedKey renamed = key_;
  renamed.id = 2;
  EXPECT_FALSE(KeyRing::open(root_, {renamed}));
}

TEST_F(WrappedDataKey, TwoWithOneIdAreRefused) {
  EXPECT_FALSE(KeyRing::open(root_, {key_, KeyRing::make_key(root_, 1, random_)}));
}

TEST_F(WrappedDataKey, ARingWithoutKeysDoesNotExist) { EXPECT_FALSE(KeyRing::open(root_, {})); }

TEST_F(WrappedDataKey, EmptyOrCutBytesAreRefused) {
  for (std::size_t size = 0; size < key_.wrapped.size(); ++size) {
    WrappedKey cut = key_;
    cut.wrapped.resize(size);
    EXPECT_FALSE(KeyRing::open(root_, {cut})) << size;
  }
}

}  // namespace
}  // namespace wayleave::crypto
