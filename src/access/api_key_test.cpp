#include "access/api_key.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "access/test_store.hpp"
#include "base/bytes.hpp"
#include "crypto/api_key.hpp"

namespace wayleave::access {
namespace {

using namespace std::chrono_literals;

const WorkspaceId kHome{"default"};
const Instant kNow = from_millis(1'700'000'000'000);

std::string digest_of(const SecretString& secret) {
  return secret.expose(
      [](std::string_view key) { return std::string(as_text(crypto::api_key_digest(key))); });
}

Scopes scopes(const std::vector<std::string>& names) { return Scopes::parse(names).value(); }

class ApiKeyTest : public testing::Test {
 protected:
  NewApiKey create(const std::string& name, std::optional<Instant> expires_at = {}) {
    auto made = store_.write([&](db::Transaction& tx) {
      return ApiKeys::create(tx, kHome, name, scopes({"proxy", "read"}), expires_at, random_, kNow);
    });
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(made).value();
  }
  Result<NewApiKey> issue(const ApiKey& parent, Instant now, std::chrono::seconds life = 1h) {
    return store_.write(
        [&](db::Transaction& tx) { return ApiKeys::issue_token(tx, parent, life, random_, now); });
  }
  Result<ApiKey> revoke(const std::string& what, Instant now = kNow) {
    return store_.write([&](db::Transaction& tx) { return ApiKeys::revoke(tx, kHome, what, now); });
  }
  std::optional<ApiKey> find(const SecretString& secret) {
    auto found = store_.write(
        [&](db::Transaction& tx) { return ApiKeys::find_by_digest(tx, digest_of(secret)); });
    EXPECT_TRUE(found);
    return found.value_or(std::nullopt);
  }
  std::vector<std::string> changed_keys() {
    auto changes = store_.write([&](db::Transaction& tx) { return db::changes_after(tx, 0, 100); });
    std::vector<std::string> keys;
    for (const auto& change : changes.value()) {
      if (change.topic == "key") keys.push_back(change.key);
    }
    return keys;
  }

  TestStore store_;
  SystemRandom random_;
};

TEST(ScopesTest, NamesComeBackInTheDocumentedOrder) {
  EXPECT_EQ(scopes({"tokens:reveal", "read", "proxy"}).names(),
            (std::vector<std::string>{"proxy", "read", "tokens:reveal"}));
}

TEST(ScopesTest, UnknownNameIsRefusedWithTheKnownOnes) {
  const auto parsed = Scopes::parse({"proxy", "admin"});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().field, "scopes");
  EXPECT_NE(parsed.error().detail.find("tokens:reveal"), std::string::npos);
  EXPECT_FALSE(Scopes::parse({}));
}

TEST(ScopesTest, BitsOfAnotherVersionGrantNothing) {
  EXPECT_TRUE(Scopes::from_bits(1 << 20).empty());
  EXPECT_EQ(Scopes::from_bits(31).bits(), 31);
}

TEST_F(ApiKeyTest, CreatedKeyIsFoundByItsDigestAlone) {
  const auto made = create("backend");
  EXPECT_TRUE(made.secret.expose([](std::string_view key) { return crypto::is_api_key(key); }));
  const auto found = find(made.secret);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.key.id);
  EXPECT_EQ(found->scopes.names(), (std::vector<std::string>{"proxy", "read"}));
  EXPECT_TRUE(found->live(kNow));
  EXPECT_FALSE(find(crypto::make_api_key(random_)));
}

TEST_F(ApiKeyTest, OnlyTheDigestIsStored) {  // AK-02
  const auto made = create("backend");
  const auto token = issue(made.key, kNow).value();
  const auto bytes = store_.stored_bytes();
  ASSERT_NE(bytes.find("backend"), std::string::npos);  // the search sees what was stored
  for (const auto* secret : {&made.secret, &token.secret}) {
    secret->expose([&](std::string_view key) {
      EXPECT_EQ(bytes.find(key), std::string::npos);
      EXPECT_EQ(bytes.find(key.substr(4, 20)), std::string::npos);
    });
  }
}

TEST_F(ApiKeyTest, HintShowsThePrefixAndLastFourOnly) {
  const auto made = create("backend");
  made.secret.expose([&](std::string_view key) {
    EXPECT_EQ(made.key.hint, "wlk_…" + std::string(key.substr(key.size() - 4)));
  });
}

