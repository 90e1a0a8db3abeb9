#include "oauth/token_response.hpp"

#include <gtest/gtest.h>

namespace wayleave::oauth {
namespace {

constexpr std::string_view kJson = "application/json;charset=utf-8";

TokenOutcome read(std::string_view body, int status = 200) {
  return read_token_response(status, kJson, "", body, {});
}

std::string text(const SecretString& secret) {
  return secret.expose([](std::string_view view) { return std::string(view); });
}

std::string with(std::string_view members) {
  return R"({"access_token":"at",)" + std::string(members) + "}";
}

TEST(TokenResponse, ReadsTheExampleOfRfc6749) {
  const auto tokens = read(R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example-not",
    "expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"})");
  EXPECT_FALSE(tokens.has_value()) << "the RFC's token_type `example` is not one we can use";

  const auto bearer = read(R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer",
    "expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"})");
  ASSERT_TRUE(bearer.has_value());
  EXPECT_EQ(text(bearer->access_token), "2YotnFZFEjr1zCsicMWpAA");
  EXPECT_EQ(text(bearer->refresh_token), "tGzv3JOkF0XG5Qx2TlKWIA");
  EXPECT_EQ(bearer->expires_in, std::chrono::seconds{3600});
  EXPECT_EQ(bearer->scopes, std::nullopt);
  EXPECT_EQ(bearer->extra.at("example_parameter"), "example_value");
}

TEST(TokenResponse, ReadsHubSpotsAnswer) {
  const auto tokens = read(
      R"({"token_type":"bearer","token_use":"access_token","access_token":"CKDR","refresh_token":"na1-r",)"
      R"("expires_in":1800,"hub_id":62515,"user_id":123,"scopes":["oauth","crm.objects.contacts.read"]})");
  ASSERT_TRUE(tokens.has_value());
  EXPECT_EQ(tokens->scopes, (std::vector<std::string>{"oauth", "crm.objects.contacts.read"}));
  EXPECT_EQ(tokens->extra.at("hub_id"), "62515");
  EXPECT_EQ(tokens->extra.at("user_id"), "123");
  EXPECT_FALSE(tokens->extra.contains("access_token"));
  EXPECT_FALSE(tokens->extra.contains("refresh_token"));
}

// TK-12: the caller keeps the old one.
TEST(TokenResponse, MissingRefreshTokenIsEmpty) {
  for (const char* members : {R"("x":1)", R"("refresh_token":null)", R"("refresh_token":"")"}) {
    const auto tokens = read(with(members));
    ASSERT_TRUE(tokens.has_value()) << members;
    EXPECT_TRUE(tokens->refresh_token.empty());
  }
}

// TK-14: a life is believed only when it can be one.
TEST(TokenResponse, LifeIsANumberOrUnknown) {
  const auto life = [](std::string_view value) {
    return read(with("\"expires_in\":" + std::string(value)))->expires_in;
  };
  EXPECT_EQ(life("1800"), std::chrono::seconds{1800});
  EXPECT_EQ(life("\"3600\""), std::chrono::seconds{3600});
  EXPECT_EQ(life("3599.9"), std::chrono::seconds{3599});
  EXPECT_EQ(life("1e3"), std::chrono::seconds{1000});
  EXPECT_EQ(life("315360000"), std::chrono::seconds{315'360'000});
  for (const char* value : {"0",
                            "-1",
                            "0.5",
                            "\"-5\"",
                            "\"\"",
                            "\"never\"",
                            "\"nan\"",
                            "\"inf\"",
                            "null",
                            "true",
                            "[1800]",
                            "{}",
                            "99999999999999999999",
                            "1e300",
                            "\"1e999\"",
                            "9223372036854775807",
                            "\"18 00\""}) {
    EXPECT_EQ(life(value), std::nullopt) << value;
  }
}

