#include "access/member.hpp"

#include <algorithm>

#include "access/session.hpp"
#include "base/text.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321 section 4.5.3.1.3, without the brackets
constexpr std::size_t kNameBytesMax = 100;
constexpr int kPageMax = 1'000;

constexpr std::string_view kSelect =
    "SELECT m.id, m.workspace, m.email, m.name, m.role, m.password, m.issuer, m.created_at, "
    "m.joined_at, m.disabled_at, m.last_sign_in_at, t.confirmed_at FROM member m "
    "LEFT JOIN member_totp t ON t.member = m.id ";

Result<Member> read_member(const db::Row& row) {
  Member member;
  member.id = MemberId{row[0].text()};
  member.workspace = WorkspaceId{row[1].text()};
  member.email = row[2].text();
  member.name = row[3].text();
  const auto role = parse_role(row[4].text());
  if (!role) return internal("a member has a role that this version does not know");
  member.role = *role;
  member.has_password = !row[5].text().empty();
  member.sso = !row[6].text().empty();
  member.created_at = row[7].time();
  member.joined_at = row[8].optional_time();
  member.disabled_at = row[9].optional_time();
  member.last_sign_in_at = row[10].optional_time();
  member.totp = row[11].optional_time().has_value();
  return member;
}

Result<std::optional<Member>> find_where(db::Transaction& tx,
                                         std::string_view condition,
                                         std::vector<db::Value> params) {
  WL_TRY(const auto row, tx.query_one(std::string(kSelect).append(condition), std::move(params)));
  if (!row) return std::optional<Member>{};
  WL_TRY(auto member, read_member(*row));
  return std::optional<Member>{std::move(member)};
}

/// Somebody else must be able to manage everything.
Result<> check_not_last(db::Transaction& tx, const Member& member) {
  if (member.role != Role::SuperAdmin || member.state() != Member::State::Active) return {};
  WL_TRY(const auto others,
         tx.query_one("SELECT count(*) FROM member WHERE workspace = $1 AND role = $2 AND id <> $3 "
                      "AND joined_at IS NOT NULL AND disabled_at IS NULL",
                      {member.workspace, to_string(Role::SuperAdmin), member.id}));
  if (others && (*others)[0].integer() > 0) return {};
  return fail(ErrorKind::Conflict,
              "conflict",
              "this is the last active super admin; make somebody else one first");
}

}  // namespace

std::string_view to_string(Member::State state) {
  switch (state) {
    case Member::State::Invited:
      return "invited";
    case Member::State::Active:
      return "active";
    case Member::State::Disabled:
      return "disabled";
  }
  return "disabled";
}

Result<> check_email(std::string_view email) {
  const auto at = email.rfind('@');
  const bool shaped = at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
                      email.size() <= kEmailBytesMax;
  if (!shaped || has_control(email) || !is_utf8(email) ||
      email.find_first_of(" <>\"',;") != std::string_view::npos) {
    return reject("email", "email: must be an address such as ann@acme.example");
  }
  return {};
}

Result<> check_member_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || has_control(name) || !is_utf8(name)) {
    return reject("name", "name: 1 to 100 bytes of text without control characters");
  }
  return {};
}

Result<bool> Members::any(db::Transaction& tx, const WorkspaceId& workspace) {
  WL_TRY(const auto row,
         tx.query_one("SELECT 1 FROM member WHERE workspace = $1 LIMIT 1", {workspace}));
  return row.has_value();
}

