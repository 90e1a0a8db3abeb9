#include "access/audit_chain.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace wayleave::access {
namespace {

// LG-04: what somebody does who can write the database.

AuditRecord made(std::int64_t sequence) {
  AuditRecord record;
  record.sequence = sequence;
  record.at = from_millis(1'700'000'000'000 + sequence);
  record.workspace = WorkspaceId{"default"};
  record.actor = {"key", "key_1", "127.0.0.1", "backend"};
  record.action = "token.revealed";
  record.target = "con_" + std::to_string(sequence);
  return record;
}

using Trail = std::vector<AuditRecord>;

/// Links the records from that place on, as `append_audit` does.
void link(Trail& trail, std::size_t from = 0) {
  std::string before = from == 0 ? chain_start() : trail[from - 1].hash;
  if (before.empty()) before = chain_start();
  for (std::size_t i = from; i < trail.size(); ++i) {
    before = chain_hash(before, trail[i]);
    trail[i].hash = before;
  }
}

TrailHead head_of(const Trail& trail) {
  return {trail.back().sequence, trail.back().hash, trail.back().sequence};
}

TrailVerdict judge(const Trail& trail, const TrailHead& head, std::vector<TrailSeal> seals = {}) {
  TrailVerifier verifier(head, std::move(seals));
  for (const AuditRecord& record : trail) {
    if (!verifier.add(record)) break;
  }
  return verifier.finish();
}

/// The seal that a server would put on the last of these records.
TrailSeal seal_of(const Trail& trail) {
  TrailVerifier verifier(head_of(trail), std::vector<TrailSeal>{});
  for (const AuditRecord& record : trail) EXPECT_TRUE(verifier.add(record));
  EXPECT_TRUE(verifier.finish().intact);
  return verifier.next_seal(from_millis(5)).value();
}

class Chain : public testing::Test {
 protected:
  Chain() {
    for (std::int64_t i = 1; i <= 5; ++i) trail_.push_back(made(i));
    link(trail_);
    head_ = head_of(trail_);
    seals_ = {seal_of({trail_.begin(), trail_.begin() + 2}), seal_of(trail_)};
  }
  [[nodiscard]] std::int64_t first_broken() const {
    const TrailVerdict verdict = judge(trail_, head_, seals_);
    EXPECT_FALSE(verdict.intact);
    EXPECT_FALSE(verdict.fault.empty());
    return verdict.first_broken.value_or(0);
  }
  /// As somebody does who knows how the chain is computed, but has no key.
  void link_anew(std::size_t from) {
    for (std::size_t i = from; i < trail_.size(); ++i) {
      trail_[i].sequence = static_cast<std::int64_t>(i) + 1;
    }
    link(trail_, from);
    head_ = head_of(trail_);
  }
  auto at(std::size_t index) const { return trail_.begin() + static_cast<std::ptrdiff_t>(index); }

