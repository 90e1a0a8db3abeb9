#include "app/serving.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "app/admin.hpp"
#include "app/cli/json_view.hpp"
#include "app/demo/journey.hpp"
#include "app/doctor/doctor.hpp"
#include "tests/support/temp_dir.hpp"

namespace wayleave::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<std::string> no_variable(const std::string&) { return std::nullopt; }

class ServingTest : public testing::Test {
 protected:
  Config config(OptionValues more = {}) {
    more["data"] = {(dir_.path() / "data").string()};
    more["listen"] = {"127.0.0.1:0"};
    more["workers"] = {"1"};
    const auto settled = settle(more, no_variable);
    EXPECT_TRUE(settled) << settled.error().detail;
    return *settled;
  }
  std::unique_ptr<Serving> start(const Config& used) {
    auto serving = Serving::start(used, no_variable, log_);
    EXPECT_TRUE(serving) << serving.error().detail << serving.error().operator_detail;
    return serving ? std::move(*serving) : nullptr;
  }
  std::string make_key(const Config& used) {
    auto admin = open_local_admin(used, no_variable, log_);
    EXPECT_TRUE(admin);
    const auto reply = (*admin)->call(
        "POST", "/v1/keys", R"({"name":"t","scopes":["read","manage","connect","proxy"]})");
    return cli::JsonView::parse(reply->body).text("key");
  }

  support::TempDir dir_;
  Log log_{Log::Level::Off};
};

TEST_F(ServingTest, ServesItsRoutesToTheRemoteAdmin) {
  const Config used = config();
  auto serving = start(used);
  ASSERT_TRUE(serving);
  auto admin = open_remote_admin(serving->url(), SecretString(make_key(used)), {});
  ASSERT_TRUE(admin);
  const auto me = (*admin)->call("GET", "/v1/me", {});
  ASSERT_TRUE(me) << me.error().detail;
  EXPECT_EQ(me->status, 200);
  const auto none = (*admin)->call("GET", "/v1/nothing", {});
  EXPECT_EQ(none->status, 404);
  EXPECT_EQ(refusal(*none).code, "not_found");
  const auto wrong = (*admin)->call("PUT", "/v1/me", {});
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->fields.get("Allow"), "GET, PATCH");
  serving->stop(Millis{1'000});
  EXPECT_FALSE((*admin)->call("GET", "/v1/me", {}));
}

TEST_F(ServingTest, TheCommandLineBesideItMakesItsLinks) {
  auto serving = start(config({{"sandbox", {"http://127.0.0.1:9"}}}));
  ASSERT_TRUE(serving);
  auto admin = open_local_admin(config(), no_variable, log_);
  ASSERT_TRUE(admin);
  const auto made = (*admin)->call("POST",
                                   "/v1/apps",
                                   R"({"slug":"a","provider":"hubspot-sandbox","clientId":"c",
                                       "clientSecret":"s","scopes":["oauth"]})");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, 201) << made->body;
  EXPECT_THAT(cli::JsonView::parse(made->body).text("redirectUrl"),
              testing::StartsWith(serving->url() + "/hubspot-sandbox/a-"));
}

TEST_F(ServingTest, TakesUpProviderFilesAndTellsWhatHasToWait) {
  const std::string folder = dir_.path() / "providers";
  std::filesystem::create_directory(folder);
  const auto write = [&](const std::string& name) {
    std::ofstream(folder + "/acme.yaml")
        << "name: " << name
        << "\nauth: {kind: oauth2, authorize: 'https://acme.example/a', token: "
           "'https://acme.example/t'}\nhosts: {default: 'https://api.acme.example'}\n";
  };
  write("Before");
  const Config used = config({{"providers", {folder}}});
  auto serving = start(used);
  ASSERT_TRUE(serving);
  auto admin = open_remote_admin(serving->url(), SecretString(make_key(used)), {});
  const auto name = [&] {
    const auto reply = (*admin)->call("GET", "/v1/providers/acme", {});
    return reply ? cli::JsonView::parse(reply->body).text("name") : reply.error().detail;
  };
  EXPECT_EQ(name(), "Before");
  write("After");
  const auto waiting =
      serving->reload(config({{"providers", {folder}}, {"allow-egress", {"a:1"}}}));
  ASSERT_TRUE(waiting) << waiting.error().detail;
  EXPECT_THAT(*waiting, ElementsAre("allow-egress"));
  EXPECT_EQ(name(), "After");

  std::ofstream(folder + "/acme.yaml") << "colour: red\n";
  EXPECT_FALSE(serving->reload(used));
  EXPECT_EQ(name(), "After") << "a broken file changes nothing";
}

TEST_F(ServingTest, RefusesAnAddressInUse) {
  auto serving = start(config());
  ASSERT_TRUE(serving);
  support::TempDir other;
  const std::string address = serving->url().substr(std::string("http://").size());
  const auto second = settle({{"data", {other.path()}}, {"listen", {address}}}, no_variable);
  ASSERT_TRUE(second);
  const auto refused = Serving::start(*second, no_variable, log_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("in use"));
}

TEST_F(ServingTest, TheDoctorFindsAHealthyHouseAndALostKey) {
  start(config());
  const OptionValues flags = {{"data", {(dir_.path() / "data").string()}}};
  const auto state_of = [&](const std::string& name) {
    for (const Finding& finding : examine(flags, no_variable, false)) {
      if (finding.name == name) return finding.state;
    }
    return Finding::State::Broken;
  };
  EXPECT_EQ(state_of("database"), Finding::State::Fine);
  EXPECT_EQ(state_of("root key"), Finding::State::Fine);
  EXPECT_EQ(state_of("data folder"), Finding::State::Fine);
  std::filesystem::remove(dir_.path() / "data" / "root.key");
  EXPECT_EQ(state_of("root key"), Finding::State::Broken);
  std::filesystem::permissions(dir_.path() / "data", std::filesystem::perms::all);
  EXPECT_EQ(state_of("data folder"), Finding::State::Broken);
}

TEST_F(ServingTest, TheWholeJourneyWorksAndShowsNoSecret) {
  std::ostringstream out;
  demo::Printer printer(out, false);
  std::filesystem::create_directory(dir_.path() / "demo");
  demo::Journey journey(dir_.path() / "demo", printer, log_);
  const auto done = journey.run();
  ASSERT_TRUE(done) << done.error().detail << "\n" << out.str();
  std::ifstream file(journey.key_file());
  std::string key;
  file >> key;
  EXPECT_EQ(key.size(), 53U);
  EXPECT_THAT(out.str(), testing::Not(HasSubstr(key)));
  EXPECT_THAT(out.str(), HasSubstr("exactly one refresh"));
  const auto ended = journey.disconnect();
  EXPECT_TRUE(ended) << ended.error().detail;
}

}  // namespace
}  // namespace wayleave::app