TEST_F(ApiKeyTest, BadNameExpiryOrScopesAreNamed) {
  const auto field_of = [&](std::string_view name, Scopes of, std::optional<Instant> expires) {
    const auto made = store_.write([&](db::Transaction& tx) {
      return ApiKeys::create(tx, kHome, name, of, expires, random_, kNow);
    });
    return made ? "created" : made.error().field;
  };
  EXPECT_EQ(field_of("", scopes({"read"}), {}), "name");
  EXPECT_EQ(field_of("a\nb", scopes({"read"}), {}), "name");
  EXPECT_EQ(field_of(std::string(101, 'a'), scopes({"read"}), {}), "name");
  EXPECT_EQ(field_of("a", Scopes{}, {}), "scopes");
  EXPECT_EQ(field_of("a", scopes({"read"}), kNow), "expiresAt");
}

TEST_F(ApiKeyTest, ExpiredKeyIsReturnedAsNotLive) {
  const auto made = create("short", kNow + 10s);
  EXPECT_TRUE(find(made.secret)->live(kNow + 9s));
  EXPECT_FALSE(find(made.secret)->live(kNow + 10s));
}

TEST_F(ApiKeyTest, RevokedParentTakesItsTokensAlong) {
  const auto made = create("backend");
  const auto token = issue(made.key, kNow).value();
  EXPECT_TRUE(find(token.secret)->live(kNow));
  ASSERT_TRUE(revoke("backend", kNow + 1s));
  EXPECT_FALSE(find(made.secret)->live(kNow + 1s));
  EXPECT_FALSE(find(token.secret)->live(kNow + 1s));
}

TEST_F(ApiKeyTest, RevocationTellsCachesOfEveryDigestItKills) {  // AK-04
  const auto made = create("backend");
  const auto token = issue(made.key, kNow).value();
  const auto before = changed_keys().size();
  ASSERT_TRUE(revoke(made.key.id.str()));
  auto keys = changed_keys();
  keys.erase(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(before));
  std::ranges::sort(keys);
  std::vector<std::string> expected{to_hex(digest_of(made.secret)),
                                    to_hex(digest_of(token.secret))};
  std::ranges::sort(expected);
  EXPECT_EQ(keys, expected);
}

TEST_F(ApiKeyTest, TokenDiesNoLaterThanItsParent) {
  const auto made = create("short", kNow + 10min);
  const auto token = issue(made.key, kNow, 1h).value();
  EXPECT_EQ(token.key.expires_at, kNow + 10min);
  EXPECT_EQ(token.key.scopes.bits(), made.key.scopes.bits());
}

TEST_F(ApiKeyTest, TokenCannotAskForATokenAndNeitherCanADeadKey) {
  const auto made = create("backend");
  const auto token = issue(made.key, kNow).value();
  EXPECT_EQ(issue(token.key, kNow).error().kind, ErrorKind::Denied);
  const auto revoked = revoke("backend").value();
  EXPECT_EQ(issue(revoked, kNow).error().kind, ErrorKind::Denied);
}

TEST_F(ApiKeyTest, ExpiredTokensAreTrimmedWhenTheNextIsIssued) {
  const auto made = create("backend");
  const auto first = issue(made.key, kNow).value();
  ASSERT_TRUE(issue(made.key, kNow + 2h));
  EXPECT_FALSE(find(first.secret));
}

TEST_F(ApiKeyTest, RevokeTakesIdPrefixOrNameAndRefusesToGuess) {
  const auto one = create("one");
  const auto twin_a = create("twin");
  create("twin");
  EXPECT_EQ(revoke("twin").error().kind, ErrorKind::Conflict);
  EXPECT_EQ(revoke("key_").error().kind, ErrorKind::NotFound);
  EXPECT_EQ(revoke("nobody").error().kind, ErrorKind::NotFound);
  EXPECT_EQ(revoke(one.key.id.str().substr(0, 14))->id, one.key.id);
  EXPECT_EQ(revoke(twin_a.key.id.str())->id, twin_a.key.id);
  EXPECT_NE(revoke("twin")->id, twin_a.key.id);  // the revoked twin no longer counts
}

TEST_F(ApiKeyTest, KeyOfAnotherWorkspaceIsNeitherListedNorRevoked) {
  const auto made = create("backend");
  const auto other = store_.write([&](db::Transaction& tx) {
    return ApiKeys::revoke(tx, WorkspaceId{"other"}, made.key.id.str(), kNow);
  });
  EXPECT_EQ(other.error().kind, ErrorKind::NotFound);
  const auto listed = store_.write(
      [&](db::Transaction& tx) { return ApiKeys::list(tx, WorkspaceId{"other"}, "", 10); });
  EXPECT_TRUE(listed->empty());
}

TEST_F(ApiKeyTest, ListPagesByIdAndLeavesTokensOut) {
  const auto made = create("a");
  create("b");
  create("c");
  ASSERT_TRUE(issue(made.key, kNow));
  std::string after;
  std::size_t seen = 0;
  for (;;) {
    const auto page =
        store_.write([&](db::Transaction& tx) { return ApiKeys::list(tx, kHome, after, 2); });
    ASSERT_TRUE(page);
    if (page->empty()) break;
    seen += page->size();
    after = page->back().id.str();
  }
  EXPECT_EQ(seen, 3U);
}

