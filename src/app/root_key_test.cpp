#include "app/root_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/bytes.hpp"
#include "tests/support/temp_dir.hpp"

namespace wayleave::app {
namespace {

using testing::HasSubstr;

class RootKeys : public testing::Test {
 protected:
  RootKeys() {
    config_.data = dir_.path().string();
    config_.database = "sqlite:" + config_.data + "/wayleave.db";
  }
  Result<LoadedRootKey> load() {
    const Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto at = variables_.find(name);
      return at == variables_.end() ? std::nullopt : std::optional(at->second);
    };
    return load_root_key(config_, environment, random_);
  }
  std::string fault() {
    const auto loaded = load();
    return loaded ? "" : loaded.error().detail;
  }
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = config_.data + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  static std::string key(char first) {
    std::string raw = "0123456789abcdef0123456789abcdef";
    raw[0] = first;
    return to_base64(raw);
  }
  static std::string fingerprint(char first) {
    return crypto::RootKey::from_base64(SecretString(key(first)))->fingerprint();
  }

  support::TempDir dir_;
  Config config_;
  SystemRandom random_;
  std::map<std::string, std::string> variables_;
};

TEST_F(RootKeys, IsMadeAtTheFirstStartForItsOwnerOnly) {
  const auto made = load();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->created, config_.data + "/root.key");
  struct stat info{};
  ASSERT_EQ(::stat(made->created.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  const auto again = load();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->created.empty());
  EXPECT_EQ(again->key.fingerprint(), made->key.fingerprint());
}

// VT-05: a new key could not open what is there, and would only mislead.
TEST_F(RootKeys, IsNotMadeBesideADatabaseThatHasLostItsOwn) {
  write("wayleave.db", "x");
  EXPECT_THAT(fault(), HasSubstr("root.key is not"));
  EXPECT_FALSE(std::filesystem::exists(config_.data + "/root.key"));
}

TEST_F(RootKeys, ComesFromTheEnvironmentThenTheFileThenTheCommand) {
  write("root.key", key('a'));
  EXPECT_EQ(load()->key.fingerprint(), fingerprint('a'));
  config_.root_key_command = "echo " + key('b');
  EXPECT_EQ(load()->key.fingerprint(), fingerprint('b'));
  config_.root_key_file = write("own.key", key('c') + "\n");
  EXPECT_EQ(load()->key.fingerprint(), fingerprint('c'));
  variables_["WAYLEAVE_ROOT_KEY"] = key('d');
  EXPECT_EQ(load()->key.fingerprint(), fingerprint('d'));
}

TEST_F(RootKeys, AFileThatOthersCanReadIsRefusedWithTheRemedy) {
  const std::string path = write("root.key", key('a'), 0640);
  EXPECT_THAT(fault(), HasSubstr("chmod 600 " + path));
  ::chmod(path.c_str(), 0604);
  EXPECT_THAT(fault(), HasSubstr("chmod 600"));
}

// VT-05
TEST_F(RootKeys, ShortAllZeroAndMissingKeysAreRefusedAndNotRepeated) {
  const std::string text = to_base64("tooshort");
  for (const std::string& bad : {text, to_base64(std::string(32, '\0')), std::string("!!!")}) {
    variables_["WAYLEAVE_ROOT_KEY"] = bad;
    EXPECT_THAT(fault(), HasSubstr("WAYLEAVE_ROOT_KEY"));
    EXPECT_THAT(fault(), testing::Not(HasSubstr(bad)));
  }
  variables_.clear();
  config_.root_key_file = config_.data + "/missing.key";
  EXPECT_THAT(fault(), HasSubstr("missing.key"));
  config_.root_key_file.clear();
  config_.root_key_command = "echo " + key('a') + "; exit 3";
  EXPECT_THAT(fault(), HasSubstr("command failed"));
}

TEST(DataFolder, IsMadeForItsOwnerAndRefusedWhenOthersMayWrite) {
  support::TempDir dir;
  const std::string path = dir.path() / "a" / "b";
  ASSERT_TRUE(prepare_data_folder(path));
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  ::chmod(path.c_str(), 0770);
  const auto refused = prepare_data_folder(path);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("chmod go-w"));
  std::ofstream(dir.path() / "file") << "x";
  EXPECT_FALSE(prepare_data_folder(dir.path() / "file"));
}

}  // namespace
}  // namespace wayleave::app
