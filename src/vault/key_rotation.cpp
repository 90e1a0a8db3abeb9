#include "vault/key_rotation.hpp"

#include <algorithm>
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

Result<std::int64_t> values_sealed_with(db::Transaction& tx,
                                        const std::vector<SealedTable>& tables,
                                        std::uint32_t key) {
  std::int64_t values = 0;
  for (const SealedTable& table : tables) {
    WL_TRY(const auto some, count_sealed_with(tx, table, key));
    values += some;
  }
  return values;
}

/// Tells others that somebody is at it.
Result<SealedBatch> reseal_batch(db::Transaction& tx,
                                 const crypto::KeyRing& keys,
                                 const SealedTable& table,
                                 const std::vector<std::string>& after,
                                 Instant now) {
  WL_CHECK(tx.execute("UPDATE data_key SET resealing_at = $2 WHERE id = $1",
                      {std::int64_t{keys.newest()}, now}));
  return reseal_some(tx, keys, table, after, Resealer::kRowsAtOnce);
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
  WL_TRY(SealedBatch batch, database_.write_blocking([&](db::Transaction& tx) {
    return reseal_batch(tx, keys_, table, after_, clock_.now());
  }));
  rows_ += batch.rows;
  resealed_ += batch.resealed;
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

Result<std::vector<KeyUse>> retire_unused_keys(db::Transaction& tx,
                                               const std::vector<SealedTable>& tables,
                                               const access::Actor& actor,
                                               Instant now) {
  WL_TRY(const RotationState state, rotation_state(tx));
  std::vector<KeyUse> needed;
  for (const std::uint32_t key : state.old) {
    WL_TRY(const auto values, values_sealed_with(tx, tables, key));
    if (values > 0) {
      needed.push_back({key, values});
      continue;
    }
    WL_TRY(const auto retired,
           tx.execute("UPDATE data_key SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL",
                      {std::int64_t{key}, now}));
    if (retired == 1) {
      WL_CHECK(audit(tx, actor, "data_key.retired", std::to_string(key), {}, now));
    }
  }
  return needed;
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