TEST(TokenResponse, ScopesComeAsTextOrList) {
  const auto scopes = [](std::string_view members) { return read(with(members))->scopes; };
  using List = std::vector<std::string>;
  EXPECT_EQ(scopes(R"("scope":"a b")"), (List{"a", "b"}));
  EXPECT_EQ(scopes(R"("scope":"a,b")"), (List{"a", "b"}));
  EXPECT_EQ(scopes(R"("scope":["a","b"])"), (List{"a", "b"}));
  EXPECT_EQ(scopes(R"("scopes":["a"])"), List{"a"});
  EXPECT_EQ(scopes(R"("scopes":[])"), List{});
  EXPECT_EQ(scopes(R"("scope":"")"), std::nullopt);
  EXPECT_EQ(scopes(R"("scope":7)"), std::nullopt);
}

// OA-18: nothing that could break out of a header is taken for a token.
TEST(TokenResponse, RefusesTokensThatCouldForgeAHeader) {
  for (const char* token :
       {"x\\r\\nX-Evil: 1", "x\\n", "x\\u0000y", "x\\u007f", "x\\u00e9", "\\t"}) {
    for (const char* name : {"access_token", "refresh_token"}) {
      std::string body = R"({"token_type":"bearer",")" + std::string(name) + "\":\"" + token + "\"";
      if (std::string_view(name) == "refresh_token") body += R"(,"access_token":"good")";
      const auto tokens = read(body + "}");
      ASSERT_FALSE(tokens.has_value()) << body;
      EXPECT_EQ(tokens.error().failure, FailureClass::Transient);
      EXPECT_EQ(tokens.error().detail.find("Evil"), std::string::npos);
    }
  }
}

TEST(TokenResponse, RefusesTokensOfTheWrongKindOrSize) {
  EXPECT_TRUE(read(R"({"access_token":")" + std::string(kTokenBytesMax, 'a') + "\"}").has_value());
  EXPECT_FALSE(
      read(R"({"access_token":")" + std::string(kTokenBytesMax + 1, 'a') + "\"}").has_value());
  for (const char* body : {"{}",
                           R"({"access_token":""})",
                           R"({"access_token":null})",
                           R"({"access_token":1})",
                           R"({"access_token":["a"]})",
                           R"({"access_token":"a","refresh_token":1})",
                           R"({"access_token":"a","token_type":"mac"})",
                           R"({"access_token":"a","token_type":1})"}) {
    const auto tokens = read(body);
    ASSERT_FALSE(tokens.has_value()) << body;
    EXPECT_EQ(tokens.error().failure, FailureClass::Transient) << body;
  }
}

TEST(TokenResponse, TokenTypeIsBearerInAnyCase) {
  for (const char* type : {"bearer", "Bearer", "BEARER"}) {
    EXPECT_TRUE(read(with(R"("token_type":")" + std::string(type) + "\"")).has_value()) << type;
  }
}

// OA-18: parsers that disagree about which of two keys holds make an attack.
TEST(TokenResponse, RefusesDuplicateKeys) {
  EXPECT_FALSE(read(R"({"access_token":"a","access_token":"b"})").has_value());
  EXPECT_FALSE(read(R"({"access_token":"a","x":{"y":1,"y":2}})").has_value());
}

TEST(TokenResponse, RefusesBodiesBeyondTheLimit) {
  const std::string pad(kTokenBodyBytesMax, ' ');
  const auto tokens = read(R"({"access_token":"a"})" + pad);
  ASSERT_FALSE(tokens.has_value());
  EXPECT_EQ(tokens.error().failure, FailureClass::Transient);
}

// OA-19, TK-09: a page in place of JSON says nothing about the grant.
TEST(TokenResponse, HtmlWith200IsTransient) {
  const auto tokens = read_token_response(200, "text/html", "", "<html>access_token=x</html>", {});
  ASSERT_FALSE(tokens.has_value());
  EXPECT_EQ(tokens.error().failure, FailureClass::Transient);
}

