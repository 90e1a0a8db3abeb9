#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace wayleave::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Environment environment(std::map<std::string, std::string> values = {}) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

std::string detail(const Result<Config>& config) { return config ? "" : config.error().detail; }

TEST(Config, HasTheDefaultsOfTheContract) {
  const auto config = settle({}, environment());
  ASSERT_TRUE(config);
  EXPECT_EQ(config->data, "./wayleave-data");
  EXPECT_EQ(config->database, "sqlite:./wayleave-data/wayleave.db");
  EXPECT_EQ(config->address, "127.0.0.1");
  EXPECT_EQ(config->port, 8080);
  EXPECT_GE(config->workers, 1U);
  EXPECT_TRUE(config->permits.empty());
}

TEST(Config, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  const std::string path = testing::TempDir() + "/wayleave_config_test.yaml";
  std::ofstream(path) << "listen: 127.0.0.1:1\npublic-url: https://file.example\nworkers: 3\n";
  const auto config = settle({{"config", {path}}, {"listen", {"127.0.0.1:3"}}},
                             environment({{"WAYLEAVE_LISTEN", "127.0.0.1:2"},
                                          {"WAYLEAVE_PUBLIC_URL", "https://env.example/"}}));
  std::remove(path.c_str());
  ASSERT_TRUE(config) << detail(config);
  EXPECT_EQ(config->port, 3);
  EXPECT_EQ(config->public_url, "https://env.example");
  EXPECT_EQ(config->workers, 3U);
}

TEST(Config, ASandboxIsPermittedAndNothingElse) {
  const auto config = settle({{"sandbox", {"http://127.0.0.1:9090/"}}},
                             environment({{"WAYLEAVE_ALLOW_EGRESS", "localhost:1, [::1]:2"}}));
  ASSERT_TRUE(config) << detail(config);
  EXPECT_EQ(config->sandbox, "http://127.0.0.1:9090");
  ASSERT_EQ(config->permits.size(), 3U);
  EXPECT_EQ(config->permits[2].host, "127.0.0.1");
  EXPECT_EQ(config->permits[2].port, 9090);
}

TEST(Config, SaysWhereAWrongValueStands) {
  EXPECT_THAT(detail(settle({{"listen", {"8080"}}}, environment())), HasSubstr("--listen"));
  EXPECT_THAT(detail(settle({}, environment({{"WAYLEAVE_WORKERS", "0"}}))),
              HasSubstr("WAYLEAVE_WORKERS"));
  EXPECT_THAT(detail(settle({{"public-url", {"ftp://x"}}}, environment())),
              HasSubstr("--public-url"));
  EXPECT_THAT(detail(settle({{"database", {"mysql://u:secret@h"}}}, environment())),
              testing::AllOf(HasSubstr("--database"), testing::Not(HasSubstr("secret"))));
  EXPECT_THAT(detail(settle({{"log-level", {"loud"}}}, environment())), HasSubstr("--log-level"));
}

TEST(Config, TlsForClientsNeedsBothFiles) {
  const auto both = settle({{"tls-cert", {"c.pem"}}}, environment({{"WAYLEAVE_TLS_KEY", "k.pem"}}));
  ASSERT_TRUE(both) << detail(both);
  EXPECT_EQ(both->tls_cert, "c.pem");
  EXPECT_EQ(both->tls_key, "k.pem");
  EXPECT_EQ(server_url(*both, 5), "https://127.0.0.1:5");
  EXPECT_EQ(server_url(Config{}, 5), "http://127.0.0.1:5");
  EXPECT_THAT(detail(settle({{"tls-cert", {"c.pem"}}}, environment())),
              HasSubstr("--tls-cert is given without --tls-key"));
  EXPECT_THAT(detail(settle({}, environment({{"WAYLEAVE_TLS_KEY", "k.pem"}}))),
              HasSubstr("WAYLEAVE_TLS_KEY is given without --tls-cert"));
  EXPECT_FALSE(settle({{"tls-cert", {""}}, {"tls-key", {""}}}, environment()));
}

TEST(Config, ANewCertificateNeedsNoRestartButTlsItselfDoes) {
  Config running;
  Config fresh;
  fresh.tls_cert = fresh.tls_key = "new.pem";
  EXPECT_THAT(restart_needed(running, fresh), ElementsAre("tls-cert"));
  running.tls_cert = running.tls_key = "old.pem";
  EXPECT_THAT(restart_needed(running, fresh), ElementsAre());
}

TEST(ConfigFile, TakesEverySpellingOfAKey) {
  for (const char* key : {"public-url", "public_url", "publicUrl"}) {
    const auto values = read_config_text("w.yaml", std::string(key) + ": https://a.example\n");
    ASSERT_TRUE(values) << key;
    EXPECT_THAT(values->at("public-url"), ElementsAre("https://a.example"));
  }
}

TEST(ConfigFile, NamesTheLineOfAnUnknownKey) {
  const auto values = read_config_text("w.yaml", "data: d\n# comment\nlisen: 127.0.0.1:1\n");
  ASSERT_FALSE(values);
  EXPECT_THAT(values.error().detail, HasSubstr("w.yaml line 3: unknown key 'lisen'"));
}

TEST(ConfigFile, RefusesDoubledKeysListsAndBrokenYaml) {
  EXPECT_FALSE(read_config_text("w.yaml", "public-url: a\npublic_url: b\n"));
  EXPECT_FALSE(read_config_text("w.yaml", "data: [a, b]\n"));
  EXPECT_FALSE(read_config_text("w.yaml", "data: {a: b}\n"));
  EXPECT_FALSE(read_config_text("w.yaml", "- a\n"));
  EXPECT_FALSE(read_config_text("w.yaml", "a: [\n"));
  EXPECT_TRUE(read_config_text("w.yaml", ""));
  EXPECT_TRUE(read_config_text("w.yaml", "allow-egress: [a:1, b:2]\n"));
}

TEST(ParseListen, TakesAddressesAndNothingElse) {
  EXPECT_EQ(parse_listen("0.0.0.0:80")->port, 80);
  EXPECT_EQ(parse_listen("[::1]:0")->address, "::1");
  EXPECT_EQ(parse_listen("localhost:1")->address, "127.0.0.1");
  for (const char* text : {"", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "x:1", ":1"}) {
    EXPECT_FALSE(parse_listen(text)) << text;
  }
  EXPECT_EQ(http_url("::1", 5), "http://[::1]:5");
}

}  // namespace
}  // namespace wayleave::app
