#include <gmock/gmock.h>

#include "api/test_people.hpp"
#include "crypto/totp.hpp"

namespace wayleave::api {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What an authenticator app makes of the letters it was given.
std::string from_base32(std::string_view text) {
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    held = (held << 5U) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((held >> bits) & 0xFFU);
    }
  }
  return out;
}

class SecondFactorTest : public PeopleTest {
 protected:
  SecondFactorTest() : ann_(first_member()) {}

  std::string code_now(int steps_later = 0) {
    return crypto::totp_code(secret_, crypto::totp_step(store_.clock.now()) + steps_later);
  }
  /// Sets the factor up and gives the recovery codes.
  std::vector<std::string> enrol() {
    const net::Response begun = as(ann_, "POST", "/v1/me/totp");
    EXPECT_EQ(begun.status, 200) << begun.body;
    letters_ = member(begun, "secret");
    secret_ = from_base32(letters_);
    EXPECT_THAT(member(begun, "uri"), StartsWith("otpauth://totp/Wayleave:ann%40acme.example?"));
    const net::Response done = confirm_totp(code_now());
    EXPECT_EQ(done.status, 200) << done.body;
    std::vector<std::string> codes;
    for (const auto& code : json(done).at("recoveryCodes").as_array()) {
      codes.emplace_back(code.as_string().c_str());
    }
    store_.clock.advance(std::chrono::seconds(30));  // a step for the next code
    return codes;
  }
  net::Response confirm_totp(const std::string& code) {
    return as(ann_, "POST", "/v1/me/totp/confirm", R"({"code":")" + code + "\"}");
  }
  net::Response sign_in_with(const std::string& code) {
    return post("/v1/session",
                std::string(R"({"email":"ann@acme.example","password":")") + kPassword +
                    R"(","code":")" + code + "\"}");
  }
  net::Response confirm(const Browser& who) {
    return as(
        who, "POST", "/v1/session/confirm", std::string(R"({"password":")") + kPassword + "\"}");
  }

  Browser ann_;
  std::string letters_;
  std::string secret_;
};

TEST_F(SecondFactorTest, IsAskedForOnceItIsSetUp) {
  EXPECT_EQ(sign_in("ann@acme.example", kPassword).status, 200);
  ann_ = browser_of(sign_in("ann@acme.example", kPassword));
  enrol();
  const net::Response without = sign_in("ann@acme.example", kPassword);
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(code(without), "code_required");
  // Whoever does not know the password is not told that there is a second factor.
  EXPECT_EQ(code(sign_in("ann@acme.example", "wrong wrong wrong")), "unauthenticated");
  EXPECT_EQ(sign_in_with(code_now()).status, 200);
  EXPECT_THAT(audited(), Contains("totp.enrolled"));
}

// RFC 6238 section 5.2
TEST_F(SecondFactorTest, ACodeIsAcceptedOnceAndOnlyNearItsTime) {
  enrol();
  const std::string once = code_now();
  EXPECT_EQ(sign_in_with(once).status, 200);
  EXPECT_EQ(code(sign_in_with(once)), "code_required");
  EXPECT_EQ(code(sign_in_with(code_now(-1))), "code_required");
  EXPECT_EQ(sign_in_with(code_now(1)).status, 200);
  EXPECT_EQ(code(sign_in_with(code_now(3))), "code_required");
}

// DS-09: nor can all codes be tried.
TEST_F(SecondFactorTest, GuessingCodesIsStopped) {
  enrol();
  int tried = 0;
  while (tried < 100 && sign_in_with("000000").status != 429) ++tried;
  EXPECT_LE(tried, 10);
  EXPECT_EQ(sign_in_with(code_now()).status, 429);
}

TEST_F(SecondFactorTest, ARecoveryCodeReplacesTheDeviceOnce) {
  const auto codes = enrol();
  ASSERT_EQ(codes.size(), 10U);
  EXPECT_EQ(sign_in_with(codes[3]).status, 200);
  EXPECT_EQ(code(sign_in_with(codes[3])), "code_required");
  std::string spoken = codes[4];
  std::erase(spoken, '-');
  const net::Response in = sign_in_with(to_lower(spoken));
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(member(in, "recoveryCodesLeft"), "8");
  EXPECT_THAT(audited(), Contains("recovery_code.used"));
}

TEST_F(SecondFactorTest, SecretAndCodesAreNotStoredOpenly) {
  const auto codes = enrol();
  const std::string stored = store_.stored_bytes();
  EXPECT_THAT(stored, Not(HasSubstr(secret_)));
  EXPECT_THAT(stored, Not(HasSubstr(letters_)));
  for (const std::string& each : codes) EXPECT_THAT(stored, Not(HasSubstr(each)));
}

TEST_F(SecondFactorTest, AWrongCodeDoesNotSetItUp) {
  EXPECT_EQ(confirm_totp("123456").status, 409);
  ASSERT_EQ(as(ann_, "POST", "/v1/me/totp").status, 200);
  EXPECT_EQ(confirm_totp("abcdef").status, 400);
  EXPECT_EQ(member(as(ann_, "GET", "/v1/me"), "totp"), "false");
  EXPECT_EQ(sign_in("ann@acme.example", kPassword).status, 200);
}

