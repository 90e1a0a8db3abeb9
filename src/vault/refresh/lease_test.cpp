#include "vault/refresh/lease.hpp"

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

class LeaseTest : public VaultTest {
 protected:
  LeaseTest() : connection_(connect(rotating_)) {}

  static Leases leases_of(const std::string& owner) {
    return Leases(
        owner, [](std::string_view, std::string_view other) { return other.starts_with("ended"); });
  }
  Leases::Outcome claim(const std::string& owner,
                        std::string fingerprint = "f",
                        std::optional<Holder> over = {}) {
    const Leases::Want want{connection_.id, connection_.version, std::move(fingerprint), over};
    return must(store_.write(
        [&](db::Transaction& tx) { return leases_of(owner).claim(tx, want, store_.clock.now()); }));
  }
  Leases::Grant granted(const Leases::Outcome& outcome) {
    const auto* grant = std::get_if<Leases::Grant>(&outcome);
    if (grant == nullptr) throw std::runtime_error("not granted");
    return *grant;
  }
  bool release(const std::string& owner, const Lease& lease, Leases::Release how = {}) {
    return must(store_.write(
        [&](db::Transaction& tx) { return leases_of(owner).release(tx, lease, how); }));
  }
  bool beat(const std::string& owner, const Lease& lease) {
    return must(
        store_.write([&](db::Transaction& tx) { return leases_of(owner).beat(tx, lease); }));
  }

  const Connection connection_;
};

TEST_F(LeaseTest, BelongsToOneOwnerAtATime) {  // TK-01
  const auto first = granted(claim("a"));
  const auto outcome = claim("b");
  const auto* holder = std::get_if<Holder>(&outcome);
  ASSERT_NE(holder, nullptr);
  EXPECT_EQ(*holder, (Holder{"a", first.lease.fence, 0}));
  EXPECT_TRUE(release("a", first.lease));
  EXPECT_FALSE(granted(claim("b")).inherited);
}

TEST_F(LeaseTest, FenceGrowsWithEachHolder) {  // TK-02
  std::int64_t last = 0;
  for (const char* owner : {"a", "b", "a"}) {
    const auto grant = granted(claim(owner));
    EXPECT_GT(grant.lease.fence, last);
    last = grant.lease.fence;
    EXPECT_TRUE(release(owner, grant.lease));
  }
}

TEST_F(LeaseTest, BeatIsSeenByThoseWhoWait) {
  const auto grant = granted(claim("a"));
  EXPECT_TRUE(beat("a", grant.lease));
  const auto seen = claim("b");
  EXPECT_EQ(std::get<Holder>(seen).beat, 1);
}

TEST_F(LeaseTest, IsTakenFromExactlyTheHolderThatWasWatched) {  // TK-02
  const auto grant = granted(claim("a"));
  const Holder watched{"a", grant.lease.fence, 0};
  ASSERT_TRUE(beat("a", grant.lease));
  EXPECT_TRUE(std::holds_alternative<Holder>(claim("b", "f", watched)));
  const Holder still{"a", grant.lease.fence, 1};
  const auto taken = granted(claim("b", "f", still));
  EXPECT_TRUE(taken.inherited);
  EXPECT_EQ(taken.doubt, Attempt::Doubt::Lost);
}

TEST_F(LeaseTest, StaleHolderCanNeitherRenewNorReleaseNorCommit) {  // TK-02
  const auto stale = granted(claim("a"));
  granted(claim("b", "f", Holder{"a", stale.lease.fence, 0}));
  EXPECT_FALSE(beat("a", stale.lease));
  EXPECT_FALSE(release("a", stale.lease));
  EXPECT_TRUE(std::holds_alternative<Holder>(claim("a")));
}

TEST_F(LeaseTest, WhatAnEndedProcessHeldIsTakenAtOnceAndInDoubt) {  // TK-04
  granted(claim("ended one"));
  const auto taken = granted(claim("b"));
  EXPECT_TRUE(taken.inherited);
  EXPECT_EQ(taken.doubt, Attempt::Doubt::Lost);
}

TEST_F(LeaseTest, HeirIsWhoWorksWhereTheEndedProcessDid) {
  const std::string here = lease_owner(store_.random, "here");
  EXPECT_FALSE(is_heir(here, lease_owner(store_.random, "here")));  // lives
  EXPECT_TRUE(is_heir(here, owner_that_ended("here")));
  EXPECT_FALSE(is_heir(here, owner_that_ended("elsewhere")));
  EXPECT_FALSE(is_heir(here, "an earlier version"));
  EXPECT_FALSE(is_heir(here, ""));
}

TEST_F(LeaseTest, AnotherRefreshTokenIsNotInDoubt) {
  granted(claim("ended one", "old token"));
  EXPECT_EQ(granted(claim("b", "new token")).doubt, Attempt::Doubt::None);
}

TEST_F(LeaseTest, DoubtIsRememberedAndTriesAreCounted) {
  const auto first = granted(claim("a"));
  EXPECT_EQ(first.lease.tries, 0);
  EXPECT_TRUE(release("a", first.lease, {.due_at = {}, .tries = 1, .doubtful = true}));
  const auto second = granted(claim("a"));
  EXPECT_EQ(second.doubt, Attempt::Doubt::Odd);
  EXPECT_EQ(second.lease.tries, 1);
  EXPECT_TRUE(release("a", second.lease));
  EXPECT_EQ(granted(claim("a")).doubt, Attempt::Doubt::None);
}

TEST_F(LeaseTest, ConnectionThatChangedIsNotClaimed) {
  must(keep(grant(rotating_, "ann", "access-1", "refresh-1")));
  EXPECT_TRUE(std::holds_alternative<Attempt::Moved>(claim("a")));
}

TEST_F(LeaseTest, ConnectionThatIsGoneIsNotClaimed) {
  must(run(vault_.disconnect(home_, connection_.id)));
  EXPECT_TRUE(std::holds_alternative<Attempt::Gone>(claim("a")));
  EXPECT_TRUE(store_.rows("SELECT connection FROM refresh_work").empty());
}

TEST_F(LeaseTest, OpenLeasesTellWhichWereLeft) {
  granted(claim("ended one"));
  auto open = must(store_.write([&](db::Transaction& tx) { return leases_of("b").open(tx, 10); }));
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].connection, connection_.id);
  EXPECT_EQ(open[0].fingerprint, "f");
  EXPECT_TRUE(open[0].left);
  granted(claim("b"));
  open = must(store_.write([&](db::Transaction& tx) { return leases_of("b").open(tx, 10); }));
  EXPECT_FALSE(open.at(0).left);  // its own are no remains
}

}  // namespace
}  // namespace wayleave::vault
