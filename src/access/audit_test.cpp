#include "access/audit.hpp"

#include <gtest/gtest.h>

#include "access/test_store.hpp"

namespace wayleave::access {
namespace {

const Instant kNow = from_millis(1'700'000'000'123);

AuditRecord record(const std::string& workspace, const std::string& target) {
  AuditRecord made;
  made.at = kNow;
  made.workspace = WorkspaceId{workspace};
  made.actor = {"key", "key_1", "127.0.0.1", "backend"};
  made.action = "token.revealed";
  made.target = target;
  made.detail = R"({"reason":"line\nbreak"})";
  return made;
}

class Audit : public testing::Test {
 protected:
  void append(const AuditRecord& made) {
    ASSERT_TRUE(store_.write([&](db::Transaction& tx) { return append_audit(tx, made); }));
  }
  void append_many(int times, const AuditRecord& made) {
    ASSERT_TRUE(store_.write([&](db::Transaction& tx) -> Result<> {
      for (int i = 0; i < times; ++i) WL_CHECK(append_audit(tx, made));
      return {};
    }));
  }
  AuditPage page(const AuditFilter& filter = {}, const std::string& workspace = "default") {
    auto found = store_.write(
        [&](db::Transaction& tx) { return list_audit(tx, WorkspaceId{workspace}, filter); });
    EXPECT_TRUE(found) << (found ? "" : found.error().operator_detail);
    return found.value_or(AuditPage{});
  }
  /// Targets of every page, joined.
  std::string all(AuditFilter filter) {
    std::string targets;
    for (;;) {
      const auto part = page(filter);
      for (const auto& found : part.records) targets += found.target + " ";
      if (!part.next) return targets;
      filter.before = part.next;
    }
  }
  TestStore store_;
};

TEST_F(Audit, RecordsComeBackNewestFirstAndPageBackward) {  // LG-02
  for (const auto* target : {"one", "two", "three"}) append(record("default", target));
  AuditFilter filter;
  filter.limit = 2;
  const auto first = page(filter);
  ASSERT_EQ(first.records.size(), 2U);
  EXPECT_EQ(first.records[0].target, "three");
  EXPECT_EQ(first.records[0].sequence, 3);
  EXPECT_EQ(first.records[0].actor.address, "127.0.0.1");
  EXPECT_EQ(first.records[0].actor.name, "backend");
  EXPECT_EQ(first.records[0].at, kNow);
  EXPECT_EQ(first.records[0].detail, R"({"reason":"line\nbreak"})");
  EXPECT_EQ(first.records[0].hash.size(), 32U);
  filter.before = first.next;
  const auto rest = page(filter);
  ASSERT_EQ(rest.records.size(), 1U);
  EXPECT_EQ(rest.records.front().target, "one");
  EXPECT_FALSE(rest.next);
}

TEST_F(Audit, EachFilterFindsItsOwn) {
  auto made = record("default", "a");
  append(made);
  made.target = "b";
  made.action = "key.created";
  made.actor = {"cli", "", ""};
  append(made);
  made.target = "c";
  made.action = "key.revoked";
  made.actor = {"member", "mem_0123456789", "::1", "ann@acme.example"};
  made.at += Millis{1000};
  append(made);
  const auto targets = [&](auto set) {
    AuditFilter filter;
    set(filter);
    return all(filter);
  };
  EXPECT_EQ(targets([](AuditFilter& f) { f.action = "key.created"; }), "b ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.action = "key."; }), "c b ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.action = "key"; }), "");
  EXPECT_EQ(targets([](AuditFilter& f) { f.target = "a"; }), "a ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.actor = "key_1"; }), "a ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.actor = "key"; }), "a ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.actor = "backend"; }), "a ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.actor = "cli"; }), "b ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.actor = "mem_0123456789"; }), "c ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.actor = "ann@acme.example"; }), "c ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.since = kNow + Millis{1}; }), "c ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.until = kNow + Millis{1}; }), "b a ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.text = "ANN@acme"; }), "c ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.text = "LINE"; }), "c b a ");
  EXPECT_EQ(targets([](AuditFilter& f) { f.text = "%"; }), "");
  EXPECT_EQ(targets([](AuditFilter& f) { f.text = "_"; }), "c a ");
  EXPECT_EQ(targets([](AuditFilter& f) {
              f.action = "key.";
              f.actor = "cli";
              f.target = "b";
              f.text = "created";
            }),
            "b ");
  EXPECT_EQ(targets([](AuditFilter& f) {
              f.action = "key.";
              f.actor = "cli";
              f.target = "c";
            }),
            "");
}

TEST_F(Audit, ASearchLooksAtSoManyAndGoesOnWithTheNextPage) {
  append(record("default", "needle"));
  append_many(static_cast<int>(kAuditLooksMax) + 10, record("default", "hay"));
  append(record("default", "needle"));
  AuditFilter filter;
  filter.text = "needle";
  const auto first = page(filter);
  EXPECT_EQ(first.records.size(), 1U);
  ASSERT_TRUE(first.next);
  EXPECT_EQ(all(filter), "needle needle ");
}

TEST_F(Audit, WorkspacesDoNotSeeEachOther) {
  append(record("other", "x"));
  EXPECT_TRUE(page().records.empty());
  EXPECT_EQ(page({}, "other").records.size(), 1U);
}

TEST_F(Audit, RecordIsGoneWithItsFailedTransaction) {  // LG-03: no record without its effect
  const auto failed = store_.write([](db::Transaction& tx) -> Result<> {
    WL_CHECK(append_audit(tx, record("default", "never")));
    return internal("the effect failed");
  });
  EXPECT_FALSE(failed);
  EXPECT_TRUE(page().records.empty());
}

TEST_F(Audit, RecordWithoutActionIsRefused) {
  auto nameless = record("default", "x");
  nameless.action.clear();
  EXPECT_FALSE(store_.write([&](db::Transaction& tx) { return append_audit(tx, nameless); }));
}

}  // namespace
}  // namespace wayleave::access