  Trail trail_;
  TrailHead head_;
  std::vector<TrailSeal> seals_;
};

TEST_F(Chain, AnUntouchedTrailIsIntact) {
  const TrailVerdict verdict = judge(trail_, head_, seals_);
  EXPECT_TRUE(verdict.intact) << verdict.fault;
  EXPECT_EQ(verdict.records, 5);
  EXPECT_EQ(verdict.chained_from, 1);
  EXPECT_EQ(verdict.sealed_up_to, 5);
  EXPECT_EQ(verdict.sealed_since, from_millis(5));
  EXPECT_FALSE(verdict.first_broken);
}

TEST_F(Chain, AnEmptyTrailIsIntact) { EXPECT_TRUE(judge({}, {}).intact); }

TEST_F(Chain, AnEditedFieldOfAnyKindIsFound) {
  const std::vector<std::function<void(AuditRecord&)>> edits = {
      [](AuditRecord& r) { r.at += Millis{1}; },
      [](AuditRecord& r) { r.workspace = WorkspaceId{"other"}; },
      [](AuditRecord& r) { r.actor.kind = "cli"; },
      [](AuditRecord& r) { r.actor.id = "key_2"; },
      [](AuditRecord& r) { r.actor.address = "127.0.0.2"; },
      [](AuditRecord& r) { r.actor.name = "other"; },
      [](AuditRecord& r) { r.action = "token.refreshed"; },
      [](AuditRecord& r) { r.target = "con_9"; },
      [](AuditRecord& r) { r.detail = R"({"a":1})"; },
      [](AuditRecord& r) { r.hash[31] = static_cast<char>(r.hash[31] ^ 1); },
      [](AuditRecord& r) { r.hash.clear(); },
      // The same bytes, but shared out in another way.
      [](AuditRecord& r) { r.action += r.target, r.target.clear(); },
      [](AuditRecord& r) { r.actor.id += "1", r.actor.address = "27.0.0.1"; },
  };
  const Trail good = trail_;
  for (std::size_t edit = 0; edit < edits.size(); ++edit) {
    for (std::size_t i = 0; i < good.size(); ++i) {
      trail_ = good;
      edits[edit](trail_[i]);
      const std::int64_t found = first_broken();
      // A first record without its hash passes for one older than the chain; the next one tells.
      const bool blanked_first = trail_[0].hash.empty();
      EXPECT_EQ(found, static_cast<std::int64_t>(i) + (blanked_first ? 2 : 1)) << edit;
    }
  }
}

TEST_F(Chain, ARemovedRecordIsFoundWhereverItWas) {
  const Trail good = trail_;
  for (std::size_t i = 0; i < good.size(); ++i) {
    trail_ = good;
    trail_.erase(at(i));
    EXPECT_EQ(first_broken(), static_cast<std::int64_t>(i) + 1);
  }
}

TEST_F(Chain, ARemovedLastRecordIsFoundWithoutAnySeal) {
  trail_.pop_back();
  seals_.clear();
  EXPECT_EQ(first_broken(), 5);
}

TEST_F(Chain, SwappedRecordsAreFound) {
  std::swap(trail_[1], trail_[3]);
  std::swap(trail_[1].sequence, trail_[3].sequence);
  EXPECT_EQ(first_broken(), 2);
}

TEST_F(Chain, AnInsertedRecordIsFound) {
  trail_.insert(at(2), trail_[0]);
  for (std::size_t i = 2; i < trail_.size(); ++i) {
    trail_[i].sequence = static_cast<std::int64_t>(i) + 1;
  }
  head_ = head_of(trail_);
  EXPECT_EQ(first_broken(), 3);
}

TEST_F(Chain, ARecordBehindTheCounterIsFound) {
  head_ = {4, trail_[3].hash, 5};
  trail_.pop_back();
  seals_.pop_back();
  EXPECT_EQ(first_broken(), 5);
}

TEST_F(Chain, AChainComputedAnewDoesNotFitTheSeals) {
  trail_[3].target = "somebody else";
  link_anew(3);
  EXPECT_EQ(first_broken(), 3);  // after the last seal that fits
  EXPECT_TRUE(judge(trail_, head_).intact) << "a chain alone does not notice";
}

TEST_F(Chain, ARemovedRecordWithAChainComputedAnewDoesNotFitTheSeals) {
  trail_.erase(at(0));
  link_anew(0);
  EXPECT_EQ(first_broken(), 1);
}

TEST_F(Chain, ATruncatedTrailWithAMendedCounterIsFound) {
  trail_.resize(3);
  head_ = head_of(trail_);
  EXPECT_EQ(first_broken(), 4);
}

TEST_F(Chain, AForgedSealIsFound) {
  seals_[1] = {};
  seals_[1].sequence = 5;  // one that does not open
  EXPECT_EQ(first_broken(), 5);
}

TEST_F(Chain, ASealOfAnotherRecordIsFound) {
  std::swap(seals_[0].hash, seals_[1].hash);
  EXPECT_EQ(first_broken(), 1);
}

TEST_F(Chain, WhatCameAfterASealIsJudgedFromThere) {
  const Trail later(at(2), trail_.cend());
  const auto after_seal = [&](const Trail& records, const TrailHead& head) {
    TrailVerifier verifier(head, seals_[0]);
    for (const AuditRecord& record : records) {
      if (!verifier.add(record)) break;
    }
    const TrailVerdict verdict = verifier.finish();
    if (verdict.intact) {
      EXPECT_EQ(verifier.next_seal(from_millis(9))->since, from_millis(5));
    }
    return verdict.first_broken.value_or(0);
  };
  EXPECT_EQ(after_seal(later, head_), 0);
  Trail edited = later;
  edited[1].detail = "{ }";
  EXPECT_EQ(after_seal(edited, head_), 4);
  EXPECT_EQ(after_seal({}, {1, trail_[0].hash, 1}), 2);  // cut before the seal
}

/// Two records from before there was a chain, then three.
class OlderTrail : public Chain {
 protected:
  OlderTrail() {
    trail_[0].hash.clear();
    trail_[1].hash.clear();
    link(trail_, 2);
    head_ = head_of(trail_);
    seals_ = {seal_of(trail_)};
  }
};

TEST_F(OlderTrail, RecordsOlderThanTheChainAreValidAndReported) {
  const TrailVerdict verdict = judge(trail_, head_, seals_);
  EXPECT_TRUE(verdict.intact) << verdict.fault;
  EXPECT_EQ(verdict.chained_from, 3);
  EXPECT_EQ(verdict.records, 5);
  Trail all_older(trail_.begin(), trail_.begin() + 2);
  EXPECT_TRUE(judge(all_older, {2, {}, 2}).intact);
}

TEST_F(OlderTrail, FromTheFirstSealOnTheyCannotBeEditedEither) {
  trail_[1].target = "somebody else";
  EXPECT_EQ(first_broken(), 1);
}

TEST_F(OlderTrail, BlankedHashesDoNotMakeRecordsOlder) {
  trail_[2].target = "somebody else";
  trail_[2].hash.clear();
  link(trail_, 3);
  head_ = head_of(trail_);
  EXPECT_EQ(first_broken(), 3);
}

TEST_F(OlderTrail, AWhollyBlankedTrailIsFound) {
  for (AuditRecord& record : trail_) record.hash.clear();
  head_.hash.clear();
  EXPECT_EQ(first_broken(), 3);
}

}  // namespace
}  // namespace wayleave::access
