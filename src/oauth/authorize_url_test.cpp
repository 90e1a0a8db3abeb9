#include "oauth/authorize_url.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace wayleave::oauth {
namespace {

AuthorizeRequest hubspot() {
  return {.endpoint = "https://app.hubspot.com/oauth/authorize",
          .client_id = "7fff1e36-2d40-4ae1-bbb1-5266d59564fb",
          .redirect_uri = "https://gw.example.com/hubspot/hbdev-1/callback",
          .scopes = {"oauth", "crm.objects.contacts.read"},
          .optional_scopes = {},
          .state = "s-_1",
          .code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
          .extra = {}};
}

/// The query's fields; fails the test when one comes twice.
std::map<std::string, std::string> query_of(const std::string& url) {
  std::map<std::string, std::string> fields;
  const auto parsed = parse_form(url.substr(url.find('?') + 1));
  EXPECT_TRUE(parsed.has_value());
  for (const auto& [name, value] : parsed.value_or(FormFields{})) {
    EXPECT_TRUE(fields.emplace(name, value).second) << name << " came twice in " << url;
  }
  return fields;
}

TEST(AuthorizeUrl, CarriesEveryParameterPercentEncoded) {
  EXPECT_EQ(authorize_url(hubspot()),
            "https://app.hubspot.com/oauth/authorize?response_type=code"
            "&client_id=7fff1e36-2d40-4ae1-bbb1-5266d59564fb"
            "&redirect_uri=https%3A%2F%2Fgw.example.com%2Fhubspot%2Fhbdev-1%2Fcallback"
            "&scope=oauth%20crm.objects.contacts.read&state=s-_1"
            "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            "&code_challenge_method=S256");
}

TEST(AuthorizeUrl, KeepsTheEndpointsOwnQuery) {
  AuthorizeRequest request = hubspot();
  request.endpoint = "https://id.example.com/authorize?tenant=t1";
  const auto url = authorize_url(request);
  EXPECT_TRUE(url.starts_with("https://id.example.com/authorize?tenant=t1&response_type=code&"));
  EXPECT_EQ(query_of(url).at("state"), "s-_1");
}

TEST(AuthorizeUrl, SendsOptionalScopesSeparately) {
  AuthorizeRequest request = hubspot();
  request.optional_scopes = {"forms", "tickets"};
  EXPECT_EQ(query_of(authorize_url(request)).at("optional_scope"), "forms tickets");
}

TEST(AuthorizeUrl, JoinsScopesWithTheProvidersSeparator) {
  AuthorizeRequest request = hubspot();
  request.scopes = {"a", "b"};
  request.scope_separator = ",";
  EXPECT_EQ(query_of(authorize_url(request)).at("scope"), "a,b");
}

// OA-06: the challenge is S256 or, for a provider without PKCE, absent; `plain` cannot be produced.
TEST(AuthorizeUrl, ChallengeMethodIsS256OrThereIsNoChallenge) {
  AuthorizeRequest request = hubspot();
  EXPECT_EQ(query_of(authorize_url(request)).at("code_challenge_method"), "S256");
  request.code_challenge.clear();
  const auto fields = query_of(authorize_url(request));
  EXPECT_FALSE(fields.contains("code_challenge"));
  EXPECT_FALSE(fields.contains("code_challenge_method"));
}

// OA-06, OA-14: nobody's extra parameters can replace the protocol's own.
TEST(AuthorizeUrl, ExtraParametersCannotReplaceTheProtocolsOwn) {
  AuthorizeRequest request = hubspot();
  request.extra = {{"response_type", "token"},
                   {"state", "fixed"},
                   {"redirect_uri", "https://evil.example"},
                   {"code_challenge_method", "plain"},
                   {"prompt", "consent"}};
  const auto fields = query_of(authorize_url(request));
  EXPECT_EQ(fields.at("response_type"), "code");
  EXPECT_EQ(fields.at("state"), "s-_1");
  EXPECT_EQ(fields.at("redirect_uri"), request.redirect_uri);
  EXPECT_EQ(fields.at("code_challenge_method"), "S256");
  EXPECT_EQ(fields.at("prompt"), "consent");
}

TEST(AuthorizeUrl, ValuesCannotAddParameters) {
  AuthorizeRequest request = hubspot();
  request.client_id = "a&state=evil#x";
  request.scopes = {"x&y=z"};
  const auto fields = query_of(authorize_url(request));
  EXPECT_EQ(fields.at("client_id"), "a&state=evil#x");
  EXPECT_EQ(fields.at("scope"), "x&y=z");
  EXPECT_EQ(fields.at("state"), "s-_1");
}

}  // namespace
}  // namespace wayleave::oauth
