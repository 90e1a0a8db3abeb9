#include "access/audit.hpp"

#include <gtest/gtest.h>

#include "access/test_store.hpp"

namespace wayleave::access {
namespace {

AuditRecord record(const std::string& workspace, const std::string& target) {
  AuditRecord made;
  made.at = from_millis(1'700'000'000'123);
  made.workspace = WorkspaceId{workspace};
  made.actor = {"key", "key_1", "127.0.0.1"};
  made.action = "token.revealed";
  made.target = target;
  made.detail = R"({"reason":"line\nbreak"})";
  return made;
}

TEST(AuditTest, RecordsComeBackNewestFirstAndPageBackward) {  // LG-02
  TestStore store;
  for (const auto* target : {"one", "two", "three"}) {
    ASSERT_TRUE(store.write(
        [&](db::Transaction& tx) { return append_audit(tx, record("default", target)); }));
  }
  const auto page =
      store.write([](db::Transaction& tx) { return list_audit(tx, WorkspaceId{"default"}, 0, 2); });
  ASSERT_EQ(page->size(), 2U);
  EXPECT_EQ((*page)[0].target, "three");
  EXPECT_EQ((*page)[0].actor.address, "127.0.0.1");
  EXPECT_EQ((*page)[0].at, from_millis(1'700'000'000'123));
  EXPECT_EQ((*page)[0].detail, R"({"reason":"line\nbreak"})");
  const auto rest = store.write([&](db::Transaction& tx) {
    return list_audit(tx, WorkspaceId{"default"}, page->back().sequence, 10);
  });
  ASSERT_EQ(rest->size(), 1U);
  EXPECT_EQ(rest->front().target, "one");
}

TEST(AuditTest, WorkspacesDoNotSeeEachOther) {
  TestStore store;
  ASSERT_TRUE(
      store.write([](db::Transaction& tx) { return append_audit(tx, record("other", "x")); }));
  EXPECT_TRUE(
      store.write([](db::Transaction& tx) { return list_audit(tx, WorkspaceId{"default"}, 0, 9); })
          ->empty());
}

TEST(AuditTest, RecordIsGoneWithItsFailedTransaction) {  // LG-03: no record without its effect
  TestStore store;
  const auto failed = store.write([](db::Transaction& tx) -> Result<> {
    WL_CHECK(append_audit(tx, record("default", "never")));
    return internal("the effect failed");
  });
  EXPECT_FALSE(failed);
  EXPECT_TRUE(
      store.write([](db::Transaction& tx) { return list_audit(tx, WorkspaceId{"default"}, 0, 9); })
          ->empty());
}

TEST(AuditTest, RecordWithoutActionIsRefused) {
  TestStore store;
  auto nameless = record("default", "x");
  nameless.action.clear();
  EXPECT_FALSE(store.write([&](db::Transaction& tx) { return append_audit(tx, nameless); }));
}

}  // namespace
}  // namespace wayleave::access
