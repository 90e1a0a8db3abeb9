#include "access/api_key.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "crypto/api_key.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kNameBytesMax = 100;
/// Shorter prefixes of an id are more likely a slip than a choice.
constexpr std::size_t kIdPrefixMin = 8;
constexpr std::int64_t kTokensPerKeyMax = 10'000;
constexpr int kPageMax = 1'000;

constexpr std::string_view kSelect =
    "SELECT k.id, k.workspace, k.name, k.scopes, k.hint, k.created_at, k.expires_at, "
    "COALESCE(k.revoked_at, p.revoked_at), k.last_used_at, k.parent, p.expires_at, "
    "COALESCE(p.allowed_addresses, k.allowed_addresses) "
    "FROM api_key k LEFT JOIN api_key p ON p.id = k.parent ";

db::Blob digest_of(const SecretString& secret) {
  const auto digest =
      secret.expose([](std::string_view key) { return crypto::api_key_digest(key); });
  return db::Blob{std::string(as_text(digest))};
}

std::string hint_of(const SecretString& secret) {
  return secret.expose(
      [](std::string_view key) { return "wlk_…" + std::string(key.substr(key.size() - 4)); });
}

ApiKey read_key(const db::Row& row) {
  ApiKey key;
  key.id = KeyId{row[0].text()};
  key.workspace = WorkspaceId{row[1].text()};
  key.name = row[2].text();
  key.scopes = Scopes::from_bits(row[3].integer());
  key.hint = row[4].text();
  key.created_at = row[5].time();
  key.expires_at = row[6].optional_time();
  key.revoked_at = row[7].optional_time();
  key.last_used_at = row[8].optional_time();
  key.parent = KeyId{row[9].text()};
  // A token never outlives the key that asked for it.
  if (const auto parents = row[10].optional_time();
      parents && (!key.expires_at || *parents < *key.expires_at)) {
    key.expires_at = parents;
  }
  key.allowed = AddressList::from_stored(row[11].text());
  return key;
}

Result<> insert(db::Transaction& tx, const ApiKey& key, const db::Blob& digest) {
  WL_CHECK(tx.execute(
      "INSERT INTO api_key (id, workspace, name, digest, hint, scopes, created_at, expires_at, "
      "parent, allowed_addresses) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {key.id,
       key.workspace,
       key.name,
       digest,
       key.hint,
       key.scopes.bits(),
       key.created_at,
       key.expires_at,
       key.parent,
       key.allowed.stored()}));
  return db::note_change(tx, "key", to_hex(digest.bytes), key.created_at);
}

Result<> check_name(std::string_view name) {
  if (!name.empty() && name.size() <= kNameBytesMax && !has_control(name) && is_utf8(name)) {
    return {};
  }
  return reject("name", "1 to 100 bytes of text without control characters");
}

Result<> check_expiry(std::optional<Instant> expires_at, Instant now) {
  if (!expires_at || *expires_at > now) return {};
  return reject("expiresAt", "must lie in the future");
}

Result<> check_new(std::string_view name,
                   Scopes scopes,
                   std::optional<Instant> expires_at,
                   Instant now) {
  WL_CHECK(check_name(name));
  if (scopes.empty()) return reject("scopes", "name at least one scope");
  return check_expiry(expires_at, now);
}

/// Tells caches of every digest that stopped working: the key's and those of its tokens.
Result<> note_family(db::Transaction& tx, std::string_view id, Instant now) {
  WL_TRY(const auto rows,
         tx.query("SELECT digest FROM api_key WHERE id = $1 OR parent = $1", {id}));
  for (const auto& row : rows) {
    WL_CHECK(db::note_change(tx, "key", to_hex(row[0].blob()), now));
  }
  return {};
}