TEST_F(SecondFactorTest, RemovingItOrRenewingCodesTakesThePasswordAgain) {
  const auto old = enrol();
  EXPECT_EQ(code(as(ann_, "DELETE", "/v1/me/totp")), "confirmation_required");
  EXPECT_EQ(code(as(ann_, "POST", "/v1/me/recovery-codes")), "confirmation_required");
  ASSERT_EQ(confirm(ann_).status, 200);
  EXPECT_EQ(as(ann_, "POST", "/v1/me/recovery-codes").status, 200);
  EXPECT_EQ(code(sign_in_with(old[0])), "code_required");
  store_.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(code(as(ann_, "DELETE", "/v1/me/totp")), "confirmation_required");
  ASSERT_EQ(confirm(ann_).status, 200);
  EXPECT_EQ(as(ann_, "DELETE", "/v1/me/totp").status, 204);
  EXPECT_THAT(audited(), Contains("recovery_code.renewed"));
  EXPECT_THAT(audited(), Contains("totp.removed"));
  EXPECT_EQ(sign_in("ann@acme.example", kPassword).status, 200);
}

// A workspace can demand it: until then a member may do nothing but set it up.
TEST_F(SecondFactorTest, WhoMustHaveItMaySetItUpAndNothingElse) {
  const Browser bob = invited(ann_, "bob@acme.example", "admin");
  enrol();
  ASSERT_EQ(as(ann_, "PATCH", "/v1/settings", R"({"requireTotp":true})").status, 200);
  EXPECT_EQ(as(ann_, "GET", "/v1/apps").status, 200);
  EXPECT_EQ(code(as(bob, "GET", "/v1/apps")), "totp_enrolment_required");
  EXPECT_EQ(code(as(bob, "GET", "/v1/settings")), "totp_enrolment_required");
  EXPECT_EQ(code(as(bob, "POST", "/v1/session/call-token")), "totp_enrolment_required");
  const net::Response me = as(bob, "GET", "/v1/me");
  EXPECT_EQ(member(me, "scopes"), "[]");
  EXPECT_EQ(member(me, "totpRequired"), "true");
  const std::string secret = from_base32(member(as(bob, "POST", "/v1/me/totp"), "secret"));
  const std::string right = crypto::totp_code(secret, crypto::totp_step(store_.clock.now()));
  EXPECT_EQ(as(bob, "POST", "/v1/me/totp/confirm", R"({"code":")" + right + "\"}").status, 200);
  EXPECT_EQ(as(bob, "GET", "/v1/apps").status, 200);
}

TEST_F(SecondFactorTest, AResetPasswordDoesNotReplaceIt) {
  enrol();
  const std::string id = member(as(ann_, "GET", "/v1/me"), "id");
  // Whoever has the link is a super admin, so it takes the password again.
  EXPECT_EQ(code(as(ann_, "POST", "/v1/members/" + id + "/invitation")), "confirmation_required");
  ASSERT_EQ(confirm(ann_).status, 200);
  const net::Response link = as(ann_, "POST", "/v1/members/" + id + "/invitation");
  ASSERT_EQ(link.status, 200) << link.body;
  EXPECT_EQ(code(accept(token_of(link))), "code_required");
  EXPECT_EQ(as(ann_, "DELETE", "/v1/members/" + id + "/totp").status, 204);
  EXPECT_THAT(audited(), Contains("totp.removed"));
  EXPECT_EQ(accept(token_of(link)).status, 200);
  EXPECT_EQ(as(ann_, "GET", "/v1/me").status, 401);  // its sessions ended
}

// VT-10, LG-02: a token is shown to a super admin who entered the password again, and audited.
TEST_F(SecondFactorTest, ATokenIsRevealedAfterConfirmationOnly) {
  const auto connection = connect(steady_);
  const std::string target = "/v1/connections/" + connection.id.str() + "/token";
  EXPECT_EQ(code(as(ann_, "GET", target)), "confirmation_required");
  EXPECT_THAT(audited(), Not(Contains("token.revealed")));
  EXPECT_EQ(as(ann_, "POST", "/v1/session/confirm", R"({"password":"wrong wrong"})").status, 400);
  EXPECT_EQ(code(as(ann_, "GET", target)), "confirmation_required");
  ASSERT_EQ(confirm(ann_).status, 200);
  const net::Response shown = as(ann_, "GET", target);
  EXPECT_EQ(shown.status, 200) << shown.body;
  EXPECT_THAT(audited(), Contains("token.revealed"));
  const Browser bob = invited(ann_, "bob@acme.example", "admin");
  ASSERT_EQ(confirm(bob).status, 200);
  EXPECT_EQ(code(as(bob, "GET", target)), "forbidden");
}