TEST_F(ApiKeyTest, ChangesOfAKeyReachItsTokensAndCaches) {  // AK-04, AK-05
  const auto made = create("backend");
  const auto token = issue(made.key, kNow).value();
  const auto before = changed_keys().size();
  KeyChanges changes;
  changes.allowed = AddressList::parse({"10.0.0.0/8"}).value();
  changes.name = "worker";
  const auto changed = store_.write([&](db::Transaction& tx) {
    return ApiKeys::update(tx, kHome, "backend", changes, kNow + 1s);
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->before.name, "backend");
  EXPECT_EQ(changed->after.name, "worker");
  EXPECT_FALSE(find(made.secret)->allowed.allows("192.0.2.1"));
  EXPECT_FALSE(find(token.secret)->allowed.allows("192.0.2.1"));
  EXPECT_TRUE(find(token.secret)->allowed.allows("10.0.0.1"));
  EXPECT_EQ(changed_keys().size(), before + 2);
  EXPECT_FALSE(find(made.secret)->expires_at);
}

TEST_F(ApiKeyTest, ExpiryIsSetAndTakenAway) {
  const auto made = create("backend", kNow + 10min);
  const auto change = [&](std::optional<Instant> at) {
    KeyChanges changes;
    changes.expires_at = at;
    return store_.write(
        [&](db::Transaction& tx) { return ApiKeys::update(tx, kHome, "backend", changes, kNow); });
  };
  ASSERT_TRUE(change(kNow + 1min));
  EXPECT_EQ(find(made.secret)->expires_at, kNow + 1min);
  ASSERT_TRUE(change(std::nullopt));
  EXPECT_FALSE(find(made.secret)->expires_at);
  EXPECT_EQ(change(kNow).error().field, "expiresAt");
  ASSERT_TRUE(revoke("backend"));
  const auto dead = store_.write(
      [&](db::Transaction& tx) { return ApiKeys::update(tx, kHome, made.key.id.str(), {}, kNow); });
  EXPECT_EQ(dead.error().kind, ErrorKind::Conflict);
}

TEST_F(ApiKeyTest, ARotatedKeyStaysValidForItsOverlap) {  // AK-05
  const auto made = create("backend", kNow + 10min);
  const auto token = issue(made.key, kNow).value();
  const auto rotate = [&](const std::string& which, std::chrono::seconds overlap, Instant now) {
    return store_.write([&](db::Transaction& tx) {
      return ApiKeys::rotate(tx, kHome, which, overlap, random_, now);
    });
  };
  const auto rotated = rotate("backend", 60s, kNow + 1min);
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->made.key.name, "backend");
  EXPECT_EQ(rotated->made.key.scopes.bits(), made.key.scopes.bits());
  EXPECT_EQ(rotated->made.key.expires_at, kNow + 11min);
  EXPECT_EQ(rotated->old.expires_at, kNow + 2min);
  EXPECT_TRUE(find(made.secret)->live(kNow + 2min - 1s));
  EXPECT_FALSE(find(made.secret)->live(kNow + 2min));
  EXPECT_FALSE(find(token.secret)->live(kNow + 2min));
  EXPECT_TRUE(find(rotated->made.secret)->live(kNow + 2min));
  // While both are valid their name means neither; afterwards it means the new one.
  EXPECT_EQ(rotate("backend", 0s, kNow + 1min).error().kind, ErrorKind::Conflict);
  const auto again = rotate("backend", 0s, kNow + 3min);
  ASSERT_TRUE(again);
  EXPECT_FALSE(find(rotated->made.secret)->live(kNow + 3min));
  EXPECT_EQ(rotate(made.key.id.str(), 60s, kNow + 3min).error().kind, ErrorKind::Conflict);
}

TEST_F(ApiKeyTest, AnOverlapNeverLengthensALife) {
  const auto made = create("short", kNow + 10s);
  const auto rotated = store_.write(
      [&](db::Transaction& tx) { return ApiKeys::rotate(tx, kHome, "short", 1h, random_, kNow); });
  EXPECT_EQ(rotated->old.expires_at, kNow + 10s);
}

TEST_F(ApiKeyTest, LastUseNeverGoesBackward) {  // AK-05
  const auto made = create("backend");
  for (const Instant at : {kNow + 2s, kNow + 1s}) {
    ASSERT_TRUE(
        store_.write([&](db::Transaction& tx) { return ApiKeys::touch(tx, made.key.id, at); }));
  }
  EXPECT_EQ(find(made.secret)->last_used_at, kNow + 2s);
}

}  // namespace
}  // namespace wayleave::access