/// The one key meant by an id, a name of a live key, or the beginning of an id, in that order.
Result<ApiKey> find_named(db::Transaction& tx,
                          const WorkspaceId& workspace,
                          std::string_view id_or_name,
                          Instant now) {
  WL_TRY(const auto exact,
         tx.query_one(std::string(kSelect) + "WHERE k.workspace = $1 AND k.id = $2",
                      {workspace, id_or_name}));
  if (exact) return read_key(*exact);

  WL_TRY(auto rows,
         tx.query(std::string(kSelect) +
                      "WHERE k.workspace = $1 AND k.parent = '' AND k.revoked_at IS NULL "
                      "AND (k.expires_at IS NULL OR k.expires_at > $3) "
                      "AND k.name = $2 ORDER BY k.id LIMIT 2",
                  {workspace, id_or_name, now}));
  if (rows.empty() && id_or_name.size() >= kIdPrefixMin) {
    WL_TRY(rows,
           tx.query(std::string(kSelect) +
                        "WHERE k.workspace = $1 AND k.parent = '' AND k.revoked_at IS NULL "
                        "AND substr(k.id, 1, CAST($3 AS integer)) = $2 ORDER BY k.id LIMIT 2",
                    {workspace, id_or_name, static_cast<std::int64_t>(id_or_name.size())}));
  }
  if (rows.empty()) {
    return fail(ErrorKind::NotFound, "not_found", "no live key has this id or name");
  }
  if (rows.size() > 1) {
    return fail(ErrorKind::Conflict, "conflict", "several keys match; give the whole id");
  }
  return read_key(rows.front());
}

}  // namespace

Result<NewApiKey> ApiKeys::create(db::Transaction& tx,
                                  const WorkspaceId& workspace,
                                  std::string_view name,
                                  Scopes scopes,
                                  std::optional<Instant> expires_at,
                                  Random& random,
                                  Instant now,
                                  AddressList allowed) {
  WL_CHECK(check_new(name, scopes, expires_at, now));
  NewApiKey made;
  made.secret = crypto::make_api_key(random);
  made.key.id = KeyId{random_id(random, "key")};
  made.key.workspace = workspace;
  made.key.name = name;
  made.key.scopes = scopes;
  made.key.hint = hint_of(made.secret);
  made.key.created_at = now;
  made.key.expires_at = expires_at;
  made.key.allowed = std::move(allowed);
  WL_CHECK(insert(tx, made.key, digest_of(made.secret)));
  return made;
}

Result<NewApiKey> ApiKeys::issue_token(db::Transaction& tx,
                                       const ApiKey& parent,
                                       std::chrono::seconds life,
                                       Random& random,
                                       Instant now) {
  if (!parent.parent.empty() || !parent.live(now)) {
    return fail(ErrorKind::Denied, "unauthenticated", "only a live key can ask for a token");
  }
  return issue_token_for(
      tx,
      {parent.id.str(), parent.workspace, parent.name, parent.scopes, parent.expires_at},
      life,
      random,
      now);
}

Result<NewApiKey> ApiKeys::issue_token_for(db::Transaction& tx,
                                           const TokenOwner& owner,
                                           std::chrono::seconds life,
                                           Random& random,
                                           Instant now) {
  WL_CHECK(
      tx.execute("DELETE FROM api_key WHERE parent = $1 AND expires_at <= $2", {owner.id, now}));
  WL_TRY(const auto count,
         tx.query_one("SELECT count(*) FROM api_key WHERE parent = $1", {owner.id}));
  if (count && (*count)[0].integer() >= kTokensPerKeyMax) {
    return fail(ErrorKind::Limit,
                "rate_limited",
                "there are too many live tokens; use one until it expires");
  }
  NewApiKey made;
  made.secret = crypto::make_api_key(random);
  made.key.id = KeyId{random_id(random, "key")};
  made.key.workspace = owner.workspace;
  made.key.name = owner.name;
  made.key.scopes = owner.scopes;
  made.key.hint = hint_of(made.secret);
  made.key.created_at = now;
  made.key.expires_at = now + life;
  if (owner.expires_at) made.key.expires_at = std::min(*made.key.expires_at, *owner.expires_at);
  made.key.parent = KeyId{owner.id};
  WL_CHECK(insert(tx, made.key, digest_of(made.secret)));
  return made;
}

Result<> ApiKeys::end_tokens_of(db::Transaction& tx, std::string_view owner, Instant now) {
  WL_CHECK(tx.execute("UPDATE api_key SET revoked_at = $1 WHERE parent = $2 AND revoked_at IS NULL",
                      {now, owner}));
  return note_family(tx, owner, now);
}

Result<std::optional<ApiKey>> ApiKeys::find_by_digest(db::Transaction& tx,
                                                      std::string_view digest) {
  WL_TRY(
      const auto row,
      tx.query_one(std::string(kSelect) + "WHERE k.digest = $1", {db::Blob{std::string(digest)}}));
  if (!row) return std::optional<ApiKey>{};
  return std::optional<ApiKey>{read_key(*row)};
}

