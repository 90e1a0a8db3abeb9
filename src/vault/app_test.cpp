#include "vault/app.hpp"

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

class AppTest : public VaultTest {
 protected:
  static AppDraft draft(const std::string& slug, const std::string& provider) {
    AppDraft made;
    made.slug = slug;
    made.provider = provider;
    made.client_id = "id";
    made.client_secret = secret("canary-secret");
    return made;
  }
  Result<App> create(AppDraft made) {
    return store_.write([&](db::Transaction& tx) {
      return vault_.apps().create(tx, home_, std::move(made), store_.random, store_.clock.now());
    });
  }
  Result<App> update(const std::string& slug, AppDraft made) {
    return store_.write([&](db::Transaction& tx) {
      return vault_.apps().update(tx, home_, slug, std::move(made), store_.clock.now());
    });
  }
  Result<> remove(const std::string& slug, bool force) {
    return store_.write([&](db::Transaction& tx) {
      return vault_.apps().remove(tx, home_, slug, force, store_.clock.now());
    });
  }
  Result<App> find(const std::string& slug) {
    return store_.write([&](db::Transaction& tx) { return vault_.apps().find(tx, home_, slug); });
  }
  Result<std::string> secret_of(const App& app) {
    return store_.write([&](db::Transaction& tx) -> Result<std::string> {
      WL_TRY(const auto opened, vault_.apps().client_secret(tx, app));
      return shown(opened);
    });
  }
  static std::string field_of(const Result<App>& result) {
    return result ? "accepted" : result.error().field;
  }
  static AppDraft generic() {
    AppDraft made = draft("any", "oauth2");
    made.settings = provider::Settings{{"authorize", "https://id.example/authorize"},
                                       {"token", "https://id.example/token"},
                                       {"apiBase", "https://api.example"}};
    return made;
  }
};

TEST_F(AppTest, IsFoundBySlugInAnyCase) {
  const auto made = must(create(draft("hbDev", "hubspot")));
  EXPECT_EQ(made.slug, "hbdev");
  EXPECT_EQ(must(find("HBDEV")).id, made.id);
  EXPECT_EQ(redirect_url("https://gw.example", made),
            "https://gw.example/hubspot/hbdev-" + made.id.str() + "/callback");
  EXPECT_EQ(code_of(find("nobody")), "app_not_found");
  EXPECT_EQ(code_of(find("a/b")), "app_not_found");
}

TEST_F(AppTest, MissingOrWrongFieldsAreNamed) {
  auto no_slug = draft("x", "steady");
  no_slug.slug.reset();
  EXPECT_EQ(field_of(create(std::move(no_slug))), "slug");
  auto no_id = draft("x", "steady");
  no_id.client_id.reset();
  EXPECT_EQ(field_of(create(std::move(no_id))), "clientId");
  auto no_secret = draft("x", "steady");
  no_secret.client_secret.reset();
  EXPECT_EQ(field_of(create(std::move(no_secret))), "clientSecret");
  EXPECT_EQ(field_of(create(draft("x", "nowhere"))), "provider");
}

TEST_F(AppTest, IsRegisteredForTheSimulatorBeforeItRuns) {
  const auto made = must(create(draft("x", "hubspot-sandbox")));
  const auto used = vault_.apps().provider(made);
  ASSERT_FALSE(used);  // no --sandbox given
  EXPECT_EQ(used.error().field, "provider");
}

TEST_F(AppTest, SecretIsSealedAndFollowsTheVersion) {  // VT-02, VT-03
  const auto made = must(create(draft("x", "steady")));
  EXPECT_EQ(must(secret_of(made)), "canary-secret");
  AppDraft change;
  change.scopes = {"oauth"};
  const auto changed = must(update("x", std::move(change)));
  EXPECT_EQ(changed.version, made.version + 1);
  EXPECT_EQ(must(secret_of(changed)), "canary-secret");
  EXPECT_FALSE(secret_of(made));
  EXPECT_EQ(store_.stored_bytes().find("canary-secret"), std::string::npos);
}

TEST_F(AppTest, SecretMovedToAnotherAppDoesNotOpen) {  // VT-03
  const auto one = must(create(draft("one", "steady")));
  const auto two = must(create(draft("two", "steady")));
  store_.sql(
      "UPDATE app SET client_secret = (SELECT client_secret FROM app WHERE slug = 'two') "
      "WHERE slug = 'one'");
  EXPECT_EQ(code_of(secret_of(one)), "app_misconfigured");
  EXPECT_TRUE(secret_of(two));
  AppDraft mended;
  mended.client_secret = secret("new");
  EXPECT_EQ(must(secret_of(must(update("one", std::move(mended))))), "new");
}

TEST_F(AppTest, SlugIsTakenOncePerWorkspace) {
  must(create(draft("x", "steady")));
  const auto again = create(draft("X", "steady"));
  EXPECT_EQ(code_of(again), "conflict");
  EXPECT_EQ(field_of(again), "slug");
  must(create(draft("y", "steady")));
  AppDraft rename;
  rename.slug = "x";
  EXPECT_EQ(field_of(update("y", std::move(rename))), "slug");
}

TEST_F(AppTest, ProviderCannotChange) {
  must(create(draft("x", "steady")));
  AppDraft change;
  change.provider = "rotating";
  EXPECT_EQ(field_of(update("x", std::move(change))), "provider");
}

TEST_F(AppTest, StoredSecretsCannotBeSentToAnotherAddress) {
  const auto made = must(create(generic()));
  const auto moved = [&](bool with_secret) {
    AppDraft change;
    change.settings = *generic().settings;
    change.settings->insert_or_assign("token", "https://evil.example/token");
    if (with_secret) change.client_secret = secret("known to whoever asks");
    return change;
  };
  EXPECT_EQ(field_of(update("any", moved(false))), "clientSecret");
  connect(made);
  EXPECT_EQ(code_of(update("any", moved(true))), "conflict");
  AppDraft harmless;
  harmless.settings = *generic().settings;
  harmless.settings->insert_or_assign("scopeSeparator", ",");
  EXPECT_TRUE(update("any", std::move(harmless)));
}

TEST_F(AppTest, IsNotRemovedWithConnectionsUnlessForced) {
  connect(steady_);
  EXPECT_EQ(code_of(remove("steady", false)), "conflict");
  EXPECT_TRUE(credential(steady_));
  must(remove("steady", true));
  EXPECT_EQ(code_of(find("steady")), "app_not_found");
  EXPECT_EQ(code_of(credential(steady_)), "connection_not_found");
  must(remove("rotating", false));
}

TEST_F(AppTest, OtherWorkspaceDoesNotSeeIt) {
  const auto foreign = store_.write(
      [&](db::Transaction& tx) { return vault_.apps().find(tx, WorkspaceId{"other"}, "steady"); });
  EXPECT_EQ(code_of(foreign), "app_not_found");
  EXPECT_TRUE(must(store_.write([&](db::Transaction& tx) {
                return vault_.apps().list(tx, WorkspaceId{"other"}, "", 10);
              })).empty());
}

TEST_F(AppTest, ListPagesBySlug) {
  const auto page = must(store_.write(
      [&](db::Transaction& tx) { return vault_.apps().list(tx, home_, "rotating", 10); }));
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].slug, "steady");
}

}  // namespace
}  // namespace wayleave::vault