// OA-19: 200 with an error inside is a failure even when a token lies beside it.
TEST(TokenResponse, SuccessStatusWithAnErrorInsideIsAFailure) {
  const ErrorWords slack{
      .terminal = {"invalid_refresh_token", "token_revoked"}, .transient = {}, .config = {}};
  const auto read_as = [&](std::string_view body) {
    return read_token_response(200, kJson, "", body, slack);
  };
  const auto dead = read_as(R"({"ok":false,"error":"invalid_refresh_token"})");
  ASSERT_FALSE(dead.has_value());
  EXPECT_EQ(dead.error().failure, FailureClass::Terminal);
  EXPECT_EQ(dead.error().code, "invalid_refresh_token");
  EXPECT_FALSE(read_as(R"({"error":"bad_verification_code","access_token":"a"})").has_value());
  EXPECT_FALSE(read_as(R"({"ok":false,"access_token":"a"})").has_value());
  EXPECT_TRUE(read_as(R"({"ok":true,"error":null,"access_token":"a"})").has_value());
  EXPECT_EQ(read_as(R"({"ok":false})").error().failure, FailureClass::Transient);
}

// OA-19: a form is read only where the provider's definition says so, never as a guess.
TEST(TokenResponse, FormAnswersNeedTheProvidersWord) {
  constexpr std::string_view type = "application/x-www-form-urlencoded; charset=utf-8";
  constexpr std::string_view body = "access_token=gho_1&scope=repo%2Cgist&token_type=bearer";
  EXPECT_FALSE(read_token_response(200, type, "", body, {}).has_value());
  ErrorWords words;
  words.form_answers = true;
  const auto tokens = read_token_response(200, type, "", body, words);
  ASSERT_TRUE(tokens.has_value());
  EXPECT_EQ(text(tokens->access_token), "gho_1");
  EXPECT_EQ(tokens->scopes, (std::vector<std::string>{"repo", "gist"}));
  EXPECT_FALSE(read_token_response(200, kJson, "", body, words).has_value());
  EXPECT_FALSE(
      read_token_response(200, type, "", "error=bad_verification_code", words).has_value());
}

// OA-16: a redirect is not followed and not believed.
TEST(TokenResponse, RedirectIsTransient) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const auto tokens = read(R"({"access_token":"a"})", status);
    ASSERT_FALSE(tokens.has_value()) << status;
    EXPECT_EQ(tokens.error().failure, FailureClass::Transient) << status;
  }
}

TEST(TokenResponse, FailureCarriesRetryAfter) {
  const auto tokens = read_token_response(429, kJson, "30", "{}", {});
  ASSERT_FALSE(tokens.has_value());
  EXPECT_EQ(tokens.error().retry_after, std::chrono::seconds{30});
}

TEST(TokenResponse, KeepsNoSecretAmongTheExtraFields) {
  const auto tokens = read(with(
      R"("id_token":"x","xToken":"y","client_secret":"z","hub_id":1,"nested":{"a":1},"list":[1],)"
      R"("odd":"a\nb","big":")" +
      std::string(kExtraBytesMax + 1, 'b') + "\""));
  ASSERT_TRUE(tokens.has_value());
  EXPECT_EQ(tokens->extra, (std::map<std::string, std::string>{{"hub_id", "1"}}));
}

TEST(TokenResponse, ExtraFieldsAreBounded) {
  std::string members;
  for (int i = 0; i < 100; ++i) members += "\"k" + std::to_string(i) + "\":1,";
  members.pop_back();
  EXPECT_EQ(read(with(members))->extra.size(), kExtraFieldsMax);
}

TEST(TokenResponse, TellsHowLongTheRefreshTokenLives) {  // TK-22
  const auto life = [](const std::string& member) {
    return read(with(member))->refresh_expires_in;
  };
  EXPECT_EQ(life(R"("refresh_token_expires_in":86400)"), std::chrono::hours{24});
  EXPECT_EQ(life(R"("x_refresh_token_expires_in":"8726400")"), std::chrono::hours{24 * 101});
  EXPECT_EQ(life(R"("refresh_expires_in":1800)"), std::chrono::minutes{30});
  EXPECT_FALSE(life(R"("refresh_expires_in":0)"));  // Keycloak: for ever
  EXPECT_FALSE(life(R"("expires_in":60)"));
}

}  // namespace
}  // namespace wayleave::oauth
