#include "access/member.hpp"

#include <gmock/gmock.h>

#include "access/invitation.hpp"
#include "access/second_factor.hpp"
#include "access/session.hpp"
#include "access/sso_flow.hpp"
#include "access/test_store.hpp"
#include "access/workspace_settings.hpp"

namespace wayleave::access {
namespace {

using testing::HasSubstr;
using testing::Not;

class MemberTest : public testing::Test {
 protected:
  template <class F>
  auto tx(F work) {
    return store_.write([&](db::Transaction& held) { return work(held); });
  }
  Result<Member> create(const std::string& email, Role role = Role::Viewer) {
    return tx([&](db::Transaction& t) {
      return Members::create(t, home_, email, "Somebody", role, random_, clock_.now());
    });
  }
  Member active(const std::string& email, Role role) {
    const Member made = create(email, role).value();
    EXPECT_TRUE(tx(
        [&](db::Transaction& t) { return Members::join(t, made.id, "Somebody", clock_.now()); }));
    return get(made.id);
  }
  Member get(const MemberId& id) {
    return tx([&](db::Transaction& t) { return Members::get(t, home_, id); }).value();
  }
  Result<Member> change(const Member& member, const MemberChange& wanted) {
    return tx([&](db::Transaction& t) { return Members::change(t, member, wanted, clock_.now()); });
  }
  /// The cookie's value.
  std::string open_session(const Member& member) {
    return tx([&](db::Transaction& t) -> Result<std::string> {
             WL_TRY(const auto made,
                    Sessions::open(t, member, SignInMethod::Password, {}, random_, clock_.now()));
             return made.token.expose([](std::string_view text) { return std::string(text); });
           })
        .value();
  }
  bool alive(const std::string& token) {
    return tx([&](db::Transaction& t) -> Result<bool> {
             WL_TRY(const auto found, Sessions::find(t, SecretString(token), clock_.now()));
             return found.has_value();
           })
        .value();
  }

  TestStore store_;
  SystemRandom random_;
  FakeClock clock_;
  const WorkspaceId home_{"default"};
};

TEST_F(MemberTest, AnAddressIsOneMembersWhateverItsCase) {
  EXPECT_TRUE(create("Ann@acme.example"));
  const auto again = create("ann@ACME.example");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "conflict");
  const auto found =
      tx([&](db::Transaction& t) { return Members::find_by_email(t, home_, "ANN@acme.example"); });
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->email, "Ann@acme.example");
}

TEST_F(MemberTest, RefusesWhatIsNoAddress) {
  for (const std::string& email : {std::string("ann"),
                                   std::string("@acme.example"),
                                   std::string("ann@"),
                                   std::string("ann@a b"),
                                   std::string("ann\n@acme.example"),
                                   std::string(250, 'a') + "@b.cd"}) {
    EXPECT_FALSE(check_email(email)) << email;
  }
}

TEST_F(MemberTest, RolesAreSetsOfScopesThatGrow) {
  for (std::size_t i = 1; i < kRoles.size(); ++i) {
    EXPECT_TRUE(within(scopes_of(kRoles[i - 1]), scopes_of(kRoles[i])));
    EXPECT_FALSE(within(scopes_of(kRoles[i]), scopes_of(kRoles[i - 1])));
  }
  for (const Role role : kRoles) EXPECT_EQ(parse_role(to_string(role)), role);
  EXPECT_FALSE(parse_role("root"));
}

TEST_F(MemberTest, TheLastActiveSuperAdminStays) {
  const Member ann = active("ann@acme.example", Role::SuperAdmin);
  EXPECT_TRUE(create("bob@acme.example", Role::SuperAdmin));  // invited does not count
  MemberChange demote;
  demote.role = Role::Admin;
  MemberChange disable;
  disable.disabled = true;
  EXPECT_EQ(change(ann, demote).error().code, "conflict");
  EXPECT_EQ(change(ann, disable).error().code, "conflict");
  EXPECT_FALSE(tx([&](db::Transaction& t) { return Members::remove(t, ann, clock_.now()); }));
  (void)active("cleo@acme.example", Role::SuperAdmin);
  EXPECT_TRUE(change(ann, demote));
}

// AD-01: only the digest is stored, and sessions end by idling, by age and by the member's end.
TEST_F(MemberTest, SessionsAreStoredByDigestAndEnd) {
  const Member ann = active("ann@acme.example", Role::Admin);
  const std::string first = open_session(ann);
  const std::string second = open_session(ann);
  EXPECT_NE(first, second);
  EXPECT_GE(first.size(), 43U);
  EXPECT_THAT(store_.stored_bytes(), Not(HasSubstr(first)));
  EXPECT_TRUE(alive(first));
  clock_.advance(kSessionIdle);
  EXPECT_FALSE(alive(first));
  const std::string third = open_session(ann);
  MemberChange disable;
  disable.disabled = true;
  EXPECT_TRUE(change(ann, disable));
  EXPECT_FALSE(alive(third));
}

