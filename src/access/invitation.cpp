#include "access/invitation.hpp"

#include "access/digest.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr int kSetUpLinksMax = 50;

Result<NewInvitation> insert(db::Transaction& tx,
                             Invitation invitation,
                             Random& random,
                             Instant now) {
  NewInvitation made{std::move(invitation), SecretString(random_token(random, kTokenBytes))};
  WL_CHECK(tx.execute("DELETE FROM invitation WHERE expires_at <= $1", {now}));
  WL_CHECK(
      tx.execute("INSERT INTO invitation (digest, workspace, member, role, created_at, expires_at) "
                 "VALUES ($1, $2, $3, $4, $5, $6)",
                 {hex_digest(made.token),
                  made.invitation.workspace,
                  made.invitation.member,
                  to_string(made.invitation.role),
                  now,
                  made.invitation.expires_at}));
  return made;
}

std::unexpected<Error> no_such_invitation() {
  return fail(ErrorKind::NotFound,
              "not_found",
              "this invitation is unknown, used or expired; ask for a new one");
}

}  // namespace

Result<NewInvitation> Invitations::set_up(db::Transaction& tx,
                                          const WorkspaceId& workspace,
                                          Random& random,
                                          Instant now) {
  WL_TRY(const bool members, Members::any(tx, workspace));
  if (members) return fail(ErrorKind::Conflict, "conflict", "there are members already");
  // The newest are kept: a server that restarts all the time must not fill the table.
  WL_CHECK(
      tx.execute("DELETE FROM invitation WHERE workspace = $1 AND member = '' AND digest NOT "
                 "IN (SELECT digest FROM invitation WHERE workspace = $1 AND member = '' "
                 "ORDER BY created_at DESC LIMIT $2)",
                 {workspace, kSetUpLinksMax - 1}));
  return insert(tx, {workspace, {}, Role::SuperAdmin, now + kSetUpLife}, random, now);
}

Result<NewInvitation> Invitations::invite(db::Transaction& tx,
                                          const Member& member,
                                          Random& random,
                                          Instant now) {
  WL_CHECK(tx.execute("DELETE FROM invitation WHERE member = $1", {member.id}));
  return insert(tx, {member.workspace, member.id, member.role, now + kInvitationLife}, random, now);
}

Result<Invitation> Invitations::find(db::Transaction& tx, const SecretString& token, Instant now) {
  WL_TRY(const auto row,
         tx.query_one("SELECT workspace, member, role, expires_at FROM invitation WHERE digest = "
                      "$1",
                      {hex_digest(token)}));
  if (!row) return no_such_invitation();
  Invitation invitation;
  invitation.workspace = WorkspaceId{(*row)[0].text()};
  invitation.member = MemberId{(*row)[1].text()};
  invitation.expires_at = (*row)[3].time();
  if (now >= invitation.expires_at) return no_such_invitation();
  if (invitation.member.empty()) {
    WL_TRY(const bool members, Members::any(tx, invitation.workspace));
    if (members) return no_such_invitation();
    invitation.role = Role::SuperAdmin;
    return invitation;
  }
  const auto member = Members::get(tx, invitation.workspace, invitation.member);
  if (!member && member.error().kind != ErrorKind::NotFound) return std::unexpected(member.error());
  if (!member || member->disabled_at) return no_such_invitation();
  invitation.role = member->role;  // as it is now, whatever it was when invited
  return invitation;
}

Result<> Invitations::spend(db::Transaction& tx,
                            const Invitation& invitation,
                            const SecretString& token) {
  if (invitation.member.empty()) {
    WL_CHECK(tx.execute("DELETE FROM invitation WHERE workspace = $1 AND member = ''",
                        {invitation.workspace}));
    return {};
  }
  WL_TRY(const auto spent,
         tx.execute("DELETE FROM invitation WHERE digest = $1", {hex_digest(token)}));
  if (spent != 1) return no_such_invitation();
  return {};
}

}  // namespace wayleave::access
