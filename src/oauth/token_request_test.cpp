#include "oauth/token_request.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.hpp"

namespace wayleave::oauth {
namespace {

const SecretString kSecret("p:a%s+\xc3\xb6");

std::string text(const SecretString& secret) {
  return secret.expose([](std::string_view view) { return std::string(view); });
}

std::string header(const EndpointRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(TokenRequest, ExchangesACodeWithTheClientInTheForm) {
  const SecretString verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  const auto request = exchange_request({"s6BhdRkqt3", kSecret},
                                        "SplxlOBeZQQYbYS6WxSbIA",
                                        "https://client.example.com/cb",
                                        &verifier);
  EXPECT_EQ(text(request.body),
            "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA"
            "&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb"
            "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
            "&client_id=s6BhdRkqt3&client_secret=p%3Aa%25s%2B%C3%B6");
  EXPECT_EQ(header(request, "Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(header(request, "Accept"), "application/json");
  EXPECT_EQ(header(request, "Authorization"), "");
}

// OA-17: both parts are form-encoded before they are joined, so that a ':' in the secret survives.
TEST(TokenRequest, BasicEncodesIdAndSecretBeforeJoiningThem) {
  const auto request =
      refresh_request({"id:1", kSecret, ClientAuth::Basic}, SecretString("tGzv3JOkF0XG5Qx2TlKWIA"));
  EXPECT_EQ(header(request, "Authorization"), "Basic " + to_base64("id%3A1:p%3Aa%25s%2B%C3%B6"));
  EXPECT_EQ(text(request.body), "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA");
}

TEST(TokenRequest, JsonBodyEscapesItsValues) {
  const SecretString secret("a\"b\\c\n");
  const auto request =
      exchange_request({"id", secret, ClientAuth::Json}, "c0de", "https://gw.example/cb", nullptr);
  EXPECT_EQ(text(request.body),
            R"({"grant_type":"authorization_code","code":"c0de",)"
            R"("redirect_uri":"https://gw.example/cb","client_id":"id",)"
            R"("client_secret":"a\"b\\c\u000A"})");
  EXPECT_EQ(header(request, "Content-Type"), "application/json");
}

TEST(TokenRequest, PublicClientSendsNoSecret) {
  const auto request = refresh_request({"id", kSecret, ClientAuth::None}, SecretString("r"));
  EXPECT_EQ(text(request.body), "grant_type=refresh_token&refresh_token=r&client_id=id");
  EXPECT_EQ(header(request, "Authorization"), "");
}

// OA-14: a provider's token parameters cannot turn the grant into another one.
TEST(TokenRequest, ExtraParametersCannotReplaceTheProtocolsOwn) {
  const auto request = refresh_request({"id", kSecret, ClientAuth::None},
                                       SecretString("r"),
                                       {{"grant_type", "password"}, {"audience", "a b"}});
  EXPECT_EQ(text(request.body),
            "grant_type=refresh_token&refresh_token=r&audience=a%20b&client_id=id");
}

TEST(TokenRequest, RevokesAndIntrospectsByForm) {
  const SecretString token("t&1");
  EXPECT_EQ(text(revoke_request({"id", SecretString("s")}, token, "refresh_token").body),
            "token=t%261&token_type_hint=refresh_token&client_id=id&client_secret=s");
  EXPECT_EQ(text(introspect_request({"id", SecretString("s")}, token, "").body),
            "token=t%261&client_id=id&client_secret=s");
}

TEST(TokenRequest, NamesEverySecretItTells) {  // LG-01
  const SecretString secret("secret word");
  const SecretString verifier("verifier");
  for (const auto auth : {ClientAuth::Post, ClientAuth::Basic, ClientAuth::Json}) {
    const ClientCredentials client{"id", secret, auth};
    const auto request = exchange_request(client, "the-code", "https://x.example", &verifier);
    EXPECT_EQ(request.told.blot("id secret word secret%20word the-code verifier"),
              "id [...] [...] [...] [...]");
    for (const auto& [name, value] : request.headers) {
      if (name == "Authorization") EXPECT_EQ(request.told.blot(value), "Basic [...]");
    }
    EXPECT_EQ(refresh_request(client, SecretString("again")).told.blot("again"), "[...]");
    EXPECT_EQ(revoke_request(client, SecretString("gone"), "").told.blot("gone"), "[...]");
  }
}

}  // namespace
}  // namespace wayleave::oauth
