#include "vault/refresh/lease.hpp"

#include "base/bytes.hpp"
#include "base/process.hpp"
#include "crypto/digest.hpp"
#include "db/in_list.hpp"

namespace wayleave::vault {
namespace {

Result<bool> one_row(Result<std::int64_t> touched) {
  if (!touched) return std::unexpected(std::move(touched).error());
  return *touched == 1;
}

/// The row of a connection as a claimant finds it.
struct Work {
  std::int64_t version = 0;
  Holder holder;
  bool held = false;
  std::string fingerprint;
  std::int64_t tries = 0;
};

Result<std::optional<Work>> find_work(db::Transaction& tx, const ConnectionId& connection) {
  WL_TRY(const auto row,
         tx.query_one("SELECT c.version, w.owner, w.fence, w.beat, w.fingerprint, w.tries "
                      "FROM connection c LEFT JOIN refresh_work w ON w.connection = c.id "
                      "WHERE c.id = $1",
                      {connection}));
  if (!row) return std::nullopt;
  Work work;
  work.version = (*row)[0].integer();
  work.held = !(*row)[1].is_null();
  work.holder = {(*row)[1].text(), (*row)[2].integer(), (*row)[3].integer()};
  work.fingerprint = (*row)[4].blob();
  work.tries = (*row)[5].integer();
  return work;
}

/// `process place nonce`
struct OwnerName {
  std::string_view process;
  std::string_view place;
};
OwnerName parse_owner(std::string_view owner) {
  const auto first = owner.find(' ');
  const auto last = owner.rfind(' ');
  if (first == last) return {};
  return {owner.substr(0, first), owner.substr(first + 1, last - first - 1)};
}

}  // namespace

std::string lease_owner(Random& random, std::string_view place) {
  return process_name() + " " + std::string(place) + " " + random_id(random, "own");
}

bool is_heir(std::string_view heir, std::string_view owner) {
  const OwnerName other = parse_owner(owner);
  return !other.place.empty() && other.place == parse_owner(heir).place &&
         process_has_ended(other.process);
}

std::string token_fingerprint(const SecretString& refresh_token) {
  // A refresh token is as good as random: a keyed digest would protect nothing more.
  const auto digest =
      refresh_token.expose([](std::string_view token) { return crypto::sha256(token); });
  return std::string(as_text(digest));
}

Result<Leases::Outcome> Leases::claim(db::Transaction& tx, const Want& want, Instant now) const {
  WL_TRY(const auto found, find_work(tx, want.connection));
  if (!found) return Attempt::Gone{};
  if (found->version != want.version) return Attempt::Moved{};
  const bool mine = !found->held || found->holder.owner == owner_ || want.over == found->holder ||
                    inherits_(owner_, found->holder.owner);
  if (!mine) return found->holder;
  Grant grant{.lease = {want.connection, found->holder.fence + 1, found->tries}};
  grant.inherited = found->held;
  if (found->fingerprint == want.fingerprint) {
    grant.doubt = found->held ? Attempt::Doubt::Lost : Attempt::Doubt::Odd;
  }
  WL_CHECK(tx.execute(
      "INSERT INTO refresh_work (connection, tries, fence, owner, beat, fingerprint, started_at) "
      "VALUES ($1, 0, $2, $3, 0, $4, $5) ON CONFLICT (connection) DO UPDATE SET "
      "fence = excluded.fence, owner = excluded.owner, beat = 0, "
      "fingerprint = excluded.fingerprint, started_at = excluded.started_at",
      {want.connection, grant.lease.fence, owner_, db::Blob{want.fingerprint}, now}));
  return grant;
}

Result<bool> Leases::beat(db::Transaction& tx, const Lease& lease) const {
  return one_row(
      tx.execute("UPDATE refresh_work SET beat = beat + 1 "
                 "WHERE connection = $1 AND fence = $2 AND owner = $3",
                 {lease.connection, lease.fence, owner_}));
}

Result<bool> Leases::release(db::Transaction& tx,
                             const Lease& lease,
                             const Release& release) const {
  return one_row(
      tx.execute("UPDATE refresh_work SET owner = NULL, tries = $5, "
                 "due_at = CASE WHEN $7 = 1 THEN due_at ELSE $4 END, "
                 "fingerprint = CASE WHEN $6 = 1 THEN fingerprint ELSE NULL END "
                 "WHERE connection = $1 AND fence = $2 AND owner = $3",
                 {lease.connection,
                  lease.fence,
                  owner_,
                  release.due_at,
                  release.tries,
                  release.doubtful,
                  release.keep_due}));
}

Result<bool> Leases::overtaken(db::Transaction& tx, const Lease& lease) const {
  WL_TRY(const auto row,
         tx.query_one("SELECT fence FROM refresh_work WHERE connection = $1", {lease.connection}));
  return row && row->front().integer() != lease.fence;
}

Result<std::vector<Leases::Open>> Leases::open(db::Transaction& tx, int limit) const {
  WL_TRY(const auto rows,
         tx.query("SELECT connection, fingerprint, owner FROM refresh_work "
                  "WHERE owner IS NOT NULL ORDER BY started_at LIMIT $1",
                  {limit}));
  std::vector<Open> all;
  all.reserve(rows.size());
  for (const auto& row : rows) {
    all.push_back({ConnectionId{row[0].text()}, row[1].blob(), inherits_(owner_, row[2].text())});
  }
  return all;
}

Result<std::optional<Instant>> Leases::next_due(db::Transaction& tx) const {
  WL_TRY(const auto row,
         tx.query_one("SELECT due_at FROM refresh_work WHERE due_at IS NOT NULL AND owner IS NULL "
                      "ORDER BY due_at LIMIT 1"));
  if (!row) return std::optional<Instant>{};
  return row->front().optional_time();
}

Result<std::vector<ConnectionId>> Leases::take_due(db::Transaction& tx,
                                                   Instant now,
                                                   Instant put_off,
                                                   int limit) const {
  WL_TRY(const auto rows,
         tx.query("UPDATE refresh_work SET due_at = $2 WHERE due_at <= $1 AND connection IN "
                  "(SELECT connection FROM refresh_work WHERE due_at <= $1 AND owner IS NULL "
                  "ORDER BY due_at LIMIT $3) RETURNING connection",
                  {now, put_off, limit}));
  std::vector<ConnectionId> taken;
  taken.reserve(rows.size());
  for (const auto& row : rows) taken.emplace_back(row.front().text());
  return taken;
}

Result<> Leases::free(db::Transaction& tx, const ConnectionId& id, Instant due_at) const {
  WL_CHECK(
      tx.execute("UPDATE refresh_work SET owner = NULL, fingerprint = NULL, due_at = $2 "
                 "WHERE connection = $1",
                 {id, due_at}));
  return {};
}

Result<> set_due(db::Transaction& tx,
                 const ConnectionId& connection,
                 std::optional<Instant> due_at) {
  // Whoever is at it goes on and finds that the connection has changed.
  WL_CHECK(
      tx.execute("INSERT INTO refresh_work (connection, due_at, tries, fence, beat) "
                 "VALUES ($1, $2, 0, 0, 0) ON CONFLICT (connection) DO UPDATE SET "
                 "due_at = excluded.due_at, tries = 0",
                 {connection, due_at}));
  return {};
}

Result<> set_end(db::Transaction& tx,
                 const ConnectionId& connection,
                 std::optional<Instant> dies_at) {
  WL_CHECK(tx.execute("UPDATE refresh_work SET dies_at = $2, warned = NULL WHERE connection = $1",
                      {connection, dies_at}));
  return {};
}

Result<std::map<ConnectionId, PlannedWork>> planned_work(
    db::Transaction& tx, const std::vector<ConnectionId>& connections) {
  std::map<ConnectionId, PlannedWork> planned;
  if (connections.empty()) return planned;
  std::vector<db::Value> params;
  const std::string list = db::in_list(params, connections);
  WL_TRY(const auto rows,
         tx.query("SELECT connection, due_at, tries FROM refresh_work WHERE connection IN (" +
                      list + ")",
                  std::move(params)));
  for (const auto& row : rows) {
    planned[ConnectionId(row[0].text())] = {row[1].optional_time(), row[2].integer()};
  }
  return planned;
}

std::optional<Instant> next_refresh(const Connection& connection, const PlannedWork& work) {
  const bool alive = connection.state == State::Active || connection.state == State::RefreshUnknown;
  return alive && connection.has_refresh_token ? work.due_at : std::nullopt;
}

Result<std::int64_t> count_overdue(db::Transaction& tx, Instant overdue_since, std::int64_t limit) {
  WL_TRY(
      const auto row,
      tx.query_one("SELECT count(*) FROM (SELECT 1 FROM refresh_work WHERE due_at < $1 LIMIT $2) "
                   "AS overdue",
                   {overdue_since, limit}));
  return row ? row->front().integer() : 0;
}

Result<> forget_work(db::Transaction& tx, const ConnectionId& connection) {
  WL_CHECK(tx.execute("DELETE FROM refresh_work WHERE connection = $1", {connection}));
  return {};
}

}  // namespace wayleave::vault
