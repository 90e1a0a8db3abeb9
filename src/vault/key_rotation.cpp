#include "vault/key_rotation.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "vault/json_text.hpp"

namespace wayleave::vault {
namespace {

Result<> audit(db::Transaction& tx,
               const access::Actor& actor,
               std::string action,
               std::string target,
               const std::map<std::string, std::string>& detail,
               Instant now) {
  access::AuditRecord record;
  record.at = now;
  record.workspace = WorkspaceId("default");
  record.actor = actor;
  record.action = std::move(action);
  record.target = std::move(target);
  record.detail = to_json(detail);
  return access::append_audit(tx, record);
}

/// Noted before anything is read: the change feed's counter is a row that is locked until the
/// commit, so that no two changes of keys can overlap. Else a key could be announced under the old
/// root key while the others are wrapped with the new one, and neither would open the store.
Result<> note_and_lock(db::Transaction& tx, Instant now) {
  return db::note_change(tx, kDataKeyTopic, "", now);
}

/// Tells others that somebody is at it, and stores.
Result<std::int64_t> store_batch(db::Transaction& tx,
                                 const SealedTable& table,
                                 const ResealedBatch& batch,
                                 std::uint32_t key,
                                 Instant now) {
  WL_CHECK(
      tx.execute("UPDATE data_key SET resealing_at = $2 WHERE id = $1", {std::int64_t{key}, now}));
  return store_resealed(tx, table, batch.resealed);
}

Result<> retire(db::Transaction& tx,
                const std::vector<std::uint32_t>& keys,
                const access::Actor& actor,
                Instant now) {
  for (const std::uint32_t key : keys) {
    WL_TRY(const auto retired,
           tx.execute("UPDATE data_key SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL",
                      {std::int64_t{key}, now}));
    if (retired == 0) continue;
    WL_CHECK(audit(tx, actor, "data_key.retired", std::to_string(key), {}, now));
  }
  return {};
}

}  // namespace

RotationState judge_rotation(const std::vector<StoredKey>& keys) {
  RotationState state;
  if (keys.empty()) return state;
  state.newest = keys.back().wrapped.id;
  state.began = keys.back().created_at;
  state.resealing_at = keys.back().resealing_at;
  if (!keys.back().in_use_at) state.stage = RotationStage::Announced;
  const auto in_use = std::ranges::find_if(
      keys.rbegin(), keys.rend(), [](const StoredKey& key) { return key.in_use_at.has_value(); });
  for (const StoredKey& key : keys) {
    const bool older = in_use != keys.rend() && key.wrapped.id < in_use->wrapped.id;
    if (older && !key.retired_at) state.old.push_back(key.wrapped.id);
  }
  if (state.stage == RotationStage::Done && !state.old.empty()) {
    state.stage = RotationStage::Resealing;
  }
  return state;
}

Result<RotationState> rotation_state(db::Transaction& tx) {
  WL_TRY(const auto keys, stored_keys(tx));
  return judge_rotation(keys);
}

Result<std::uint32_t> announce_key(db::Transaction& tx,
                                   const crypto::KeyRing& keys,
                                   Random& random,
                                   const access::Actor& actor,
                                   Instant now) {
  WL_CHECK(note_and_lock(tx, now));
  WL_TRY(const auto stored, stored_keys(tx));
  const RotationState state = judge_rotation(stored);
  if (state.stage == RotationStage::Announced) {
    return fail(ErrorKind::Conflict, "conflict", "another rotation of the data key is under way");
  }
  const std::string root = keys.root_fingerprint();
  if (std::ranges::any_of(
          stored, [&](const StoredKey& key) { return key.wrapped.root_fingerprint != root; })) {
    return fail(ErrorKind::Reject,
                "root_key_wrong",
                "the root key was changed meanwhile; start again with the new one");
  }
  const auto key = keys.make_key(state.newest + 1, random);
  WL_CHECK(tx.execute(
      "INSERT INTO data_key (id, root_fingerprint, wrapped, created_at) VALUES ($1, $2, $3, $4)",
      {std::int64_t{key.id}, key.root_fingerprint, db::Blob{key.wrapped}, now}));
  WL_CHECK(audit(tx, actor, "data_key.announced", std::to_string(key.id), {}, now));
  return key.id;
}

Result<> put_key_in_use(db::Transaction& tx,
                        std::uint32_t key,
                        const access::Actor& actor,
                        Instant now) {
  WL_CHECK(note_and_lock(tx, now));
  WL_TRY(const auto changed,
         tx.execute("UPDATE data_key SET in_use_at = $2 WHERE id = $1 AND in_use_at IS NULL",
                    {std::int64_t{key}, now}));
  if (changed == 0) return {};  // another process did it
  return audit(tx, actor, "data_key.in_use", std::to_string(key), {}, now);
}

Result<bool> Resealer::step() {
  if (table_ == tables_.size()) return false;
  const SealedTable& table = tables_[table_];
  WL_TRY(ResealedBatch batch, database_.read_blocking([&](db::Transaction& tx) {
    return reseal_some(tx, keys_, table, after_, kRowsAtOnce);
  }));
  if (!batch.resealed.empty()) {
    WL_TRY(const auto stored, database_.write_blocking([&](db::Transaction& tx) {
      return store_batch(tx, table, batch, keys_.newest(), clock_.now());
    }));
    resealed_ += stored;
  }
  rows_ += batch.rows;
  damaged_ += static_cast<std::int64_t>(batch.damaged.size());
  for (DamagedValue& value : batch.damaged) {
    if (damaged_values_.size() < kDamagedTold) damaged_values_.push_back(std::move(value));
  }
  after_ = std::move(batch.last);
  if (batch.rows == 0) {
    ++table_;
    after_.clear();
  }
  return table_ < tables_.size();
}

Result<std::int64_t> Resealer::rows_left() const {
  return database_.read_blocking([this](db::Transaction& tx) -> Result<std::int64_t> {
    std::int64_t rows = 0;
    for (const SealedTable& table : tables_) {
      WL_TRY(const auto some, count_not_sealed_with(tx, table, keys_.newest()));
      rows += some;
    }
    return rows;
  });
}

Result<std::vector<KeyUse>> old_key_uses(db::Transaction& tx,
                                         const std::vector<SealedTable>& tables) {
  WL_TRY(const auto keys, stored_keys(tx));
  std::map<std::uint32_t, std::int64_t> values;
  for (const SealedTable& table : tables) {
    WL_TRY(const auto counts, count_by_key(tx, table));
    for (const auto& [key, count] : counts) values[key] += count;
  }
  std::vector<KeyUse> uses;
  for (const StoredKey& key : keys) {
    const std::uint32_t id = key.wrapped.id;
    const bool older = std::ranges::any_of(
        keys, [id](const StoredKey& it) { return it.in_use_at && it.wrapped.id > id; });
    if (older && values.contains(id)) uses.push_back({id, values[id]});
  }
  return uses;
}

Result<std::vector<KeyUse>> retire_unused_keys(db::Database& database,
                                               const std::vector<SealedTable>& tables,
                                               const access::Actor& actor,
                                               Instant now) {
  std::vector<std::uint32_t> unused;
  WL_TRY(const auto needed,
         database.read_blocking([&](db::Transaction& tx) -> Result<std::vector<KeyUse>> {
           WL_TRY(const RotationState state, rotation_state(tx));
           unused = state.old;
           return old_key_uses(tx, tables);
         }));
  std::erase_if(unused, [&](std::uint32_t key) {
    return std::ranges::find(needed, key, &KeyUse::key) != needed.end();
  });
  WL_CHECK(
      database.write_blocking([&](db::Transaction& tx) { return retire(tx, unused, actor, now); }));
  return needed;
}

Result<std::vector<std::uint32_t>> remove_retired_keys(db::Transaction& tx,
                                                       const std::vector<SealedTable>& tables,
                                                       const access::Actor& actor,
                                                       Instant now) {
  WL_CHECK(note_and_lock(tx, now));
  WL_TRY(const auto keys, stored_keys(tx));
  WL_TRY(const auto needed, old_key_uses(tx, tables));
  std::vector<std::uint32_t> removed;
  for (const StoredKey& key : keys) {
    const std::uint32_t id = key.wrapped.id;
    if (!key.retired_at || *key.retired_at > now - kRetiredFor ||
        std::ranges::find(needed, id, &KeyUse::key) != needed.end()) {
      continue;
    }
    WL_CHECK(tx.execute("DELETE FROM data_key WHERE id = $1", {std::int64_t{id}}));
    WL_CHECK(audit(tx, actor, "data_key.removed", std::to_string(id), {}, now));
    removed.push_back(id);
  }
  return removed;
}

Result<std::int64_t> note_seals(db::Transaction& tx, std::uint32_t key, std::uint64_t seals) {
  WL_TRY(const auto row,
         tx.query_one("UPDATE data_key SET seals = seals + $2 WHERE id = $1 RETURNING seals",
                      {std::int64_t{key}, static_cast<std::int64_t>(seals)}));
  return row ? row->front().integer() : 0;
}

bool says_the_same(const KeyHolder& a, const KeyHolder& b) {
  return a.id == b.id && a.root_fingerprint == b.root_fingerprint && a.heard_key == b.heard_key &&
         a.held_key == b.held_key && a.sealing_key == b.sealing_key;
}

Result<> note_key_holder(db::Transaction& tx, const KeyHolder& holder) {
  WL_CHECK(tx.execute(
      "INSERT INTO key_holder (id, root_fingerprint, heard_key, held_key, sealing_key, seen_at) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET root_fingerprint = $2, "
      "heard_key = $3, held_key = $4, sealing_key = $5, seen_at = $6",
      {holder.id,
       holder.root_fingerprint,
       std::int64_t{holder.heard_key},
       std::int64_t{holder.held_key},
       std::int64_t{holder.sealing_key},
       holder.seen_at}));
  return {};
}

Result<> forget_key_holder(db::Transaction& tx, const std::string& id) {
  WL_CHECK(tx.execute("DELETE FROM key_holder WHERE id = $1", {id}));
  return {};
}

Result<std::vector<KeyHolder>> key_holders(db::Transaction& tx) {
  WL_TRY(const auto rows,
         tx.query("SELECT id, root_fingerprint, heard_key, held_key, sealing_key, seen_at "
                  "FROM key_holder ORDER BY id"));
  const auto number = [](const db::Value& value) {
    return static_cast<std::uint32_t>(value.integer());
  };
  std::vector<KeyHolder> holders;
  for (const auto& row : rows) {
    holders.push_back({row[0].text(),
                       row[1].text(),
                       number(row[2]),
                       number(row[3]),
                       number(row[4]),
                       row[5].time()});
  }
  return holders;
}

Result<> change_root_key(db::Transaction& tx,
                         const crypto::RootKey& from,
                         const crypto::RootKey& to,
                         Random& random,
                         const access::Actor& actor,
                         Instant now) {
  WL_CHECK(note_and_lock(tx, now));
  WL_TRY(const auto keys, stored_keys(tx));
  for (const StoredKey& key : keys) {
    WL_TRY(const auto moved, crypto::KeyRing::rewrap(from, to, key.wrapped, random));
    WL_TRY(const auto changed,
           tx.execute("UPDATE data_key SET root_fingerprint = $2, wrapped = $3 "
                      "WHERE id = $1 AND root_fingerprint = $4",
                      {std::int64_t{moved.id},
                       moved.root_fingerprint,
                       db::Blob{moved.wrapped},
                       from.fingerprint()}));
    if (changed != 1) {
      return fail(ErrorKind::Conflict, "conflict", "the root key was changed at the same time");
    }
  }
  return audit(tx,
               actor,
               "root_key.changed",
               to.fingerprint(),
               {{"before", from.fingerprint()}, {"after", to.fingerprint()}},
               now);
}

}  // namespace wayleave::vault
