#include "provider/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "provider/document.hpp"

namespace wayleave::provider {
namespace {

constexpr std::string_view kParent = R"(name: Parent
auth:
  kind: oauth2
  authorize: https://id.example.com/authorize
  token: https://id.example.com/token
  revoke: https://id.example.com/revoke
  token_fields: [a, b]
hosts: {default: https://api.example.com, files: https://files.example.com}
errors: {terminal: [dead]}
)";

Source parent() { return {"parent.yaml", std::string(kParent)}; }

Catalogue must_load(const std::vector<Source>& sources,
                    const Catalogue::Variables& variables = {}) {
  auto catalogue = Catalogue::load(sources, variables);
  EXPECT_TRUE(catalogue.has_value()) << catalogue.error().detail;
  return catalogue ? *std::move(catalogue) : Catalogue();
}

std::string problem(const std::vector<Source>& sources,
                    const Catalogue::Variables& variables = {}) {
  const auto catalogue = Catalogue::load(sources, variables);
  EXPECT_FALSE(catalogue.has_value());
  return catalogue ? "" : catalogue.error().detail;
}

TEST(Catalogue, FindsProvidersBySlug) {
  const auto catalogue = must_load({parent()});
  ASSERT_NE(catalogue.find("parent"), nullptr);
  EXPECT_EQ(catalogue.find("parent")->name, "Parent");
  EXPECT_EQ(catalogue.find("Parent"), nullptr);
  EXPECT_EQ(catalogue.find(""), nullptr);
}

TEST(Catalogue, ChildInheritsMapsKeyByKeyAndReplacesTheRest) {
  const auto catalogue = must_load({parent(),
                                    {"child.yaml",
                                     "extends: parent\nname: Child\nauth: {token: "
                                     "'https://other.example.com/t', token_fields: [c]}\n"}});
  const auto child = catalogue.find("child");
  ASSERT_NE(child, nullptr);
  EXPECT_EQ(child->auth.token, "https://other.example.com/t");
  EXPECT_EQ(child->auth.authorize, "https://id.example.com/authorize");
  EXPECT_EQ(child->auth.token_fields, std::vector<std::string>{"c"});
  EXPECT_TRUE(child->errors.terminal.contains("dead"));
  EXPECT_TRUE(child->answers_to("parent"));
  EXPECT_TRUE(child->answers_to("child"));
  EXPECT_FALSE(child->answers_to("other"));
  EXPECT_FALSE(catalogue.find("parent")->answers_to("child"));
}

// PX-01: a child's allow-list is its own; a parent's host does not stay in it unseen.
TEST(Catalogue, ChildsHostsReplaceTheParentsWhole) {
  const auto catalogue = must_load(
      {parent(),
       {"child.yaml", "extends: parent\nname: C\nhosts: {default: 'https://c.example.com'}\n"}});
  const auto child = catalogue.find("child");
  ASSERT_EQ(child->hosts.size(), 1u);
  EXPECT_EQ(child->hosts.front().base_url, "https://c.example.com");
  EXPECT_EQ(child->host("files"), nullptr);
}

TEST(Catalogue, ProblemInAChildNamesTheFileItStandsIn) {
  const std::string detail =
      problem({parent(), {"child.yaml", "extends: parent\nname: C\nauth: {tokn: x}\n"}});
  EXPECT_TRUE(detail.starts_with("child.yaml:3: auth.tokn: unknown key")) << detail;
}

TEST(Catalogue, ExtendingGoesThroughSeveralFilesButNotInACircle) {
  const auto child = [](const char* slug, const char* of) {
    return Source{std::string(slug) + ".yaml", "extends: " + std::string(of) + "\nname: X\n"};
  };
  const auto catalogue = must_load({parent(), child("b", "parent"), child("c", "b")});
  EXPECT_EQ(catalogue.find("c")->extends, (std::vector<std::string>{"b", "parent"}));
  EXPECT_NE(problem({child("b", "c"), child("c", "b")}).find("goes in a circle"),
            std::string::npos);
}

TEST(Catalogue, LaterSourceReplacesAnEarlierOfTheSameName) {
  std::string text(kParent);
  text.replace(text.find("Parent"), 6, "Better");
  const auto catalogue = must_load({parent(), {"parent.yaml", text}});
  EXPECT_EQ(catalogue.find("parent")->name, "Better");
}

TEST(Catalogue, FileNameMustBeASlug) {
  for (const char* name : {"Big.yaml", "a b.yaml", "../x.yaml", ".yaml", "x.yml", "-x.yaml"}) {
    EXPECT_NE(problem({{name, std::string(kParent)}}).find("must be called <slug>.yaml"),
              std::string::npos)
        << name;
  }
}

TEST(Catalogue, ReportsEveryProblemAtOnce) {
  const std::string detail = problem({{"x.yaml", std::string(kParent) + "one: 1\ntwo: 2\n"}});
  EXPECT_NE(detail.find("one: unknown key"), std::string::npos);
  EXPECT_NE(detail.find("two: unknown key"), std::string::npos);
}

TEST(Catalogue, RefusesHugeAndBinaryFiles) {
  EXPECT_NE(problem({{"x.yaml", std::string((1 << 20) + 1, '#')}}).find("larger than 1 MiB"),
            std::string::npos);
  EXPECT_NE(problem({{"x.yaml", std::string("name: \0", 7)}}).find("not UTF-8"), std::string::npos);
  EXPECT_NE(problem({{"x.yaml", "name: \xff"}}).find("not UTF-8"), std::string::npos);
  EXPECT_NE(problem({{"x.yaml", ""}}).find("empty"), std::string::npos);
}

TEST(Catalogue, MissingDirectoryIsAnError) {
  EXPECT_FALSE(Catalogue::read_directory("/nowhere/at/all").has_value());
}

TEST(Catalogue, UnknownProviderIsRefused) {
  const auto resolved = must_load({parent()}).resolve("nobody", {});
  ASSERT_FALSE(resolved.has_value());
  EXPECT_EQ(resolved.error().field, "provider");
}

TEST(Catalogue, ObjectDefaultsReachEachObject) {
  const auto sources =
      Catalogue::read_directory(std::string(WAYLEAVE_TEST_DATA) + "/right").value();
  const auto catalogue = must_load(sources);
  const auto provider = catalogue.find("everything");
  ASSERT_NE(provider, nullptr);
  EXPECT_EQ(provider->document->find("object_defaults"), nullptr);
  const Node* things = provider->document->find("objects")->find("things");
  EXPECT_EQ(things->find("list")->find("path")->text, "/things");
  EXPECT_EQ(things->find("get")->find("path")->text, "/things/{id}");
  EXPECT_EQ(things->find("paging")->find("kind")->text, "page");
}

TEST(Catalogue, OtherKindsLoadButAreNotUsable) {
  const auto sources =
      Catalogue::read_directory(std::string(WAYLEAVE_TEST_DATA) + "/right").value();
  const auto catalogue = must_load(sources);
  EXPECT_EQ(catalogue.find("api-key")->auth.kind, AuthKind::ApiKey);
  for (const char* slug : {"api-key", "basic-auth", "machine"}) {
    EXPECT_FALSE(catalogue.find(slug)->unusable_reason.empty()) << slug;
  }
  EXPECT_TRUE(catalogue.find("everything")->unusable_reason.empty());
}

TEST(Catalogue, ReadsEveryKeyOfAuthAndLimits) {
  const auto sources =
      Catalogue::read_directory(std::string(WAYLEAVE_TEST_DATA) + "/right").value();
  const auto catalogue = must_load(sources);
  using std::chrono::seconds;
  const Provider& provider = *catalogue.find("everything");
  EXPECT_EQ(provider.auth.issuer, "https://id.example.com/tenant");
  EXPECT_TRUE(provider.auth.sends_iss);
  EXPECT_EQ(provider.auth.client_auth, oauth::ClientAuth::Basic);
  EXPECT_EQ(provider.auth.pkce, PkceUse::Required);
  EXPECT_EQ(provider.auth.scope_separator, ",");
  EXPECT_EQ(provider.auth.authorize_params,
            (FormFields{{"access_type", "offline"}, {"prompt", "consent select"}}));
  EXPECT_EQ(provider.auth.token_params, (FormFields{{"audience", "api"}}));
  EXPECT_TRUE(provider.auth.refresh.rotates);
  EXPECT_EQ(provider.auth.refresh.lead, seconds{90});
  EXPECT_EQ(provider.auth.refresh.idle_ttl, seconds{30 * 86'400});
  EXPECT_EQ(provider.auth.refresh.grace, seconds{600});
  EXPECT_EQ(provider.auth.expires_in_default, seconds{3600});
  EXPECT_EQ(provider.auth.callback_fields, std::vector<std::string>{"realmId"});
  EXPECT_EQ(provider.auth.account_field, "realmId");
  ASSERT_TRUE(provider.auth.lookup.has_value());
  EXPECT_EQ(provider.auth.lookup->field, "id");
  EXPECT_EQ(provider.hosts.front().base_url, "https://api.example.com:8443/v1");
  EXPECT_EQ(provider.headers.size(), 2u);
  EXPECT_TRUE(provider.errors.form_answers);
  ASSERT_EQ(provider.limits.windows.size(), 2u);
  EXPECT_FALSE(provider.limits.windows[0].per_account);
  EXPECT_EQ(provider.limits.windows[1].path_suffix, "/search");
  EXPECT_EQ(provider.limits.rate_limited[0].wait, seconds{60});
  EXPECT_EQ(provider.scopes[0].tier, "Enterprise");
  EXPECT_EQ(provider.scopes[0].grants, "See your a");
  EXPECT_EQ(provider.scopes[1].grants, "B");
  EXPECT_TRUE(provider.fields[1].secret);
}

TEST(Catalogue, ReplacesItsProvidersWhileOthersHoldTheOldOnes) {
  auto catalogue = must_load({{"parent.yaml", std::string(kParent)}});
  const auto held = catalogue.find("parent");
  std::string text(kParent);
  text.replace(text.find("Parent"), 6, "Better");
  catalogue.replace(must_load({{"parent.yaml", text}, {"other.yaml", std::string(kParent)}}));
  EXPECT_EQ(held->name, "Parent");
  EXPECT_EQ(catalogue.find("parent")->name, "Better");
  EXPECT_EQ(catalogue.all().size(), 2U);
}

}  // namespace
}  // namespace wayleave::provider