TEST_F(MemberTest, TheLeastUsedSessionMakesRoomForTheTwentyFirst) {
  const Member ann = active("ann@acme.example", Role::Admin);
  const std::string first = open_session(ann);
  for (int i = 0; i < 19; ++i) {
    clock_.advance(std::chrono::seconds(1));
    (void)open_session(ann);
  }
  EXPECT_TRUE(alive(first));
  clock_.advance(std::chrono::seconds(1));
  (void)open_session(ann);
  EXPECT_FALSE(alive(first));
}

// AD-02
TEST_F(MemberTest, AnInvitationWorksOnceAndANewOneVoidsIt) {
  const Member bob = create("bob@acme.example").value();
  const auto invite = [&] {
    return tx([&](db::Transaction& t) -> Result<std::string> {
             WL_TRY(const auto made, Invitations::invite(t, bob, random_, clock_.now()));
             return made.token.expose([](std::string_view text) { return std::string(text); });
           })
        .value();
  };
  const auto find = [&](const std::string& token) {
    return tx([&](db::Transaction& t) {
      return Invitations::find(t, SecretString(token), clock_.now());
    });
  };
  const std::string old = invite();
  const std::string token = invite();
  EXPECT_THAT(store_.stored_bytes(), Not(HasSubstr(token)));
  EXPECT_FALSE(find(old));
  const auto found = find(token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->member, bob.id);
  const auto spend = [&] {
    return tx(
        [&](db::Transaction& t) { return Invitations::spend(t, *found, SecretString(token)); });
  };
  EXPECT_TRUE(spend());
  EXPECT_FALSE(spend());
  EXPECT_FALSE(find(token));
  const std::string late = invite();
  clock_.advance(kInvitationLife);
  EXPECT_FALSE(find(late));
}

TEST_F(MemberTest, ASingleSignOnStateWorksOnceAndForTenMinutes) {
  const auto begin = [&](const char* state) {
    return tx(
        [&](db::Transaction& t) { return SsoFlows::begin(t, state, "/console/", clock_.now()); });
  };
  const auto spend = [&](const char* state) {
    return tx([&](db::Transaction& t) { return SsoFlows::spend(t, state, clock_.now()); });
  };
  ASSERT_TRUE(begin("state-one"));
  EXPECT_THAT(store_.stored_bytes(), Not(HasSubstr("state-one")));
  EXPECT_EQ(spend("state-one"), "/console/");
  EXPECT_FALSE(spend("state-one"));
  ASSERT_TRUE(begin("state-two"));
  clock_.advance(kSsoFlowLife);
  EXPECT_FALSE(spend("state-two"));
}

TEST_F(MemberTest, SettingsAreTheWorkspacesOwn) {
  const WorkspaceSettings wanted{"Acme", true};
  EXPECT_TRUE(
      tx([&](db::Transaction& t) { return store_settings(t, home_, wanted, clock_.now()); }));
  const auto load = [&](const char* workspace) {
    return tx([&](db::Transaction& t) { return load_settings(t, WorkspaceId(workspace)); }).value();
  };
  EXPECT_EQ(load("default").company_name, "Acme");
  EXPECT_TRUE(load("default").require_totp);
  EXPECT_FALSE(load("other").require_totp);
}

TEST_F(MemberTest, WhoeverIsRemovedLeavesNothingBehind) {
  (void)active("cleo@acme.example", Role::SuperAdmin);
  const Member ann = active("ann@acme.example", Role::Admin);
  (void)open_session(ann);
  EXPECT_TRUE(tx([&](db::Transaction& t) -> Result<> {
    WL_CHECK(SecondFactor::begin(t, ann, "sealed"));
    WL_CHECK(SecondFactor::make_recovery_codes(t, ann.id, random_, clock_.now()));
    WL_CHECK(Invitations::invite(t, ann, random_, clock_.now()));
    return Members::remove(t, ann, clock_.now());
  }));
  for (const char* table : {"session", "member_totp", "recovery_code", "invitation"}) {
    const auto rows = tx([&](db::Transaction& t) {
      return t.query(std::string("SELECT member FROM ") + table + " WHERE member = $1", {ann.id});
    });
    EXPECT_TRUE(rows && rows->empty()) << table;
  }
}

}  // namespace
}  // namespace wayleave::access
