#include <gmock/gmock.h>

#include "api/test_api.hpp"

namespace wayleave::api {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class KeyRoutes : public ApiTest {};

// AK-02: shown once, kept as a digest.
TEST_F(KeyRoutes, ShowsANewKeyOnceAndStoresItsDigestOnly) {
  const net::Response made =
      send("POST", "/v1/keys", R"({"name":"backend","scopes":["read","proxy"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string key = member(made, "key");
  EXPECT_EQ(as(key, "GET", "/v1/apps").status, 200);
  EXPECT_EQ(member(made, "scopes"), R"(["proxy","read"])");
  const net::Response listed = get("/v1/keys");
  EXPECT_THAT(listed.body, HasSubstr(member(made, "id")));
  EXPECT_THAT(listed.body, Not(HasSubstr(key)));
  EXPECT_THAT(audited(), Contains("key.created"));
}

// AK-04
TEST_F(KeyRoutes, ARevokedKeyIsRefusedAtOnce) {
  const std::string key = make_key({"read"});
  EXPECT_EQ(as(key, "GET", "/v1/apps").status, 200);
  const net::Response revoked = send("DELETE", "/v1/keys/" + last_key_id_);
  EXPECT_EQ(revoked.status, 200);
  EXPECT_NE(member(revoked, "revokedAt"), "null");
  EXPECT_EQ(as(key, "GET", "/v1/apps").status, 401);
  EXPECT_EQ(send("DELETE", "/v1/keys/key_unknown").status, 404);
}

TEST_F(KeyRoutes, AKeyGivesOnlyScopesItHas) {
  const std::string manager = make_key({"manage"});
  TestCall made;
  made.method = "POST";
  made.target = "/v1/keys";
  made.authorization = "Bearer " + manager;
  made.body = R"({"name":"more","scopes":["manage","tokens:reveal"]})";
  const net::Response refused = call(std::move(made));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(member(refused, "field"), "scopes");
}

TEST_F(KeyRoutes, RefusesBadInput) {
  for (const char* body : {R"({})",
                           R"({"name":"x"})",
                           R"({"name":"x","scopes":[]})",
                           R"({"name":"x","scopes":["all"]})",
                           R"({"name":"x","scopes":["read"],"expiresIn":0})",
                           R"({"name":"x","scopes":["read"],"expiresIn":"1"})"}) {
    EXPECT_EQ(send("POST", "/v1/keys", body).status, 400) << body;
  }
}

class LimitedKeys : public ApiTest {
 protected:
  net::Response from(const std::string& peer, const std::string& key) {
    TestCall made;
    made.target = "/v1/apps";
    made.authorization = "Bearer " + key;
    made.peer = peer;
    return call(std::move(made));
  }
  std::string detail_of(const std::string& action) {
    const auto rows =
        store_.rows("SELECT detail FROM audit WHERE action = $1 ORDER BY sequence DESC", {action});
    return rows.empty() ? "none" : rows.front()[0].text();
  }
};

TEST_F(LimitedKeys, AKeyIsUsedFromItsAddressesOnly) {  // AK-05
  const net::Response made = send("POST",
                                  "/v1/keys",
                                  R"({"name":"a","scopes":["read"],
                                      "allowedAddresses":["10.0.0.0/8","2001:db8::/32"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(member(made, "allowedAddresses"), R"(["10.0.0.0/8","2001:db8::/32"])");
  const std::string key = member(made, "key");
  EXPECT_EQ(from("10.1.2.3", key).status, 200);
  EXPECT_EQ(from("::ffff:10.1.2.3", key).status, 200);
  EXPECT_EQ(from("2001:db8::9", key).status, 200);
  const net::Response refused = from("192.0.2.9", key);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(code(refused), "forbidden");
  EXPECT_THAT(refused.body, HasSubstr("192.0.2.9"));
  TestCall asks;
  asks.method = "POST";
  asks.target = "/api/oauth/token";
  asks.authorization = "";
  asks.peer = "192.0.2.9";
  asks.body = R"({"grant_type":"client_credentials","client_id":")" + member(made, "id") +
              R"(","client_secret":")" + key + R"("})";
  EXPECT_EQ(call(std::move(asks)).status, 403);
}

TEST_F(LimitedKeys, ARefusalIsRecordedOnceAMinute) {  // LG-02
  const net::Response made =
      send("POST", "/v1/keys", R"({"name":"a","scopes":["read"],"allowedAddresses":["10.0.0.1"]})");
  const std::string key = member(made, "key");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(from("192.0.2.9", key).status, 403);
  EXPECT_EQ(from("192.0.2.8", key).status, 403);
  const auto refusals = [&] {
    return store_
        .rows("SELECT sequence FROM audit WHERE action = 'key.refused' AND target = $1",
              {member(made, "id")})
        .size();
  };
  EXPECT_EQ(refusals(), 2U);
  store_.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(from("192.0.2.9", key).status, 403);
  EXPECT_EQ(refusals(), 3U);
}

TEST_F(LimitedKeys, AddressesNameAndExpiryCanBeChanged) {
  const std::string key = make_key({"read"});
  const std::string path = "/v1/keys/" + last_key_id_;
  const net::Response changed =
      send("PATCH", path, R"({"name":"b","allowedAddresses":["10.0.0.0/8"]})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(from("192.0.2.9", key).status, 403);
  EXPECT_EQ(from("10.0.0.1", key).status, 200);
  EXPECT_THAT(detail_of("key.updated"), HasSubstr(R"("before":{"name":"test")"));
  EXPECT_THAT(detail_of("key.updated"), HasSubstr(R"("after":{"name":"b")"));
  EXPECT_EQ(send("PATCH", path, R"({"allowedAddresses":[]})").status, 200);
  EXPECT_EQ(from("192.0.2.9", key).status, 200);
  EXPECT_EQ(member(send("PATCH", path, R"({"expiresAt":"2099-01-01T00:00:00Z"})"), "expiresAt"),
            "2099-01-01T00:00:00.000Z");
  EXPECT_EQ(member(send("PATCH", path, R"({"expiresAt":null})"), "expiresAt"), "null");
  for (const char* body : {R"({})",
                           R"({"expiresAt":"2001-01-01T00:00:00Z"})",
                           R"({"expiresAt":"soon"})",
                           R"({"name":""})",
                           R"({"scopes":["manage"]})",
                           R"({"allowedAddresses":["10.0.0.1/8"]})"}) {
    EXPECT_EQ(send("PATCH", path, body).status, 400) << body;
  }
}

TEST_F(LimitedKeys, ARotatedKeyHasAnOverlap) {  // AK-05
  const std::string old = make_key({"read"});
  const net::Response rotated =
      send("POST", "/v1/keys/" + last_key_id_ + "/rotate", R"({"overlapSeconds":60})");
  ASSERT_EQ(rotated.status, 201) << rotated.body;
  const std::string fresh = member(rotated, "key");
  EXPECT_EQ(as(fresh, "GET", "/v1/apps").status, 200);
  EXPECT_EQ(as(old, "GET", "/v1/apps").status, 200);
  EXPECT_THAT(member(rotated, "old"), HasSubstr(last_key_id_));
  EXPECT_THAT(detail_of("key.rotated"), HasSubstr(member(rotated, "id")));
  EXPECT_THAT(detail_of("key.created"), HasSubstr(R"("after":{"name":"test")"));
  store_.clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(as(fresh, "GET", "/v1/apps").status, 200);
  EXPECT_EQ(as(old, "GET", "/v1/apps").status, 401);
  const net::Response at_once = send("POST", "/v1/keys/" + member(rotated, "id") + "/rotate");
  ASSERT_EQ(at_once.status, 201);
  EXPECT_EQ(as(fresh, "GET", "/v1/apps").status, 401);
}

TEST_F(LimitedKeys, NobodyChangesOrRotatesAKeyThatMayDoMore) {
  const std::string id = last_key_id_;
  const std::string manager = make_key({"manage"});
  const auto tries = [&](const char* method, const std::string& path, const char* body) {
    TestCall made;
    made.method = method;
    made.target = "/v1/keys/" + id + path;
    made.authorization = "Bearer " + manager;
    made.body = body;
    return call(std::move(made)).status;
  };
  EXPECT_EQ(tries("PATCH", "", R"({"expiresAt":null})"), 403);
  EXPECT_EQ(tries("POST", "/rotate", R"({"overlapSeconds":60})"), 403);
  EXPECT_EQ(get("/v1/apps").status, 200);
  EXPECT_EQ(detail_of("key.rotated"), "none");
}

TEST_F(LimitedKeys, UsesAreCountedForTheKey) {  // AK-05
  (void)key_watch_.take_uses();
  EXPECT_EQ(get("/v1/apps").status, 200);
  const auto uses = key_watch_.take_uses();
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].first.str(), last_key_id_);
}

