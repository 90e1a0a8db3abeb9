#include "oauth/token_failure.hpp"

#include <gtest/gtest.h>

namespace wayleave::oauth {
namespace {

using enum FailureClass;

ErrorWords hubspot_words() {
  return {.terminal = {"BAD_REFRESH_TOKEN", "BAD_HUB", "access_denied"},
          .transient = {},
          .config = {"BAD_CLIENT_ID", "BAD_CLIENT_SECRET", "BAD_REDIRECT_URI"}};
}

FailureClass class_of(int status, std::string_view body, const ErrorWords& words = {}) {
  const auto object = FlatObject::parse(body);
  return classify_failure(status, object ? &*object : nullptr, words).failure;
}

// TK-09: only invalid_grant of an OAuth server ends a grant.
TEST(TokenFailure, InvalidGrantIsTerminal) {
  EXPECT_EQ(class_of(400, R"({"error":"invalid_grant"})"), Terminal);
  EXPECT_EQ(class_of(401, R"({"error":"invalid_grant","error_description":"revoked"})"), Terminal);
}

TEST(TokenFailure, ClientErrorsAreTheAppsFault) {
  for (const char* word : {"invalid_client",
                           "unauthorized_client",
                           "unsupported_grant_type",
                           "invalid_request",
                           "invalid_scope",
                           "some_new_word"}) {
    EXPECT_EQ(class_of(400, std::string(R"({"error":")") + word + "\"}"), Config) << word;
  }
  EXPECT_EQ(class_of(401, R"({"error":"invalid_client"})"), Config);
}

// TK-09: nothing is concluded from faults of the way or of the server.
TEST(TokenFailure, EverythingElseIsTransient) {
  for (const int status : {100, 301, 302, 307, 308, 408, 423, 425, 429, 477, 500, 502, 503, 504}) {
    EXPECT_EQ(class_of(status, R"({"error":"invalid_grant"})"), Transient) << status;
  }
  EXPECT_EQ(class_of(403, "<html>blocked</html>"), Transient);
  EXPECT_EQ(class_of(403, R"({"message":"forbidden"})"), Transient);
  EXPECT_EQ(class_of(400, R"({"error":{"code":400,"status":"INVALID_ARGUMENT"}})"), Transient);
  EXPECT_EQ(class_of(400, R"({"error":""})"), Transient);
  EXPECT_EQ(class_of(400, R"({"error":"invalid_grant","error":"invalid_grant"})"), Transient);
  EXPECT_EQ(class_of(400, R"({"error":"temporarily_unavailable"})"), Transient);
  EXPECT_EQ(class_of(200, R"({"error":"some_new_word"})"), Transient);
}

// The pairs HubSpot's token endpoint answers with.
TEST(TokenFailure, HubSpotsStatusWordsDecideBeforeTheStandardOnes) {
  const auto words = hubspot_words();
  const auto body = [](std::string_view status, std::string_view error) {
    return R"({"status":")" + std::string(status) + R"(","message":"m","error":")" +
           std::string(error) + R"("})";
  };
  EXPECT_EQ(class_of(400, body("BAD_REFRESH_TOKEN", "invalid_grant"), words), Terminal);
  EXPECT_EQ(class_of(400, body("BAD_HUB", "access_denied"), words), Terminal);
  EXPECT_EQ(class_of(400, R"({"status":"BAD_REFRESH_TOKEN","message":"m"})", words), Terminal);
  EXPECT_EQ(class_of(400, body("BAD_CLIENT_ID", "invalid_request"), words), Config);
  EXPECT_EQ(class_of(400, body("BAD_CLIENT_SECRET", "invalid_client"), words), Config);
  EXPECT_EQ(class_of(400, body("BAD_REDIRECT_URI", "invalid_grant"), words), Config);
  EXPECT_EQ(class_of(400, body("BAD_NEW_WORD", "new_word"), words), Config);
  EXPECT_EQ(class_of(400, R"({"status":"error","message":"m"})", words), Transient);
  EXPECT_EQ(class_of(429, R"({"status":"error","errorType":"RATE_LIMIT"})", words), Transient);
}

TEST(TokenFailure, AProvidersWordsOverruleTheStandard) {
  const ErrorWords words{
      .terminal = {"bad_refresh_token"}, .transient = {"invalid_grant"}, .config = {}};
  EXPECT_EQ(class_of(200, R"({"error":"bad_refresh_token"})", words), Terminal);
  EXPECT_EQ(class_of(400, R"({"error":"invalid_grant"})", words), Transient);
}

TEST(TokenFailure, NamesTheErrorAndTheReason) {
  const auto object = FlatObject::parse(
      R"({"status":"BAD_REFRESH_TOKEN","message":"refresh token is invalid","error":"invalid_grant"})");
  const auto failure = classify_failure(400, &*object, hubspot_words());
  EXPECT_EQ(failure.code, "invalid_grant");
  EXPECT_EQ(failure.detail, "HTTP 400: refresh token is invalid");
}

// LG-01: a provider that repeats the token in its message does not put it into our log.
TEST(TokenFailure, TextForTheLogHoldsNoToken) {
  EXPECT_EQ(scrub("token na1-1a2b-3c4d-5e6f-7a8b-9c0d1e2f3a4b is dead"), "token [...] is dead");
  EXPECT_EQ(scrub("bad: CKDRlZ3tMRIAAQMYwIbLCSDkgNoGKICWxQEyFPvc"), "bad: [...]");
  EXPECT_EQ(scrub("missing or unknown refresh_token_parameter"),
            "missing or unknown refresh_token_parameter");
  EXPECT_EQ(scrub("a\r\nb\x1b[31m\xff"), "a  b [31m ");
  EXPECT_LE(scrub(std::string(100'000, ' ')).size(), kDetailBytesMax);
}

TEST(TokenFailure, RepeatsNoSecretOfTheRequestEvenIfItLooksLikeAWord) {  // LG-01
  Confidential told;
  told.add("msyhDtUWGeQJszSfoLKAHSrh");
  told.add("hunter");
  const auto object = FlatObject::parse(
      R"({"error":"hunter","message":"got {\"client_secret\":\"msyhDtUWGeQJszSfoLKAHSrh\"} and hunter"})");
  const auto failure = classify_failure(400, &*object, {}, told);
  EXPECT_EQ(failure.detail, R"(HTTP 400: got {"client_secret":"[...]"} and [...])");
  EXPECT_EQ(failure.code.find("hunter"), std::string::npos) << failure.code;
}

TEST(TokenFailure, CodesAreShortAndHarmless) {
  EXPECT_EQ(safe_code("BAD_REFRESH-TOKEN.x"), "BAD_REFRESH-TOKEN.x");
  EXPECT_EQ(safe_code("<script>\r\n"), "_script___");
  EXPECT_LE(safe_code(std::string(1000, 'e')).size(), kCodeBytesMax);
}

TEST(RetryAfter, IsReadInSecondsAndCapped) {
  using std::chrono::seconds;
  EXPECT_EQ(parse_retry_after(" 30 "), seconds{30});
  EXPECT_EQ(parse_retry_after("0"), seconds{0});
  EXPECT_EQ(parse_retry_after("999999999999"), kRetryAfterMax);
  for (const char* text :
       {"", "-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999999999"}) {
    EXPECT_EQ(parse_retry_after(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace wayleave::oauth
