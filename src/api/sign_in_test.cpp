#include <gmock/gmock.h>

#include "api/session_cookie.hpp"
#include "api/test_people.hpp"

namespace wayleave::api {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SignInTest : public PeopleTest {};

// AD-02: nobody is there at first, and only the link that `serve` prints makes the first member.
TEST_F(SignInTest, TheSetUpLinkMakesTheFirstMemberOnce) {
  EXPECT_EQ(member(get("/v1/sign-in"), "membersExist"), "false");
  EXPECT_EQ(sign_in("admin@acme.example", "admin admin admin").status, 401);
  const std::string token = set_up_token();
  const net::Response seen = post("/v1/invitations/view", R"({"token":")" + token + "\"}");
  EXPECT_EQ(seen.status, 200) << seen.body;
  EXPECT_EQ(member(seen, "first"), "true");
  EXPECT_EQ(member(seen, "role"), "super_admin");

  const net::Response joined = accept(token, "ann@acme.example");
  ASSERT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(member(joined, "role"), "super_admin");
  EXPECT_EQ(member(joined, "kind"), "member");
  EXPECT_EQ(member(get("/v1/sign-in"), "membersExist"), "true");
  EXPECT_EQ(accept(token, "eve@acme.example").status, 404);
  EXPECT_THAT(audited(), Contains("member.joined"));
}

TEST_F(SignInTest, AnotherOpenSetUpLinkDiesWithTheFirstMember) {
  const std::string first = set_up_token();
  const std::string second = set_up_token();
  EXPECT_EQ(accept(first, "ann@acme.example").status, 200);
  EXPECT_EQ(accept(second, "eve@acme.example").status, 404);
}

TEST_F(SignInTest, ASetUpLinkLivesOneDay) {
  const std::string token = set_up_token();
  store_.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(accept(token, "ann@acme.example").status, 404);
}

// AD-01: 256 random bits in a cookie no script and no other host can touch, stored as a digest.
TEST_F(SignInTest, TheCookieIsStrongAndOnlyItsDigestIsStored) {
  const Browser ann = first_member();
  EXPECT_GE(ann.cookie.size(), 43U);
  const net::Response again = sign_in("ANN@acme.example", kPassword);
  ASSERT_EQ(again.status, 200) << again.body;
  const std::string set(again.fields.get("Set-Cookie").value_or(""));
  EXPECT_THAT(set, StartsWith("__Host-wayleave_session="));
  EXPECT_THAT(set, HasSubstr("; Path=/; HttpOnly; SameSite=Lax; Secure"));
  EXPECT_THAT(again.body, Not(HasSubstr(ann.cookie)));
  EXPECT_THAT(store_.stored_bytes(), Not(HasSubstr(ann.cookie)));
  EXPECT_THAT(store_.stored_bytes(), Not(HasSubstr(std::string(kPassword))));
}

// AD-01: whoever plants a session in a browser does not share the sign-in that follows.
TEST_F(SignInTest, EachSignInHasANewIdAndEndsTheOldSession) {
  const Browser planted = first_member();
  const Browser ann = browser_of(sign_in("ann@acme.example", kPassword, planted));
  EXPECT_NE(ann.cookie, planted.cookie);
  EXPECT_EQ(as(planted, "GET", "/v1/me").status, 401);
  EXPECT_EQ(as(ann, "GET", "/v1/me").status, 200);
}

// AD-01
TEST_F(SignInTest, ASignedOutSessionCannotBeReplayed) {
  const Browser ann = first_member();
  const net::Response out = as(ann, "DELETE", "/v1/session");
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(std::string(out.fields.get("Set-Cookie").value_or("")), HasSubstr("Max-Age=0"));
  EXPECT_EQ(as(ann, "GET", "/v1/me").status, 401);
  EXPECT_THAT(audited(), Contains("session.ended"));
}

// AD-01: two hours without a call, or twelve whatever happens.
TEST_F(SignInTest, ASessionEndsWhenIdleAndInTheEnd) {
  const Browser ann = first_member();
  for (int i = 0; i < 11; ++i) {
    store_.clock.advance(std::chrono::hours(1));
    ASSERT_EQ(as(ann, "GET", "/v1/me").status, 200) << i;
  }
  store_.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(as(ann, "GET", "/v1/me").status, 401);

  const Browser idle = browser_of(sign_in("ann@acme.example", kPassword));
  store_.clock.advance(std::chrono::hours(2));
  EXPECT_EQ(as(idle, "GET", "/v1/me").status, 401);
}