Result<Member> Members::create(db::Transaction& tx,
                               const WorkspaceId& workspace,
                               std::string_view email,
                               std::string_view name,
                               Role role,
                               Random& random,
                               Instant now) {
  WL_CHECK(check_email(email));
  if (!name.empty()) WL_CHECK(check_member_name(name));
  Member member;
  member.id = MemberId{random_id(random, "mem")};
  member.workspace = workspace;
  member.email = email;
  member.name = name;
  member.role = role;
  member.created_at = now;
  WL_TRY(const auto inserted,
         tx.execute("INSERT INTO member (id, workspace, email, email_key, name, role, created_at) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                    {member.id, workspace, email, to_lower(email), name, to_string(role), now}));
  if (inserted == 0) {
    auto error = fail(ErrorKind::Conflict, "conflict", "email: a member has this address");
    error.error().field = "email";
    return error;
  }
  return member;
}

Result<Member> Members::get(db::Transaction& tx, const WorkspaceId& workspace, const MemberId& id) {
  WL_TRY(auto member, find_where(tx, "WHERE m.workspace = $1 AND m.id = $2", {workspace, id}));
  if (!member) return fail(ErrorKind::NotFound, "not_found", "there is no such member");
  return *std::move(member);
}

Result<std::optional<Member>> Members::find_by_email(db::Transaction& tx,
                                                     const WorkspaceId& workspace,
                                                     std::string_view email) {
  return find_where(
      tx, "WHERE m.workspace = $1 AND m.email_key = $2", {workspace, to_lower(email)});
}

Result<std::optional<Member>> Members::find_by_identity(db::Transaction& tx,
                                                        const WorkspaceId& workspace,
                                                        const Identity& identity) {
  return find_where(tx,
                    "WHERE m.workspace = $1 AND m.issuer = $2 AND m.subject = $3",
                    {workspace, identity.issuer, identity.subject});
}

Result<std::vector<Member>> Members::list(db::Transaction& tx,
                                          const WorkspaceId& workspace,
                                          std::string_view after_email,
                                          int limit) {
  WL_TRY(const auto rows,
         tx.query(std::string(kSelect) +
                      "WHERE m.workspace = $1 AND m.email_key > $2 ORDER BY m.email_key LIMIT $3",
                  {workspace, to_lower(after_email), std::clamp(limit, 1, kPageMax)}));
  std::vector<Member> members;
  members.reserve(rows.size());
  for (const auto& row : rows) {
    WL_TRY(auto member, read_member(row));
    members.push_back(std::move(member));
  }
  return members;
}

Result<Member> Members::change(db::Transaction& tx,
                               const Member& member,
                               const MemberChange& change,
                               Instant now) {
  Member after = member;
  if (change.name) {
    WL_CHECK(check_member_name(*change.name));
    after.name = *change.name;
  }
  if (change.role) after.role = *change.role;
  if (change.disabled && *change.disabled != member.disabled_at.has_value()) {
    after.disabled_at = *change.disabled ? std::optional<Instant>(now) : std::nullopt;
  }
  const bool new_role = after.role != member.role;
  if (new_role || after.disabled_at) WL_CHECK(check_not_last(tx, member));
  WL_CHECK(tx.execute("UPDATE member SET name = $2, role = $3, disabled_at = $4 WHERE id = $1",
                      {member.id, after.name, to_string(after.role), after.disabled_at}));
  if (after.disabled_at) {
    WL_CHECK(Sessions::end_all(tx, member.id, {}, now));
  } else if (new_role) {
    WL_CHECK(Sessions::end_tokens(tx, member.id, now));
  }
  return after;
}

Result<> Members::remove(db::Transaction& tx, const Member& member, Instant now) {
  WL_CHECK(check_not_last(tx, member));
  WL_CHECK(Sessions::end_all(tx, member.id, {}, now));
  for (const char* table : {"invitation", "recovery_code", "member_totp"}) {
    WL_CHECK(tx.execute(std::string("DELETE FROM ") + table + " WHERE member = $1", {member.id}));
  }
  WL_CHECK(tx.execute("DELETE FROM member WHERE id = $1", {member.id}));
  return {};
}

Result<std::string> Members::password(db::Transaction& tx, const MemberId& id) {
  WL_TRY(const auto row, tx.query_one("SELECT password FROM member WHERE id = $1", {id}));
  return row ? (*row)[0].text() : std::string();
}

Result<> Members::set_password(db::Transaction& tx, const MemberId& id, const std::string& hash) {
  WL_CHECK(tx.execute("UPDATE member SET password = $2 WHERE id = $1", {id, hash}));
  return {};
}

Result<> Members::join(db::Transaction& tx,
                       const MemberId& id,
                       std::string_view name,
                       Instant now) {
  WL_CHECK(check_member_name(name));
  WL_CHECK(
      tx.execute("UPDATE member SET name = $2, joined_at = COALESCE(joined_at, $3) WHERE id = $1",
                 {id, name, now}));
  return {};
}

Result<> Members::link(db::Transaction& tx, const MemberId& id, const Identity& identity) {
  WL_CHECK(tx.execute("UPDATE member SET issuer = $2, subject = $3 WHERE id = $1",
                      {id, identity.issuer, identity.subject}));
  return {};
}

Result<> Members::note_sign_in(db::Transaction& tx, const MemberId& id, Instant now) {
  WL_CHECK(tx.execute("UPDATE member SET last_sign_in_at = $2 WHERE id = $1", {id, now}));
  return {};
}

}  // namespace wayleave::access
