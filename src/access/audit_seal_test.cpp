#include "access/audit_seal.hpp"

#include <gtest/gtest.h>

#include "access/test_store.hpp"

namespace wayleave::access {
namespace {

// LG-04 on a real database.
class SealedTrail : public testing::Test {
 protected:
  void append(const std::string& target, int times = 1) {
    ASSERT_TRUE(store_.write([&](db::Transaction& tx) -> Result<> {
      for (int i = 0; i < times; ++i) {
        AuditRecord record;
        record.at = clock_.now();
        record.workspace = WorkspaceId{"default"};
        record.actor = {"key", "key_1", "::1", "Ünïcode"};
        record.action = "token.revealed";
        record.target = target;
        record.detail = R"({"user":"line\nbreak"})";
        WL_CHECK(append_audit(tx, record));
      }
      return {};
    }));
  }
  void sql(const std::string& text) {
    ASSERT_TRUE(store_.write([&](db::Transaction& tx) { return tx.execute(text); }));
  }
  std::int64_t number(const std::string& query) {
    const auto row = store_.write([&](db::Transaction& tx) { return tx.query_one(query); });
    return (*row)->at(0).integer();
  }
  TrailVerdict seal() { return sealer_.seal().value(); }
  TrailVerdict verify() { return verify_trail(*store_.database, keys_).value(); }

