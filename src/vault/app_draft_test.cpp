#include "vault/app_draft.hpp"

#include <gtest/gtest.h>

#include "vault/address.hpp"

namespace wayleave::vault {
namespace {

std::string field_of(const AppDraft& draft) {
  const auto app = apply(App{}, draft);
  return app ? "accepted" : app.error().field;
}

TEST(SlugTest, IsKeptInLowerCase) {
  EXPECT_EQ(parse_slug("hbDev").value(), "hbdev");
  EXPECT_EQ(parse_slug("0_a-Z").value(), "0_a-z");
  EXPECT_EQ(parse_slug(std::string(63, 'x')).value().size(), 63U);
}

TEST(SlugTest, AnythingThatCouldBeReadOtherwiseInAPathIsRefused) {
  for (const std::string text : {"", "-a", "_a", "a b", "a/b", "a.b", "a%20", "ä", "a\n"}) {
    EXPECT_EQ(parse_slug(text).error().field, "slug") << text;
  }
  EXPECT_FALSE(parse_slug(std::string(64, 'x')));
}

TEST(AppDraftTest, AbsentFieldsStayAsTheyAre) {
  App app;
  app.slug = "a";
  app.client_id = "id";
  app.scopes = {"oauth"};
  const auto same = apply(app, AppDraft{});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->client_id, "id");
  EXPECT_EQ(same->scopes, app.scopes);
}

TEST(AppDraftTest, ClientIdCopiedWithABlankIsPointedOut) {
  for (const std::string id : {"", " id", "id ", "id\n", "i\td\r"}) {
    AppDraft draft;
    draft.client_id = id;
    EXPECT_EQ(field_of(draft), "clientId") << id;
  }
}

TEST(AppDraftTest, ClientSecretCopiedWithABlankIsPointedOut) {
  for (const std::string text : {"", " s", "s ", "s\n"}) {
    EXPECT_EQ(check_client_secret(SecretString(text)).error().field, "clientSecret");
  }
  EXPECT_TRUE(check_client_secret(SecretString("p:a%s+ö s")));
}

TEST(AppDraftTest, ScopesAreWordsEachOnce) {
  AppDraft draft;
  draft.scopes = {"oauth", "crm.objects.contacts.read", "oauth", "https://x.test/auth/a:b"};
  EXPECT_EQ(
      apply(App{}, draft)->scopes,
      (std::vector<std::string>{"oauth", "crm.objects.contacts.read", "https://x.test/auth/a:b"}));
  for (const std::string scope : {"", "a b", "a\n", "a\"b", "a\\b", "ä"}) {
    AppDraft bad;
    bad.scopes = {scope};
    EXPECT_EQ(field_of(bad), "scopes") << scope;
    AppDraft optional;
    optional.optional_scopes = {scope};
    EXPECT_EQ(field_of(optional), "optionalScopes") << scope;
  }
}

TEST(AppDraftTest, ListsAreBounded) {
  AppDraft scopes;
  scopes.scopes = std::vector<std::string>(kScopesPerApp + 1, "a");
  EXPECT_EQ(field_of(scopes), "scopes");
  AppDraft origins;
  origins.return_origins = std::vector<std::string>(kReturnOriginsPerApp + 1, "https://a.test");
  EXPECT_EQ(field_of(origins), "returnOrigins");
}

TEST(OriginTest, IsExactAndInTheFormBrowsersSend) {  // OA-10
  EXPECT_EQ(parse_origin("https://App.Example", "f").value(), "https://app.example");
  EXPECT_EQ(parse_origin("https://app.example:443", "f").value(), "https://app.example");
  EXPECT_EQ(parse_origin("https://app.example:8443", "f").value(), "https://app.example:8443");
  EXPECT_EQ(parse_origin("http://localhost:3000", "f").value(), "http://localhost:3000");
  EXPECT_EQ(parse_origin("http://[::1]:3000", "f").value(), "http://[::1]:3000");
}

TEST(OriginTest, AnythingButAnExactOriginIsRefused) {  // OA-10
  for (const std::string text : {"",
                                 "*",
                                 "https://*.example",
                                 "https://app.example/",
                                 "https://app.example/path",
                                 "https://app.example?x",
                                 "https://app.example#x",
                                 "https://good.example@evil.example",
                                 "https://good.example:x@evil.example",
                                 "https://app.example:0",
                                 "https://app.example:",
                                 "https://app.example:99999",
                                 "http://app.example",
                                 "http://localhost.evil.example",
                                 "//evil.example",
                                 "javascript:alert(1)",
                                 "https://",
                                 "https://a b.example",
                                 "https://a%2eb.example",
                                 "https://app.example\r\nX: y",
                                 "\\\\evil"}) {
    EXPECT_FALSE(parse_origin(text, "f")) << text;
  }
}

TEST(WebhookUrlTest, IsHttpsWithoutUserPartOrFragment) {
  EXPECT_TRUE(parse_webhook_url("https://app.example/hooks?x=1"));
  EXPECT_TRUE(parse_webhook_url("http://localhost:9000/hooks"));
  for (const std::string text :
       {"http://app.example/h", "https://u:p@app.example/", "https://a/#f", "/hooks", "ftp://a"}) {
    EXPECT_FALSE(parse_webhook_url(text)) << text;
  }
}

TEST(AppDraftTest, EmptyWebhookUrlRemovesIt) {
  App app;
  app.webhook_url = "https://a.test/h";
  AppDraft draft;
  draft.webhook_url = "";
  EXPECT_TRUE(apply(app, draft)->webhook_url.empty());
}

}  // namespace
}  // namespace wayleave::vault