// AD-03: a session changes something only for our own pages.
TEST_F(SignInTest, AForeignPageCannotUseTheCookie) {
  const Browser ann = first_member();
  const std::string body = R"({"name":"x","scopes":["read"]})";
  const auto attempt = [&](net::Fields fields) {
    TestCall made{
        .method = "POST", .target = "/v1/keys", .body = body, .fields = std::move(fields)};
    made.authorization = "";
    made.fields.add("Cookie", "__Host-wayleave_session=" + ann.cookie);
    return call(std::move(made));
  };
  EXPECT_EQ(attempt({{"Wayleave-Console", "1"}}).status, 201);
  EXPECT_EQ(attempt({{"Wayleave-Console", "1"},
                     {"Origin", "https://gateway.example"},
                     {"Sec-Fetch-Site", "same-origin"}})
                .status,
            201);
  for (const net::Fields& fields :
       {net::Fields{},
        net::Fields{{"Wayleave-Console", "1"}, {"Origin", "https://evil.example"}},
        net::Fields{{"Wayleave-Console", "1"}, {"Origin", "null"}},
        net::Fields{{"Wayleave-Console", "1"}, {"Origin", "https://gateway.example.evil"}},
        net::Fields{{"Wayleave-Console", "1"}, {"Sec-Fetch-Site", "cross-site"}},
        net::Fields{{"Wayleave-Console", "1"}, {"Sec-Fetch-Site", "same-site"}}}) {
    const net::Response refused = attempt(fields);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(code(refused), "csrf");
  }
}

// AD-03: nor sign somebody in.
TEST_F(SignInTest, AForeignPageCannotSignSomebodyIn) {
  (void)first_member();
  TestCall made{.method = "POST", .target = "/v1/session"};
  made.authorization = "";
  made.body = R"({"email":"ann@acme.example","password":"correct horse battery"})";
  made.fields = {{"Origin", "https://evil.example"}};
  EXPECT_EQ(code(call(std::move(made))), "csrf");
}

TEST_F(SignInTest, TheCookieCountsBelowV1OnlyAndBehindAKey) {
  const Browser ann = first_member();
  EXPECT_EQ(as(ann, "GET", "/api/saas-org-user/get-users/steady").status, 401);
  TestCall made{.target = "/v1/me"};
  made.fields.add("Cookie", "__Host-wayleave_session=" + ann.cookie);
  EXPECT_EQ(member(call(std::move(made)), "kind"), "key");
  TestCall wrong{.target = "/v1/me"};
  wrong.authorization = "Bearer nonsense";
  wrong.fields.add("Cookie", "__Host-wayleave_session=" + ann.cookie);
  EXPECT_EQ(call(std::move(wrong)).status, 401);
}

TEST_F(SignInTest, AnUnknownAddressAndAWrongPasswordGetTheSameAnswer) {
  (void)first_member();
  const net::Response wrong = sign_in("ann@acme.example", "not her password");
  const net::Response unknown = sign_in("eve@acme.example", "not her password");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_THAT(audited(), Contains("session.refused"));
  // Not even an address that nobody has: it may be a password.
  for (const auto& row : store_.rows("SELECT target, detail FROM audit")) {
    EXPECT_THAT(row[0].text() + row[1].text(), Not(HasSubstr("eve@")));
  }
}

// DS-09
TEST_F(SignInTest, AThousandWrongPasswordsAreStoppedAndTheOwnerStillGetsInFromElsewhere) {
  (void)first_member();
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    const net::Response answer = sign_in("ann@acme.example", "wrong wrong wrong");
    if (answer.status != 429) continue;
    ++refused;
    EXPECT_GE(std::stoi(std::string(answer.fields.get("Retry-After").value_or("0"))), 1);
  }
  EXPECT_EQ(refused, 990);
  EXPECT_EQ(sign_in("ann@acme.example", kPassword).status, 429);
  EXPECT_EQ(sign_in("ann@acme.example", kPassword, {}, "192.0.2.7").status, 200);
  store_.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(sign_in("ann@acme.example", kPassword).status, 200);
}

TEST_F(SignInTest, ADisabledMemberIsOutAtOnce) {
  const Browser ann = first_member();
  const Browser bob = invited(ann, "bob@acme.example", "admin");
  const std::string id = member(as(bob, "GET", "/v1/me"), "id");
  EXPECT_EQ(as(ann, "PATCH", "/v1/members/" + id, R"({"disabled":true})").status, 200);
  EXPECT_EQ(as(bob, "GET", "/v1/me").status, 401);
  EXPECT_EQ(sign_in("bob@acme.example", kPassword).status, 401);
  EXPECT_EQ(as(ann, "PATCH", "/v1/members/" + id, R"({"disabled":false})").status, 200);
  EXPECT_EQ(sign_in("bob@acme.example", kPassword).status, 200);
}

}  // namespace
}  // namespace wayleave::api