TEST_F(SecondFactorTest, GivingAwayTheHighestRightsTakesThePasswordAgain) {
  const std::string key = R"({"name":"x","scopes":["tokens:reveal"]})";
  const std::string chief = R"({"email":"cleo@acme.example","role":"super_admin"})";
  EXPECT_EQ(code(as(ann_, "POST", "/v1/keys", key)), "confirmation_required");
  EXPECT_EQ(code(as(ann_, "POST", "/v1/members", chief)), "confirmation_required");
  ASSERT_EQ(confirm(ann_).status, 200);
  EXPECT_EQ(as(ann_, "POST", "/v1/keys", key).status, 201);
  EXPECT_EQ(as(ann_, "POST", "/v1/members", chief).status, 201);
}

TEST_F(SecondFactorTest, ACallTokenIsForTheProxyAndDiesWithTheSession) {
  const net::Response made = as(ann_, "POST", "/v1/session/call-token");
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string token = member(made, "token");
  EXPECT_EQ(member(as(token, "GET", "/v1/me"), "scopes"), R"(["proxy"])");
  EXPECT_EQ(as(token, "GET", "/v1/apps").status, 403);
  EXPECT_EQ(as(ann_, "DELETE", "/v1/session").status, 204);
  EXPECT_EQ(as(token, "GET", "/v1/me").status, 401);
}

TEST_F(SecondFactorTest, ACallTokenLivesFiveMinutesAndLosesItsRole) {
  const Browser bob = invited(ann_, "bob@acme.example", "developer");
  const std::string first = member(as(bob, "POST", "/v1/session/call-token"), "token");
  store_.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(as(first, "GET", "/v1/me").status, 401);
  const std::string second = member(as(bob, "POST", "/v1/session/call-token"), "token");
  EXPECT_EQ(as(second, "GET", "/v1/me").status, 200);
  const std::string id = member(as(bob, "GET", "/v1/me"), "id");
  EXPECT_EQ(as(ann_, "PATCH", "/v1/members/" + id, R"({"role":"viewer"})").status, 200);
  EXPECT_EQ(as(second, "GET", "/v1/me").status, 401);
  EXPECT_EQ(as(bob, "POST", "/v1/session/call-token").status, 403);
}

TEST_F(SecondFactorTest, ANewPasswordEndsTheOtherSessions) {
  const Browser other = browser_of(sign_in("ann@acme.example", kPassword));
  const std::string wrong = R"({"password":"a new long password","currentPassword":"wrong wrong"})";
  EXPECT_EQ(as(ann_, "PATCH", "/v1/me", wrong).status, 400);
  EXPECT_EQ(as(ann_, "PATCH", "/v1/me", R"({"password":"a new long password"})").status, 400);
  const std::string right =
      std::string(R"({"password":"a new long password","currentPassword":")") + kPassword + "\"}";
  EXPECT_EQ(as(ann_, "PATCH", "/v1/me", right).status, 200);
  EXPECT_EQ(as(ann_, "GET", "/v1/me").status, 200);
  EXPECT_EQ(as(other, "GET", "/v1/me").status, 401);
  EXPECT_EQ(sign_in("ann@acme.example", kPassword).status, 401);
  EXPECT_EQ(sign_in("ann@acme.example", "a new long password").status, 200);
}

TEST_F(SecondFactorTest, AMemberSeesAndEndsTheirOwnSessionsOnly) {
  const Browser phone = browser_of(sign_in("ann@acme.example", kPassword));
  const net::Response listed = as(ann_, "GET", "/v1/me/sessions");
  ASSERT_EQ(json(listed).at("data").as_array().size(), 2U) << listed.body;
  EXPECT_THAT(listed.body, Not(HasSubstr(phone.cookie)));
  std::string other;
  for (const auto& each : json(listed).at("data").as_array()) {
    if (!each.at("current").as_bool()) other = each.at("id").as_string().c_str();
  }
  const Browser bob = invited(ann_, "bob@acme.example", "viewer");
  EXPECT_EQ(as(bob, "DELETE", "/v1/me/sessions/" + other).status, 404);
  EXPECT_EQ(as(ann_, "DELETE", "/v1/me/sessions/" + other).status, 204);
  EXPECT_EQ(as(phone, "GET", "/v1/me").status, 401);
  EXPECT_EQ(as(ann_, "GET", "/v1/me").status, 200);
}

TEST_F(SecondFactorTest, SettingsAreAuditedBeforeAndAfter) {
  EXPECT_EQ(as(ann_, "PATCH", "/v1/settings", R"({"companyName":"Acme"})").status, 200);
  EXPECT_EQ(member(as(ann_, "GET", "/v1/settings"), "companyName"), "Acme");
  const auto rows = store_.rows("SELECT detail FROM audit WHERE action = 'settings.changed'");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0][0].text(), HasSubstr(R"("before":{"companyName":"")"));
  EXPECT_THAT(rows[0][0].text(), HasSubstr(R"("after":{"companyName":"Acme")"));
}

}  // namespace
}  // namespace wayleave::api
