#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "app/key_change.hpp"
#include "tests/support/temp_dir.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::app {
namespace {

namespace fs = std::filesystem;

class RootKeyChange : public testing::Test {
 protected:
  RootKeyChange() {
    config_.data = (dir_.path() / "data").string();
    config_.database = "sqlite:" + config_.data + "/wayleave.db";
  }
  Result<std::unique_ptr<Core>> open() {
    const Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto at = variables_.find(name);
      return at == variables_.end() ? std::nullopt : std::optional(at->second);
    };
    return Core::open(config_, environment, "http://127.0.0.1", log_);
  }
  std::string path(const std::string& name) { return config_.data + "/" + name; }
  static std::string base64(const crypto::RootKey& key) {
    return key.to_base64().expose([](std::string_view text) { return std::string(text); });
  }
  /// The state a crash leaves after the data keys were wrapped anew and before the files were put
  /// in place.
  std::string crash_before_the_rename(bool linked) {
    auto core = *open();
    const auto present = *core->root_key();
    const auto next = crypto::RootKey::generate(core->random());
    EXPECT_TRUE(write_root_key_file(next_root_key_path(config_), next));
    const auto changed = core->database().write_blocking([&](db::Transaction& tx) {
      return vault::change_root_key(
          tx, present.key, next, core->random(), {"cli", {}, {}}, core->clock().now());
    });
    EXPECT_TRUE(changed);
    if (linked) {
      fs::create_hard_link(path("root.key"), path("root.key.old-" + present.key.fingerprint()));
    }
    return next.fingerprint();
  }
  static constexpr crypto::Place kPlace{"w", "t", "r", "c", 1};

  support::TempDir dir_;
  Config config_;
  Log log_{Log::Level::Off};
  std::map<std::string, std::string> variables_;
};

TEST_F(RootKeyChange, PutsANewKeyInPlaceOfTheOldOne) {
  std::string sealed;
  std::string before;
  {
    auto core = *open();
    before = core->root_key()->key.fingerprint();
    sealed = core->keys().seal("secret", kPlace);
    const auto report = change_root_key(*core, {});
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->before, before);
    EXPECT_EQ(report->made, path("root.key"));
    EXPECT_EQ(report->kept, path("root.key.old-" + before));
    EXPECT_TRUE(fs::exists(report->kept));
    EXPECT_FALSE(fs::exists(path("root.key.new")));
    struct stat info{};
    ASSERT_EQ(::stat(path("root.key").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    EXPECT_TRUE(core->keys().open(sealed, kPlace));  // it goes on
  }
  auto core = open();
  ASSERT_TRUE(core) << core.error().detail;
  EXPECT_NE((*core)->root_key()->key.fingerprint(), before);
  EXPECT_TRUE((*core)->keys().open(sealed, kPlace));
}

TEST_F(RootKeyChange, TheOldKeyOpensTheStoreNoMore) {
  {
    auto core = *open();
    ASSERT_TRUE(change_root_key(*core, {}));
  }
  for (const auto& entry : fs::directory_iterator(config_.data)) {
    if (entry.path().string().find(".old-") != std::string::npos) {
      config_.root_key_file = entry.path().string();
    }
  }
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "root_key_wrong");
}

// VT-07: killed before the transaction, the old key opens; the next change uses the key that was
// made already.
TEST_F(RootKeyChange, InterruptedBeforeItTookEffectTheOldKeyHolds) {
  const auto next = [&] {
    auto core = *open();
    const auto made = crypto::RootKey::generate(core->random());
    EXPECT_TRUE(write_root_key_file(next_root_key_path(config_), made));
    return made.fingerprint();
  }();
  auto core = open();
  ASSERT_TRUE(core);
  EXPECT_NE((*core)->root_key()->key.fingerprint(), next);
  EXPECT_TRUE(fs::exists(next_root_key_path(config_)));
  const auto report = change_root_key(**core, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->after, next);
}

// VT-07: killed after the transaction, the next start finds the new key and finishes.
TEST_F(RootKeyChange, InterruptedAfterItTookEffectTheNextStartFinishes) {
  for (const bool linked : {false, true}) {
    const std::string next = crash_before_the_rename(linked);
    for (int start = 0; start < 2; ++start) {
      auto core = open();
      ASSERT_TRUE(core) << core.error().detail;
      EXPECT_EQ((*core)->root_key()->key.fingerprint(), next);
      EXPECT_FALSE(fs::exists(next_root_key_path(config_)));
    }
  }
}

TEST_F(RootKeyChange, AForeignKeyBesideTheOldOneIsNotTaken) {
  {
    auto core = *open();
  }
  SystemRandom random;
  ASSERT_TRUE(write_root_key_file(next_root_key_path(config_), crypto::RootKey::generate(random)));
  const auto mine = base64(crypto::RootKey::generate(random));
  fs::remove(path("root.key"));
  std::ofstream(path("root.key")) << mine;
  ::chmod(path("root.key").c_str(), 0600);
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "root_key_wrong");
  EXPECT_TRUE(fs::exists(next_root_key_path(config_)));
}

TEST_F(RootKeyChange, MovesTheKeyOutOfTheDataFolder) {
  const std::string file = (dir_.path() / "elsewhere.key").string();
  {
    auto core = *open();
    const auto report = change_root_key(*core, {.file = file, .command = {}});
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->made, file);
    EXPECT_EQ(report->next_start, "--root-key-file " + file);
    EXPECT_FALSE(fs::exists(path("root.key")));
  }
  const auto missing = open();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "root_key_missing");
  config_.root_key_file = file;
  EXPECT_TRUE(open());
}

TEST_F(RootKeyChange, TakesTheNewKeyFromTheEnvironmentOrACommand) {
  SystemRandom random;
  const std::string first = base64(crypto::RootKey::generate(random));
  const std::string second = base64(crypto::RootKey::generate(random));
  variables_["WAYLEAVE_ROOT_KEY"] = base64(crypto::RootKey::generate(random));
  {
    auto core = *open();
    const auto nowhere = change_root_key(*core, {});
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().field, "new-root-key-file");
    variables_["WAYLEAVE_NEW_ROOT_KEY"] = first;
    ASSERT_TRUE(change_root_key(*core, {}));
  }
  EXPECT_FALSE(open());
  variables_["WAYLEAVE_ROOT_KEY"] = first;
  {
    auto core = *open();
    ASSERT_FALSE(change_root_key(*core, {})) << "it is the one in use";
    ASSERT_TRUE(change_root_key(*core, {.file = {}, .command = "echo " + second}));
  }
  variables_["WAYLEAVE_ROOT_KEY"] = second;
  EXPECT_TRUE(open());
}

}  // namespace
}  // namespace wayleave::app
