#include "gateway/snapshot.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"

namespace wayleave::gateway {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

const Instant kNow{1'700'000'000'000ms};
const AppId kApp("11111111-1111-4111-8111-111111111111");

Snapshot::Credential credential(std::int64_t version, std::optional<Instant> due) {
  auto made = std::make_shared<CredentialEntry>();
  made->version = version;
  made->refresh_due_at = due;
  return made;
}

std::shared_ptr<KnownKey> make_key() {
  auto key = std::make_shared<KnownKey>();
  key->use = std::make_shared<access::KeyUse>();
  return key;
}

class SnapshotTest : public testing::Test {
 protected:
  SystemRandom random_;
  Snapshot snapshot_{{.keys = 2, .apps = 2, .credentials = 2}, random_};
};

TEST_F(SnapshotTest, GivesACredentialOnlyUntilItIsDue) {
  snapshot_.put_credential(kApp, "u", credential(1, kNow + 10s), snapshot_.heard());
  EXPECT_NE(snapshot_.credential(kApp, "u", kNow), nullptr);
  EXPECT_EQ(snapshot_.credential(kApp, "u", kNow + 10s), nullptr);
  EXPECT_EQ(snapshot_.credential(kApp, "v", kNow), nullptr);
}

TEST_F(SnapshotTest, ForgetsWhatAChangeNames) {  // AK-04
  auto key = make_key();
  const std::string digest(32, '\x01');
  const auto presented = snapshot_.presented("Bearer key");
  snapshot_.put_key(presented, digest, key, snapshot_.heard());
  snapshot_.put_credential(kApp, "a/b", credential(1, {}), snapshot_.heard());
  snapshot_.forget("connection", kApp.str() + "/a/b");
  EXPECT_EQ(snapshot_.credential(kApp, "a/b", kNow), nullptr);
  EXPECT_NE(snapshot_.key(presented, kNow), nullptr);
  snapshot_.forget("key", to_hex(digest));
  EXPECT_EQ(snapshot_.key(presented, kNow), nullptr);
}

TEST_F(SnapshotTest, FindsAKeyOnlyByWhatWasPresentedWhole) {
  const auto presented = snapshot_.presented("Bearer key");
  snapshot_.put_key(presented, "digest", make_key(), snapshot_.heard());
  EXPECT_NE(snapshot_.key(snapshot_.presented("Bearer key"), kNow), nullptr);
  EXPECT_EQ(snapshot_.key(snapshot_.presented("Bearer keY"), kNow), nullptr);
  EXPECT_EQ(snapshot_.key(snapshot_.presented("key"), kNow), nullptr);
}

TEST(CredentialEntry, ATokenThatCouldStartAnotherLineIsRefused) {  // HT-17
  for (const std::string_view token : {"a\r\nX: y"sv, "a\nb"sv, "a\0b"sv}) {
    vault::Credential credential;
    credential.access_token = SecretString(token);
    EXPECT_FALSE(CredentialEntry::make(std::move(credential)));
  }
  vault::Credential credential;
  credential.access_token = SecretString("t0ken");
  const auto entry = CredentialEntry::make(std::move(credential));
  ASSERT_TRUE(entry);
  entry->authorization.expose(
      [](std::string_view line) { EXPECT_EQ(line, "Authorization: Bearer t0ken\r\n"); });
}

TEST_F(SnapshotTest, DropsCredentialsWithTheirApp) {
  snapshot_.put_credential(kApp, "u", credential(1, {}), snapshot_.heard());
  snapshot_.forget("app", kApp.str());
  EXPECT_EQ(snapshot_.credential(kApp, "u", kNow), nullptr);
}

TEST_F(SnapshotTest, ALateLookUpDoesNotBringTheOldStateBack) {
  const std::uint64_t before = snapshot_.heard();
  snapshot_.forget("connection", kApp.str() + "/u");
  snapshot_.put_credential(kApp, "u", credential(1, {}), before);
  EXPECT_EQ(snapshot_.credential(kApp, "u", kNow), nullptr);
  snapshot_.put_credential(kApp, "other", credential(1, {}), before);
  EXPECT_NE(snapshot_.credential(kApp, "other", kNow), nullptr);
}

TEST_F(SnapshotTest, ALookUpOlderThanItsMemoryIsNotKept) {
  const std::uint64_t before = snapshot_.heard();
  for (int i = 0; i < 2000; ++i) snapshot_.forget("connection", "x/" + std::to_string(i));
  snapshot_.put_credential(kApp, "u", credential(1, {}), before);
  EXPECT_EQ(snapshot_.credential(kApp, "u", kNow), nullptr);
}

TEST_F(SnapshotTest, IsBoundedAndForgetsTheLeastUsed) {
  for (const auto* user : {"a", "b"}) {
    snapshot_.put_credential(kApp, user, credential(1, {}), snapshot_.heard());
  }
  EXPECT_NE(snapshot_.credential(kApp, "a", kNow), nullptr);
  snapshot_.put_credential(kApp, "c", credential(1, {}), snapshot_.heard());
  EXPECT_EQ(snapshot_.credential(kApp, "b", kNow), nullptr);
  EXPECT_NE(snapshot_.credential(kApp, "a", kNow), nullptr);
}

TEST_F(SnapshotTest, AnExpiredKeyIsNotFound) {
  auto key = make_key();
  key->expires_at = kNow;
  const auto presented = snapshot_.presented("Bearer key");
  snapshot_.put_key(presented, "digest", key, snapshot_.heard());
  EXPECT_EQ(snapshot_.key(presented, kNow), nullptr);
  EXPECT_NE(snapshot_.key(presented, kNow - 1ms), nullptr);
}

TEST_F(SnapshotTest, CountsWhatWasFoundAndWhatIsHeld) {
  EXPECT_EQ(snapshot_.credential(kApp, "a", kNow), nullptr);
  for (const char* user : {"a", "b", "c"}) {  // two fit
    snapshot_.put_credential(kApp, user, credential(1, {}), snapshot_.heard());
  }
  EXPECT_NE(snapshot_.credential(kApp, "c", kNow), nullptr);
  CacheTotals totals;
  snapshot_.add_to(totals);
  EXPECT_EQ(totals.credentials.hits, 1U);
  EXPECT_EQ(totals.credentials.misses, 1U);
  EXPECT_EQ(totals.credentials.entries, 2U);
  EXPECT_EQ(totals.keys.misses, 0U);
  snapshot_.forget("*", "");
  CacheTotals emptied;
  snapshot_.add_to(emptied);
  EXPECT_EQ(emptied.credentials.entries, 0U);
  EXPECT_EQ(emptied.credentials.hits, 1U);
}

}  // namespace
}  // namespace wayleave::gateway