Result<std::vector<ApiKey>> ApiKeys::list(db::Transaction& tx,
                                          const WorkspaceId& workspace,
                                          std::string_view after_id,
                                          int limit) {
  WL_TRY(const auto rows,
         tx.query(std::string(kSelect) + "WHERE k.workspace = $1 AND k.parent = '' AND k.id > $2 "
                                         "ORDER BY k.id LIMIT $3",
                  {workspace, after_id, std::clamp(limit, 1, kPageMax)}));
  std::vector<ApiKey> keys;
  keys.reserve(rows.size());
  for (const auto& row : rows) keys.push_back(read_key(row));
  return keys;
}

Result<ApiKey> ApiKeys::revoke(db::Transaction& tx,
                               const WorkspaceId& workspace,
                               std::string_view id_or_name,
                               Instant now) {
  WL_TRY(ApiKey key, find_named(tx, workspace, id_or_name, now));
  if (key.revoked_at) return key;
  WL_CHECK(tx.execute(
      "UPDATE api_key SET revoked_at = $1 WHERE (id = $2 OR parent = $2) AND revoked_at IS NULL",
      {now, key.id}));
  WL_CHECK(note_family(tx, key.id.str(), now));
  key.revoked_at = now;
  return key;
}

Result<ApiKey> ApiKeys::find(db::Transaction& tx,
                             const WorkspaceId& workspace,
                             std::string_view id_or_name,
                             Instant now) {
  WL_TRY(ApiKey key, find_named(tx, workspace, id_or_name, now));
  if (key.live(now) && key.parent.empty()) return key;
  return fail(ErrorKind::Conflict,
              "conflict",
              "this key is revoked, has expired or is a token; make a new key");
}

Result<ChangedApiKey> ApiKeys::update(db::Transaction& tx,
                                      const WorkspaceId& workspace,
                                      std::string_view id_or_name,
                                      const KeyChanges& changes,
                                      Instant now) {
  WL_TRY(ApiKey before, find(tx, workspace, id_or_name, now));
  ChangedApiKey changed{before, std::move(before)};
  ApiKey& key = changed.after;
  if (changes.name) {
    WL_CHECK(check_name(*changes.name));
    key.name = *changes.name;
  }
  if (changes.allowed) key.allowed = *changes.allowed;
  if (changes.expires_at) {
    WL_CHECK(check_expiry(*changes.expires_at, now));
    key.expires_at = *changes.expires_at;
  }
  WL_CHECK(tx.execute(
      "UPDATE api_key SET name = $1, allowed_addresses = $2, expires_at = $3 WHERE id = $4",
      {key.name, key.allowed.stored(), key.expires_at, key.id}));
  WL_CHECK(note_family(tx, key.id.str(), now));
  return changed;
}

Result<RotatedApiKey> ApiKeys::rotate(db::Transaction& tx,
                                      const WorkspaceId& workspace,
                                      std::string_view id_or_name,
                                      std::chrono::seconds overlap,
                                      Random& random,
                                      Instant now) {
  RotatedApiKey rotated;
  WL_TRY(rotated.before, find(tx, workspace, id_or_name, now));
  const ApiKey& before = rotated.before;
  std::optional<Instant> expires_at;
  if (before.expires_at) expires_at = now + (*before.expires_at - before.created_at);
  WL_TRY(
      rotated.made,
      create(tx, workspace, before.name, before.scopes, expires_at, random, now, before.allowed));
  if (overlap.count() <= 0) {
    WL_TRY(rotated.old, revoke(tx, workspace, before.id.str(), now));
    return rotated;
  }
  const Instant until = now + overlap;
  KeyChanges ends;
  ends.expires_at = before.expires_at ? std::min(*before.expires_at, until) : until;
  WL_TRY(auto changed, update(tx, workspace, before.id.str(), ends, now));
  rotated.old = std::move(changed.after);
  return rotated;
}

Result<> ApiKeys::touch(db::Transaction& tx, const KeyId& id, Instant now) {
  WL_CHECK(
      tx.execute("UPDATE api_key SET last_used_at = $1 "
                 "WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)",
                 {now, id}));
  return {};
}

}  // namespace wayleave::access
