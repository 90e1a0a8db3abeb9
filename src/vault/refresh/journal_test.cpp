#include "vault/refresh/journal.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "vault/test_store.hpp"

namespace wayleave::vault {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
 protected:
  static Journal::Entry entry(const std::string& id, const std::string& refresh = "refresh-1") {
    Journal::Entry made;
    made.workspace = WorkspaceId{"default"};
    made.connection = ConnectionId{id};
    made.fingerprint = std::string("\x00\xff", 2) + "print";
    made.update.tokens.access_token = secret("canary-access-1");
    made.update.tokens.refresh_token = secret(refresh);
    made.update.expires_at = from_millis(1'700'000'000'123);
    made.update.life = std::chrono::seconds{1800};
    return made;
  }
  static std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TestStore store_;
  const fs::path first_ = store_.dir.path() / "first";
  const fs::path second_ = store_.dir.path() / "second";
  const Journal journal_{{first_, second_}, store_.keys};
};

TEST_F(JournalTest, GivesBackWhatItKept) {
  journal_.prepare();
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  const auto found = journal_.read();
  ASSERT_EQ(found.entries.size(), 1U);
  const auto& one = found.entries[0];
  EXPECT_EQ(one.workspace.str(), "default");
  EXPECT_EQ(one.connection.str(), "con_1");
  EXPECT_EQ(one.fingerprint, entry("con_1").fingerprint);
  EXPECT_EQ(shown(one.update.tokens.access_token), "canary-access-1");
  EXPECT_EQ(shown(one.update.tokens.refresh_token), "refresh-1");
  EXPECT_EQ(one.update.expires_at, from_millis(1'700'000'000'123));
  EXPECT_EQ(one.update.life, std::chrono::seconds{1800});
  journal_.forget(ConnectionId{"con_1"});
  EXPECT_TRUE(journal_.read().entries.empty());
}

TEST_F(JournalTest, KeepsWhatIsNotKnownUnknown) {
  auto made = entry("con_1", "");
  made.update.expires_at.reset();
  made.update.life.reset();
  ASSERT_TRUE(journal_.keep(made));
  const auto found = journal_.read();
  ASSERT_EQ(found.entries.size(), 1U);
  EXPECT_FALSE(found.entries[0].update.expires_at);
  EXPECT_FALSE(found.entries[0].update.life);
  EXPECT_TRUE(found.entries[0].update.tokens.refresh_token.empty());
}

TEST_F(JournalTest, LaterAnswerReplacesTheEarlier) {
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  ASSERT_TRUE(journal_.keep(entry("con_1", "refresh-2")));
  const auto found = journal_.read();
  ASSERT_EQ(found.entries.size(), 1U);
  EXPECT_EQ(shown(found.entries[0].update.tokens.refresh_token), "refresh-2");
}

TEST_F(JournalTest, HoldsNoTokenInPlain) {  // VT-02
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  const std::string bytes = bytes_of(first_ / "con_1.grant");
  EXPECT_FALSE(bytes.empty());
  EXPECT_EQ(bytes.find("canary"), std::string::npos);
  EXPECT_EQ(bytes.find("refresh-1"), std::string::npos);
  struct stat info{};
  ASSERT_EQ(::stat((first_ / "con_1.grant").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat(first_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
}

TEST_F(JournalTest, AnswerOfAnotherConnectionDoesNotOpen) {  // VT-03
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  fs::rename(first_ / "con_1.grant", first_ / "con_2.grant");
  const auto found = journal_.read();
  EXPECT_TRUE(found.entries.empty());
  EXPECT_EQ(found.unreadable, 1);
  EXPECT_TRUE(fs::exists(first_ / "con_2.grant"));
}

TEST_F(JournalTest, AnyFlippedByteIsNoticedAndHarmsNoOther) {  // VT-04
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  ASSERT_TRUE(journal_.keep(entry("con_2")));
  const std::string bytes = bytes_of(first_ / "con_1.grant");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    std::ofstream(first_ / "con_1.grant", std::ios::binary) << flipped;
    const auto found = journal_.read();
    ASSERT_EQ(found.entries.size(), 1U) << "byte " << i;
    EXPECT_EQ(found.entries[0].connection.str(), "con_2");
    EXPECT_EQ(found.unreadable, 1);
  }
}

TEST_F(JournalTest, SecondFolderTakesWhatTheFirstDoesNot) {  // TK-06
  std::ofstream(first_) << "a file where the folder should be";
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  EXPECT_TRUE(fs::exists(second_ / "con_1.grant"));
  EXPECT_EQ(journal_.read().entries.size(), 1U);
  journal_.forget(ConnectionId{"con_1"});
  EXPECT_FALSE(fs::exists(second_));  // nothing is left lying about
}

TEST_F(JournalTest, FolderThatOthersCanReadIsNotUsed) {
  fs::create_directory(first_);
  fs::permissions(first_, fs::perms::owner_all | fs::perms::others_read);
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  EXPECT_FALSE(fs::exists(first_ / "con_1.grant"));
  EXPECT_TRUE(fs::exists(second_ / "con_1.grant"));
}

TEST_F(JournalTest, SaysWhereItTriedWhenNoFolderTakesIt) {
  std::ofstream(first_) << "x";
  std::ofstream(second_) << "x";
  const auto kept = journal_.keep(entry("con_1"));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, "journal_failed");
  EXPECT_NE(kept.error().operator_detail.find(second_.string()), std::string::npos);
  EXPECT_EQ(kept.error().operator_detail.find("canary"), std::string::npos);
}

TEST_F(JournalTest, CutFileIsNotTakenForAnAnswer) {
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  const std::string bytes = bytes_of(first_ / "con_1.grant");
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    std::ofstream(first_ / "con_1.grant", std::ios::binary | std::ios::trunc)
        << bytes.substr(0, size);
    EXPECT_TRUE(journal_.read().entries.empty());
  }
}

TEST_F(JournalTest, ReserveIsThereAndIsCounted) {
  journal_.prepare();
  EXPECT_GE(fs::file_size(first_ / "reserve"), 100'000U);
  EXPECT_EQ(count_kept(first_), 0);
  ASSERT_TRUE(journal_.keep(entry("con_1")));
  EXPECT_EQ(count_kept(first_), 1);
}

}  // namespace
}  // namespace wayleave::vault