  static crypto::KeyRing ring(const crypto::RootKey& root,
                              const std::vector<crypto::WrappedKey>& keys) {
    auto opened = crypto::KeyRing::open(root, keys);
    if (!opened) throw std::runtime_error(opened.error().detail);
    return *std::move(opened);
  }
  TestStore store_;
  FakeClock clock_;
  SystemRandom random_;
  crypto::RootKey root_ = crypto::RootKey::generate(random_);
  crypto::WrappedKey key_ = crypto::KeyRing::make_key(root_, 1, random_);
  crypto::KeyRing keys_ = ring(root_, {key_});
  AuditSealer sealer_{*store_.database, keys_, clock_};
};

TEST_F(SealedTrail, WhatWasWrittenIsIntact) {
  append("a", 3);
  EXPECT_FALSE(verify().sealed_up_to);
  EXPECT_EQ(seal().sealed_up_to, 3);
  append("b");
  const TrailVerdict verdict = verify();
  EXPECT_TRUE(verdict.intact) << verdict.fault;
  EXPECT_EQ(verdict.records, 4);
  EXPECT_EQ(verdict.sealed_up_to, 3);
}

TEST_F(SealedTrail, AnEmptyOneIsNotSealed) {
  EXPECT_TRUE(seal().intact);
  EXPECT_EQ(number("SELECT count(*) FROM audit_seal"), 0);
}

TEST_F(SealedTrail, ALongTrailIsJudgedInPieces) {
  append("a", 2'500);
  EXPECT_EQ(seal().sealed_up_to, 2'500);
  EXPECT_EQ(verify().records, 2'500);
  sql("UPDATE audit SET detail = '{}' WHERE sequence = 2001");
  EXPECT_EQ(verify().first_broken, 2'001);
}

TEST_F(SealedTrail, SealingAgainWithoutNewsWritesNothing) {
  append("a");
  seal();
  const auto sealed = number("SELECT count(*) FROM audit_seal");
  clock_.advance(Millis{60'000});
  EXPECT_EQ(seal().sealed_up_to, 1);
  EXPECT_EQ(number("SELECT count(*) FROM audit_seal"), sealed);
  EXPECT_EQ(verify().sealed_since, clock_.now() - Millis{60'000});
}

TEST_F(SealedTrail, SealsThatStandCloseMakeRoom) {
  for (int i = 0; i < 5; ++i) {
    append("a", 600);
    seal();
  }
  // 600, 1200, 1800, 2400, 3000: kept are those that are a distance apart, and the last.
  EXPECT_EQ(number("SELECT count(*) FROM audit_seal"), 3);
  EXPECT_EQ(number("SELECT max(sequence) FROM audit_seal"), 3'000);
  EXPECT_TRUE(verify().intact);
}

TEST_F(SealedTrail, AnEditIsNeverSealed) {
  append("a", 2);
  sql("UPDATE audit SET target = 'b' WHERE sequence = 1");
  const TrailVerdict verdict = seal();
  EXPECT_EQ(verdict.first_broken, 1);
  EXPECT_EQ(number("SELECT count(*) FROM audit_seal"), 0);
}

TEST_F(SealedTrail, ASealIsBoundToItsPlace) {
  append("a", 1'100);
  seal();
  append("b", 1'100);
  seal();
  append("c");
  ASSERT_EQ(number("SELECT count(*) FROM audit_seal"), 2);
  // The later seal takes the place of the earlier one.
  sql("UPDATE audit_seal SET sealed = (SELECT s.sealed FROM audit_seal s WHERE s.sequence = 2200) "
      "WHERE sequence = 1100");
  EXPECT_EQ(verify().first_broken, 1'100);
}

TEST_F(SealedTrail, ASealMadeWithAnotherRootKeyIsForged) {
  append("a", 2);
  const auto other_root = crypto::RootKey::generate(random_);
  const auto other = ring(other_root, {crypto::KeyRing::make_key(other_root, 1, random_)});
  AuditSealer forger(*store_.database, other, clock_);
  ASSERT_TRUE(forger.seal()->intact);
  EXPECT_EQ(verify().first_broken, 2);
  EXPECT_FALSE(seal().intact);
}

TEST_F(SealedTrail, ACutTrailWithAMendedCounterIsFound) {
  append("a", 4);
  seal();
  sql("DELETE FROM audit WHERE sequence > 2");
  sql("UPDATE audit_counter SET value = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)");
  EXPECT_EQ(verify().first_broken, 3);
  EXPECT_FALSE(seal().intact);
}

TEST_F(SealedTrail, ARunningServerNoticesThatItsSealIsGone) {
  append("a", 4);
  seal();
  sql("DELETE FROM audit WHERE sequence > 2");
  sql("DELETE FROM audit_seal");
  sql("UPDATE audit_counter SET value = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)");
  EXPECT_FALSE(seal().intact);
  EXPECT_EQ(number("SELECT count(*) FROM audit_seal"), 0);
}

TEST_F(SealedTrail, TwoServersSealSideBySide) {
  AuditSealer other(*store_.database, keys_, clock_);
  for (int i = 0; i < 3; ++i) {
    append("a", 3);
    EXPECT_TRUE(seal().intact);
    append("b", 3);
    EXPECT_TRUE(other.seal()->intact);
  }
  EXPECT_TRUE(seal().intact);
  EXPECT_TRUE(verify().intact);
}

TEST_F(SealedTrail, ANewDataKeyKeepsOldSealsGood) {  // VT-06, VT-07
  append("a");
  seal();
  const auto root = crypto::RootKey::generate(random_);
  const auto rewrapped = crypto::KeyRing::rewrap(root_, root, key_, random_).value();
  const auto later = ring(root, {rewrapped, crypto::KeyRing::make_key(root, 2, random_)});
  append("b");
  AuditSealer sealer(*store_.database, later, clock_);
  EXPECT_TRUE(sealer.seal()->intact);
  EXPECT_TRUE(verify_trail(*store_.database, later)->intact);
}

TEST_F(SealedTrail, RecordsOfADatabaseFromBeforeTheChainAreSealedToo) {
  append("old", 2);
  sql("UPDATE audit SET hash = NULL");
  sql("UPDATE audit_counter SET hash = NULL");
  EXPECT_TRUE(verify().intact);
  append("new");
  EXPECT_TRUE(seal().intact);
  EXPECT_EQ(verify().chained_from, 3);
  sql("UPDATE audit SET target = 'x' WHERE sequence = 2");
  EXPECT_EQ(verify().first_broken, 1);
}

}  // namespace
}  // namespace wayleave::access