class Idempotency : public ApiTest {
 protected:
  net::Response make(const std::string& name,
                     const std::string& idempotency_key,
                     std::optional<std::string> authorization = {}) {
    TestCall made;
    made.method = "POST";
    made.target = "/v1/keys";
    made.body = R"({"scopes":["read"],"name":")" + name + "\"}";
    made.fields = {{"Idempotency-Key", idempotency_key}};
    made.authorization = std::move(authorization);
    return call(std::move(made));
  }
  std::size_t keys_named(const std::string& name) {
    return store_.rows("SELECT id FROM api_key WHERE name = $1", {name}).size();
  }
};

// WO-10: repeat after a lost answer, the same answer, one effect.
TEST_F(Idempotency, ARepeatGivesTheSameAnswerAndHasOneEffect) {
  const net::Response first = make("a", "k1");
  ASSERT_EQ(first.status, 201) << first.body;
  const net::Response again = make("a", "k1");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.fields.get("Idempotent-Replayed"), "true");
  EXPECT_EQ(again.fields.get("Content-Type"), "application/json");
  EXPECT_EQ(keys_named("a"), 1U);
}

TEST_F(Idempotency, TheSameKeyWithAnotherRequestIsRefused) {
  EXPECT_EQ(make("a", "k1").status, 201);
  const net::Response other = make("b", "k1");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(code(other), "idempotency_mismatch");
  EXPECT_EQ(keys_named("b"), 0U);
}

