#include "access/session.hpp"

#include <algorithm>

#include "access/digest.hpp"
#include "base/text.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kUserAgentMax = 200;
constexpr int kSessionsPerMember = 20;

constexpr std::string_view kSelect =
    "SELECT id, workspace, member, method, address, user_agent, created_at, last_seen_at, "
    "expires_at, confirmed_until FROM session ";

Session read_session(const db::Row& row) {
  Session session;
  session.id = SessionId{row[0].text()};
  session.workspace = WorkspaceId{row[1].text()};
  session.member = MemberId{row[2].text()};
  session.method = row[3].text() == "sso" ? SignInMethod::Sso : SignInMethod::Password;
  session.address = row[4].text();
  session.user_agent = row[5].text();
  session.created_at = row[6].time();
  session.last_seen_at = row[7].time();
  session.expires_at = row[8].time();
  session.confirmed_until = row[9].optional_time();
  return session;
}

/// What can be shown and stored of what a browser calls itself.
std::string fit_user_agent(std::string_view text) {
  std::string kept(text.substr(0, kUserAgentMax));
  std::erase_if(kept, [](char c) { return c < ' ' || c > '~'; });
  return kept;
}

Result<> make_room(db::Transaction& tx, const MemberId& member, Instant now) {
  WL_CHECK(tx.execute("DELETE FROM session WHERE expires_at <= $1 OR last_seen_at <= $2",
                      {now, now - kSessionIdle}));
  WL_TRY(const auto rows,
         tx.query(std::string(kSelect) + "WHERE member = $1 ORDER BY last_seen_at DESC, id",
                  {member}));
  for (std::size_t i = kSessionsPerMember - 1; i < rows.size(); ++i) {
    WL_CHECK(Sessions::end(tx, member, SessionId{rows[i][0].text()}, now));
  }
  return {};
}

}  // namespace

Result<NewSession> Sessions::open(db::Transaction& tx,
                                  const Member& member,
                                  SignInMethod method,
                                  const SignInPlace& place,
                                  Random& random,
                                  Instant now) {
  WL_CHECK(make_room(tx, member.id, now));
  NewSession made;
  made.token = SecretString(random_token(random, kTokenBytes));
  Session& session = made.session;
  session.id = SessionId{random_id(random, "ses")};
  session.workspace = member.workspace;
  session.member = member.id;
  session.method = method;
  session.address = place.address;
  session.user_agent = fit_user_agent(place.user_agent);
  session.created_at = now;
  session.last_seen_at = now;
  session.expires_at = now + kSessionLife;
  WL_CHECK(tx.execute(
      "INSERT INTO session (id, digest, workspace, member, method, address, user_agent, "
      "created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {session.id,
       hex_digest(made.token),
       session.workspace,
       session.member,
       method == SignInMethod::Sso ? "sso" : "password",
       session.address,
       session.user_agent,
       now,
       now,
       session.expires_at}));
  return made;
}

Result<std::optional<Sessions::Found>> Sessions::find(db::Transaction& tx,
                                                      const SecretString& token,
                                                      Instant now) {
  WL_TRY(const auto row,
         tx.query_one(std::string(kSelect) + "WHERE digest = $1", {hex_digest(token)}));
  if (!row) return std::optional<Found>{};
  Session session = read_session(*row);
  if (!session.live(now)) return std::optional<Found>{};
  WL_TRY(auto member, Members::get(tx, session.workspace, session.member));
  if (member.state() != Member::State::Active) return std::optional<Found>{};
  return std::optional<Found>{Found{std::move(session), std::move(member)}};
}

Result<> Sessions::touch(db::Transaction& tx, const SessionId& id, Instant now) {
  WL_CHECK(tx.execute("UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2",
                      {id, now}));
  return {};
}

Result<Instant> Sessions::confirm(db::Transaction& tx, const SessionId& id, Instant now) {
  const Instant until = now + kConfirmedFor;
  WL_CHECK(tx.execute("UPDATE session SET confirmed_until = $2 WHERE id = $1", {id, until}));
  return until;
}

Result<std::vector<Session>> Sessions::list(db::Transaction& tx,
                                            const MemberId& member,
                                            Instant now) {
  WL_TRY(
      const auto rows,
      tx.query(std::string(kSelect) + "WHERE member = $1 ORDER BY created_at DESC, id", {member}));
  std::vector<Session> sessions;
  for (const auto& row : rows) {
    Session session = read_session(row);
    if (session.live(now)) sessions.push_back(std::move(session));
  }
  return sessions;
}

Result<bool> Sessions::end(db::Transaction& tx,
                           const MemberId& member,
                           const SessionId& id,
                           Instant now) {
  WL_TRY(const auto ended,
         tx.execute("DELETE FROM session WHERE id = $1 AND member = $2", {id, member}));
  if (ended == 0) return false;
  WL_CHECK(ApiKeys::end_tokens_of(tx, id.str(), now));
  return true;
}

Result<> Sessions::end_all(db::Transaction& tx,
                           const MemberId& member,
                           const SessionId& keep,
                           Instant now) {
  WL_TRY(const auto rows,
         tx.query("SELECT id FROM session WHERE member = $1 AND id <> $2", {member, keep}));
  for (const auto& row : rows) WL_CHECK(end(tx, member, SessionId{row[0].text()}, now));
  return {};
}

Result<> Sessions::end_tokens(db::Transaction& tx, const MemberId& member, Instant now) {
  WL_TRY(const auto rows, tx.query("SELECT id FROM session WHERE member = $1", {member}));
  for (const auto& row : rows) WL_CHECK(ApiKeys::end_tokens_of(tx, row[0].text(), now));
  return {};
}

}  // namespace wayleave::access
