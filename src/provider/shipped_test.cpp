// What the shipped files must say, whoever edits them.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "provider/catalogue.hpp"
#include "provider/document.hpp"

namespace wayleave::provider {
namespace {

Catalogue shipped(const Catalogue::Variables& variables = {}) {
  auto catalogue = Catalogue::load(Catalogue::embedded(), variables);
  EXPECT_TRUE(catalogue.has_value()) << catalogue.error().detail;
  return catalogue ? *std::move(catalogue) : Catalogue();
}

TEST(HubSpot, UsesTheDatedEndpointsAndAsksForSecretInTheForm) {
  const auto catalogue = shipped();
  const Provider& hubspot = *catalogue.find("hubspot");
  EXPECT_EQ(hubspot.auth.authorize, "https://app.hubspot.com/oauth/authorize");
  EXPECT_EQ(hubspot.auth.token, "https://api.hubapi.com/oauth/2026-09/token");
  EXPECT_EQ(hubspot.auth.revoke, "https://api.hubapi.com/oauth/2026-09/token/revoke");
  EXPECT_EQ(hubspot.auth.introspect, "https://api.hubapi.com/oauth/2026-09/token/introspect");
  EXPECT_EQ(hubspot.auth.client_auth, oauth::ClientAuth::Post);
  EXPECT_EQ(hubspot.auth.account_field, "hub_id");
  EXPECT_EQ(hubspot.auth.expires_in_default, std::chrono::seconds{1800});
  EXPECT_FALSE(hubspot.auth.refresh.rotates);
  EXPECT_TRUE(hubspot.unusable_reason.empty());
  EXPECT_EQ(hubspot.host("default")->base_url, "https://api.hubapi.com");
  EXPECT_EQ(hubspot.host("forms")->base_url, "https://api.hsforms.com");
  EXPECT_EQ(hubspot.hosts.size(), 2u);
}

TEST(HubSpot, EndsAGrantOnItsOwnWordsOnly) {
  const auto catalogue = shipped();
  const auto& errors = catalogue.find("hubspot")->errors;
  EXPECT_EQ(errors.terminal,
            (std::set<std::string>{"BAD_HUB", "BAD_REFRESH_TOKEN", "access_denied"}));
  for (const char* word : {"BAD_CLIENT_ID", "BAD_CLIENT_SECRET", "BAD_REDIRECT_URI"}) {
    EXPECT_TRUE(errors.config.contains(word)) << word;
  }
}

TEST(HubSpot, KnowsSelectableScopesOnly) {
  const auto catalogue = shipped();
  const auto& scopes = catalogue.find("hubspot")->scopes;
  const auto has = [&](std::string_view name) {
    return std::ranges::find(scopes, name, &Scope::name) != scopes.end();
  };
  EXPECT_GT(scopes.size(), 200u);
  for (const char* name : {"oauth",
                           "forms",
                           "tickets",
                           "crm.objects.contacts.read",
                           "crm.objects.deals.write",
                           "crm.schemas.custom.read",
                           "files"}) {
    EXPECT_TRUE(has(name)) << name;
  }
  for (const char* name : {"contacts",
                           "crm.objects.emails.read",
                           "private-apps-read",
                           "developer.webhooks_journal.read",
                           "crm.pipelines.deals.read"}) {
    EXPECT_FALSE(has(name)) << name;
  }
  EXPECT_TRUE(std::ranges::none_of(scopes, [](const Scope& scope) { return scope.title.empty(); }));
}

// People read these: the company that registers an app, and the customer who is asked.
TEST(HubSpot, SaysInWordsWhatEachScopeGrants) {
  const auto catalogue = shipped();
  const auto& scopes = catalogue.find("hubspot")->scopes;
  const auto find = [&](std::string_view name) {
    return *std::ranges::find(scopes, name, &Scope::name);
  };
  for (const Scope& scope : scopes) {
    EXPECT_NE(scope.grants, scope.title) << scope.name;
    EXPECT_EQ(scope.required, scope.name == "oauth") << scope.name;
    EXPECT_EQ(scope.title.find("old form"), std::string::npos) << scope.title;
  }
  EXPECT_EQ(find("crm.objects.contacts.read").grants, "See your contacts");
  EXPECT_EQ(find("crm.objects.contacts.write").needs,
            std::vector<std::string>{"crm.objects.contacts.read"});
  EXPECT_EQ(find("sales-email-read").needs, std::vector<std::string>{"crm.objects.contacts.read"});
}

TEST(Shipped, GuideEverybodyThroughTheSetUp) {
  const auto catalogue = shipped();
  for (const char* slug : {"hubspot", "hubspot-sandbox", "oauth2"}) {
    const Provider& provider = *catalogue.find(slug);
    EXPECT_FALSE(provider.description.empty()) << slug;
    EXPECT_FALSE(provider.categories.empty()) << slug;
    EXPECT_GE(provider.setup_guide.size(), 3u) << slug;
    std::set<std::string> told;
    for (const SetupStep& step : provider.setup_guide) {
      told.insert(step.fields.begin(), step.fields.end());
    }
    for (const Field& field : provider.fields) {
      EXPECT_TRUE(!field.required || told.contains(field.name)) << slug << " " << field.name;
    }
  }
  const auto& guide = catalogue.find("hubspot")->setup_guide;
  EXPECT_TRUE(
      std::ranges::any_of(guide, [](const SetupStep& step) { return step.copy == "redirectUrl"; }));
}

TEST(HubSpot, HasCallsToBeginWith) {
  const auto catalogue = shipped();
  const auto& objects = catalogue.find("hubspot-sandbox")->objects;
  const auto contacts = std::ranges::find(objects, "contacts", &Object::name);
  ASSERT_NE(contacts, objects.end());
  EXPECT_EQ(contacts->title, "Contacts");
  const auto get = std::ranges::find(contacts->calls, "get", &Object::Call::name);
  ASSERT_NE(get, contacts->calls.end());
  EXPECT_EQ(get->method, "GET");
  EXPECT_EQ(get->path, "/crm/objects/2026-09/contacts/{id}");
  EXPECT_EQ(get->host, "default");
}

TEST(HubSpot, DescribesTheFourObjectsCompletely) {
  const auto catalogue = shipped();
  const Node* objects = catalogue.find("hubspot")->document->find("objects");
  ASSERT_NE(objects, nullptr);
  for (const char* name : {"contacts", "companies", "deals", "tickets"}) {
    const Node* object = objects->find(name);
    ASSERT_NE(object, nullptr) << name;
    for (const char* call : {"list", "get", "create", "update", "upsert", "delete", "search"}) {
      ASSERT_NE(object->find(call), nullptr) << name << " " << call;
      EXPECT_TRUE(object->find(call)->find("path")->text.starts_with(
          std::string("/crm/objects/2026-09/") + name));
    }
    EXPECT_EQ(object->find("upsert")->find("batch_max")->text, "100");
    EXPECT_EQ(object->find("search")->find("window")->text, "search");
  }
  EXPECT_EQ(objects->find("contacts")->find("modified_field")->text, "lastmodifieddate");
  EXPECT_EQ(objects->find("deals")->find("modified_field")->text, "hs_lastmodifieddate");
}

// The simulator must never send anything to the real HubSpot.
TEST(HubSpotSandbox, HasEveryUrlOnTheSandbox) {
  const std::string origin = "http://127.0.0.1:4010";
  const auto catalogue = shipped({{"sandbox", origin + "/"}});
  const Provider& sandbox = *catalogue.find("hubspot-sandbox");
  EXPECT_TRUE(sandbox.unusable_reason.empty());
  for (const std::string& url :
       {sandbox.auth.authorize, sandbox.auth.token, sandbox.auth.revoke, sandbox.auth.introspect}) {
    EXPECT_TRUE(url.starts_with(origin + "/oauth/")) << url;
  }
  ASSERT_FALSE(sandbox.hosts.empty());
  for (const Host& host : sandbox.hosts) EXPECT_EQ(host.base_url, origin);
  EXPECT_TRUE(sandbox.answers_to("hubspot"));
  EXPECT_EQ(to_json(*sandbox.document->find("auth")).find("hubapi.com"), std::string::npos);
  EXPECT_EQ(sandbox.scopes.size(), catalogue.find("hubspot")->scopes.size());
}

TEST(HubSpotSandbox, MayBePlainHttpUnderAName) {
  const auto catalogue = shipped({{"sandbox", "http://sandbox:80"}});
  EXPECT_EQ(catalogue.find("hubspot-sandbox")->auth.token, "http://sandbox:80/oauth/2026-09/token");
}

TEST(HubSpotSandbox, CannotBeUsedWithoutASandbox) {
  const auto catalogue = shipped();
  const Provider& sandbox = *catalogue.find("hubspot-sandbox");
  EXPECT_NE(sandbox.unusable_reason.find("--sandbox"), std::string::npos);
  EXPECT_TRUE(sandbox.hosts.empty());
  EXPECT_TRUE(sandbox.auth.token.empty());
  const auto resolved = catalogue.resolve("hubspot-sandbox", {});
  ASSERT_TRUE(resolved.has_value());
  EXPECT_FALSE((*resolved)->unusable_reason.empty());
}

TEST(HubSpotSandbox, VariableMustBeAnOrigin) {
  for (const char* url : {"",
                          "127.0.0.1:4010",
                          "http://127.0.0.1:4010/path",
                          "http://a@b:1",
                          "ftp://a:1",
                          "http://127.0.0.1:4010?x",
                          "http://127.0.0.1:4010/#x"}) {
    const auto catalogue = Catalogue::load(Catalogue::embedded(), {{"sandbox", url}});
    ASSERT_FALSE(catalogue.has_value()) << url;
    EXPECT_EQ(catalogue.error().field, "sandbox");
  }
}

TEST(OAuth2, NeedsSettingsToHaveUrls) {
  const auto catalogue = shipped();
  const Provider& generic = *catalogue.find("oauth2");
  EXPECT_TRUE(generic.configurable);
  EXPECT_TRUE(generic.hosts.empty());
  EXPECT_TRUE(generic.unusable_reason.empty());
  EXPECT_TRUE(generic.auth.refresh.rotates);
}

}  // namespace
}  // namespace wayleave::provider