TEST_F(Idempotency, CallersDoNotShareKeys) {
  const net::Response first = make("a", "k1");
  const std::string other = make_key({"manage", "read"});
  const net::Response second = make("a", "k1", "Bearer " + other);
  EXPECT_EQ(second.status, 201);
  EXPECT_NE(second.body, first.body);
}

TEST_F(Idempotency, ARefusalIsKeptAndAFreshKeyTriesAgain) {
  EXPECT_EQ(make("", "k1").status, 400);
  const net::Response again = make("", "k1");
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.fields.get("Idempotent-Replayed"), "true");
}

TEST_F(Idempotency, AnAnswerIsForgottenAfterADay) {
  const net::Response first = make("a", "k1");
  store_.clock.advance(std::chrono::hours(25));
  const net::Response later = make("a", "k1");
  EXPECT_EQ(later.status, 201);
  EXPECT_NE(later.body, first.body);
}

TEST_F(Idempotency, ACallThatWasCutOffIsNotRunAgain) {
  EXPECT_EQ(make("a", "k1").status, 201);
  store_.sql("UPDATE idempotency SET answer = NULL");
  const net::Response repeat = make("a", "k1");
  EXPECT_EQ(repeat.status, 409);
  EXPECT_EQ(keys_named("a"), 1U);
}

// VT-02: the kept answer holds a key and is sealed.
TEST_F(Idempotency, AKeptAnswerIsSealed) {
  const net::Response first = make("a", "k1");
  const std::string key = member(first, "key");
  for (const auto& row : store_.rows("SELECT request, answer FROM idempotency")) {
    EXPECT_THAT(row[0].blob() + row[1].blob(), Not(HasSubstr(key)));
    EXPECT_THAT(row[1].blob(), Not(HasSubstr("hint")));
  }
}

TEST_F(Idempotency, RefusesAnUnfitKey) {
  for (const std::string& key : {std::string(), std::string("a b"), std::string(256, 'x')}) {
    EXPECT_EQ(make("a", key).status, 400) << key;
  }
}

}  // namespace
}  // namespace wayleave::api
