#include "provider/settings.hpp"

#include <gtest/gtest.h>

namespace wayleave::provider {
namespace {

const Catalogue& catalogue() {
  static const Catalogue loaded = [] {
    auto sources = Catalogue::embedded();
    const auto more = Catalogue::read_directory(std::string(WAYLEAVE_TEST_DATA) + "/right").value();
    sources.insert(sources.end(), more.begin(), more.end());
    return Catalogue::load(sources, {}).value();
  }();
  return loaded;
}

Settings least() {
  return {{"authorize", "https://id.example.com/authorize"},
          {"token", "https://id.example.com/token"},
          {"apiBase", "https://api.example.com/v2/"}};
}

Settings with(const std::string& name, const std::string& value) {
  Settings settings = least();
  settings[name] = value;
  return settings;
}

std::string refused_field(std::string_view provider, const Settings& settings) {
  const auto resolved = catalogue().resolve(provider, settings);
  EXPECT_FALSE(resolved.has_value());
  if (resolved) return {};
  EXPECT_EQ(resolved.error().kind, ErrorKind::Reject);
  EXPECT_EQ(resolved.error().code, "invalid_request");
  return resolved.error().field;
}

TEST(Settings, LeastSettingsMakeAProvider) {
  const auto resolved = catalogue().resolve("oauth2", least());
  ASSERT_TRUE(resolved.has_value()) << resolved.error().detail;
  const Provider& provider = **resolved;
  EXPECT_EQ(provider.auth.token, "https://id.example.com/token");
  EXPECT_EQ(provider.auth.client_auth, oauth::ClientAuth::Post);
  EXPECT_EQ(provider.auth.pkce, PkceUse::Required);
  EXPECT_EQ(provider.auth.scope_separator, " ");
  ASSERT_EQ(provider.hosts.size(), 1u);
  EXPECT_EQ(provider.hosts.front().name, "default");
  EXPECT_EQ(provider.hosts.front().base_url, "https://api.example.com/v2");
}

TEST(Settings, AllSettingsAreUsed) {
  Settings settings = least();
  settings.merge(Settings{{"revoke", "https://id.example.com/revoke"},
                          {"introspect", "http://localhost:9000/introspect"},
                          {"issuer", "https://id.example.com"},
                          {"clientAuth", "basic"},
                          {"pkce", "none"},
                          {"scopeSeparator", ","},
                          {"authorizeParams", "access_type=offline&prompt=a%20b"},
                          {"accountField", "org_id"}});
  const auto resolved = catalogue().resolve("oauth2", settings);
  ASSERT_TRUE(resolved.has_value()) << resolved.error().detail;
  const Auth& auth = (*resolved)->auth;
  EXPECT_EQ(auth.revoke, "https://id.example.com/revoke");
  EXPECT_EQ(auth.introspect, "http://localhost:9000/introspect");
  EXPECT_EQ(auth.issuer, "https://id.example.com");
  EXPECT_EQ(auth.client_auth, oauth::ClientAuth::Basic);
  EXPECT_EQ(auth.pkce, PkceUse::None);
  EXPECT_EQ(auth.scope_separator, ",");
  EXPECT_EQ(auth.authorize_params, (FormFields{{"access_type", "offline"}, {"prompt", "a b"}}));
  EXPECT_EQ(auth.account_field, "org_id");
  EXPECT_EQ(auth.token_fields, std::vector<std::string>{"org_id"});
}

TEST(Settings, MissingOnesAreNamed) {
  for (const char* name : {"authorize", "token", "apiBase"}) {
    Settings settings = least();
    settings.erase(name);
    EXPECT_EQ(refused_field("oauth2", settings), std::string("settings.") + name);
  }
}

// OA-15, PX-01: only https, or http on loopback; nothing that hides another host.
TEST(Settings, WeakUrlsAreNamed) {
  for (const char* name : {"authorize", "token", "apiBase", "revoke", "introspect", "issuer"}) {
    for (const char* url : {"http://id.example.com/x",
                            "http://10.0.0.1/x",
                            "ftp://id.example.com/",
                            "//id.example.com/x",
                            "javascript:alert(1)",
                            "https://a@evil.example/",
                            "https://id.example.com/#x",
                            "https://",
                            "https://ID.example.com/",
                            "https://id.example.com:0/",
                            "https://id.example.com\\@evil.example/",
                            "https://id.example.com/\r\nX: y",
                            "http://localhost.evil.example/"}) {
      EXPECT_EQ(refused_field("oauth2", with(name, url)), std::string("settings.") + name) << url;
    }
    EXPECT_TRUE(catalogue().resolve("oauth2", with(name, "http://127.0.0.1:9000")).has_value());
    EXPECT_TRUE(catalogue().resolve("oauth2", with(name, "http://[::1]:9000")).has_value());
  }
  EXPECT_EQ(refused_field("oauth2", with("apiBase", "https://api.example.com/?a=b")),
            "settings.apiBase");
  EXPECT_EQ(refused_field("oauth2", with("apiBase", "https://api.example.com/a/../b")),
            "settings.apiBase");
  EXPECT_EQ(refused_field("oauth2", with("issuer", "https://id.example.com/?a=b")),
            "settings.issuer");
}

// OA-06: PKCE `plain` cannot be asked for.
TEST(Settings, PlainPkceIsRefused) {
  EXPECT_EQ(refused_field("oauth2", with("pkce", "plain")), "settings.pkce");
  Settings bare = with("pkce", "none");
  bare["clientAuth"] = "none";
  EXPECT_EQ(refused_field("oauth2", bare), "settings.pkce");
}

// OA-14: the response type and the rest of the protocol are not for the app to choose.
TEST(Settings, ProtocolParametersAreRefused) {
  for (const char* params : {"response_type=token",
                             "a=b&state=x",
                             "redirect_uri=https://evil.example",
                             "code_challenge_method=plain",
                             "response%5Ftype=token"}) {
    EXPECT_EQ(refused_field("oauth2", with("authorizeParams", params)), "settings.authorizeParams")
        << params;
  }
  EXPECT_EQ(refused_field("oauth2", with("authorize", "https://a.example/?response_type=token")),
            "settings.authorize");
}

TEST(Settings, OddValuesAreNamed) {
  EXPECT_EQ(refused_field("oauth2", with("clientAuth", "jwt")), "settings.clientAuth");
  EXPECT_EQ(refused_field("oauth2", with("scopeSeparator", "--")), "settings.scopeSeparator");
  EXPECT_EQ(refused_field("oauth2", with("scopeSeparator", "")), "settings.scopeSeparator");
  EXPECT_EQ(refused_field("oauth2", with("authorizeParams", "a=%zz")), "settings.authorizeParams");
  EXPECT_EQ(refused_field("oauth2", with("accountField", "a b")), "settings.accountField");
  EXPECT_EQ(refused_field("oauth2", with("colour", "blue")), "settings.colour");
}

TEST(Settings, AreRefusedOnAProviderWithoutAny) {
  EXPECT_EQ(refused_field("hubspot", {{"token", "https://evil.example/token"}}), "settings.token");
  EXPECT_TRUE(catalogue().resolve("hubspot", {}).has_value());
}

TEST(Settings, ResolvingDoesNotChangeTheCatalogue) {
  ASSERT_TRUE(catalogue().resolve("oauth2", least()).has_value());
  EXPECT_TRUE(catalogue().find("oauth2")->hosts.empty());
}

TEST(Tenant, ValuesFillUrlsAndHeaders) {
  const auto resolved = catalogue().resolve("tenant", {{"shop", "acme-1"}});
  ASSERT_TRUE(resolved.has_value()) << resolved.error().detail;
  const Provider& provider = **resolved;
  EXPECT_EQ(provider.auth.token, "https://acme-1.shop.example.com/token");
  EXPECT_EQ(provider.auth.issuer, "https://acme-1.shop.example.com");
  EXPECT_EQ(provider.auth.lookup->url, "https://acme-1.shop.example.com/me");
  EXPECT_EQ(provider.host("default")->base_url, "https://acme-1.shop.example.com/api/eu");
  EXPECT_EQ(provider.host("files")->base_url, "https://files-eu.example.com");
  EXPECT_EQ(provider.headers, (FormFields{{"X-Region", "eu"}}));
  const auto us = catalogue().resolve("tenant", {{"shop", "acme"}, {"region", "us"}});
  EXPECT_EQ((*us)->host("files")->base_url, "https://files-us.example.com");
}

// OA-24
TEST(Tenant, ValuesCannotLeaveTheirPlace) {
  for (const char* shop : {"evil.example/",
                           "evil.example#",
                           "a@evil.example",
                           "x.y",
                           "%2e%2e",
                           "",
                           "-a",
                           "A",
                           "a b",
                           "a:1",
                           "a\\b",
                           "{region}",
                           "a\r\nb"}) {
    EXPECT_EQ(refused_field("tenant", {{"shop", shop}}), "settings.shop") << shop;
  }
  EXPECT_EQ(refused_field("tenant", {{"shop", std::string(300, 'a')}}), "settings.shop");
  EXPECT_EQ(refused_field("tenant", {{"shop", "a"}, {"region", "asia"}}), "settings.region");
  EXPECT_EQ(refused_field("tenant", {}), "settings.shop");
}

// OA-24: also under a file's own careless pattern.
TEST(Tenant, CarelessPatternDoesNotHelp) {
  const auto careless = Catalogue::load(
      {{"x.yaml",
        "name: X\ntenant: {host: {title: H, pattern: '.*'}}\n"
        "auth: {kind: oauth2, authorize: 'https://{host}/a', token: 'https://{host}/t'}\n"
        "hosts: {default: 'https://{host}'}\n"}},
      {});
  ASSERT_TRUE(careless.has_value()) << careless.error().detail;
  for (const char* host :
       {"evil.example/x", "a@evil.example", "a#", "a?b", "a..b", "[::1]", "a:1"}) {
    EXPECT_FALSE(careless->resolve("x", {{"host", host}}).has_value()) << host;
  }
  EXPECT_EQ((*careless->resolve("x", {{"host", "git.example.com"}}))->hosts.front().base_url,
            "https://git.example.com");
}

}  // namespace
}  // namespace wayleave::provider
