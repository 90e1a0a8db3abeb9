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
