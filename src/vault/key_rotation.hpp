#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/audit.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "vault/data_keys.hpp"
#include "vault/sealed_table.hpp"

// The steps of changing data keys while servers run (VT-06): announce a new key, put it in use when
// every running server can open it, seal every value anew, retire the old key. Each step is one
// transaction and what is stored says which comes next, so that anyone can go on after a crash.
namespace wayleave::vault {

enum class RotationStage {
  Done,       ///< one key is in use and all values are sealed with it, as far as anyone has looked
  Announced,  ///< a new key waits to be put in use
  Resealing,  ///< values may still be sealed with older keys
};
struct RotationState {
  RotationStage stage = RotationStage::Done;
  std::uint32_t newest = 0;             ///< the key that is announced or in use
  std::vector<std::uint32_t> old;       ///< not retired, older than the one in use
  Instant began;                        ///< when the newest was made
  std::optional<Instant> resealing_at;  ///< when somebody last sealed a batch anew
};
[[nodiscard]] RotationState judge_rotation(const std::vector<StoredKey>& keys);
[[nodiscard]] Result<RotationState> rotation_state(db::Transaction& tx);

/// Stores a new data key that nothing is sealed with yet; its id. `conflict` when another is
/// announced, `root_key_wrong` when the root key was changed since the ring was opened.
[[nodiscard]] Result<std::uint32_t> announce_key(db::Transaction& tx,
                                                 const crypto::KeyRing& keys,
                                                 Random& random,
                                                 const access::Actor& actor,
                                                 Instant now);
/// From here on new values are sealed with it, once its servers have heard.
[[nodiscard]] Result<> put_key_in_use(db::Transaction& tx,
                                      std::uint32_t key,
                                      const access::Actor& actor,
                                      Instant now);

/// Seals every value anew, a batch per call, each a transaction of its own that holds no row for
/// longer than it takes. Needs no memory of its own between runs: what is done is found done.
class Resealer {
 public:
  static constexpr int kRowsAtOnce = 100;
  static constexpr std::size_t kDamagedTold = 20;

  /// All of these outlive it.
  Resealer(db::Database& database,
           const crypto::KeyRing& keys,
           const std::vector<SealedTable>& tables,
           const Clock& clock)
      : database_(database), keys_(keys), tables_(tables), clock_(clock) {}

  /// One batch; false when all tables have been gone through. Blocks.
  [[nodiscard]] Result<bool> step();
  /// Rows still to do; reads every table. Blocks.
  [[nodiscard]] Result<std::int64_t> rows_left() const;

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t resealed() const { return resealed_; }
  [[nodiscard]] std::int64_t damaged() const { return damaged_; }
  /// The first kDamagedTold of them.
  [[nodiscard]] const std::vector<DamagedValue>& damaged_values() const { return damaged_values_; }

 private:
  db::Database& database_;
  const crypto::KeyRing& keys_;
  const std::vector<SealedTable>& tables_;
  const Clock& clock_;
  std::size_t table_ = 0;
  std::vector<std::string> after_;
  std::int64_t rows_ = 0;
  std::int64_t resealed_ = 0;
  std::int64_t damaged_ = 0;
  std::vector<DamagedValue> damaged_values_;
};

/// What an older key is still needed for.
struct KeyUse {
  std::uint32_t key = 0;
  std::int64_t values = 0;
};
/// All keys but the newest that values are sealed with. Reads every table.
[[nodiscard]] Result<std::vector<KeyUse>> old_key_uses(db::Transaction& tx,
                                                       const std::vector<SealedTable>& tables);
/// Retires every older key that no value is sealed with; gives those that are still needed. What is
/// retired stays, so that the long count needs no lock. Blocks.
[[nodiscard]] Result<std::vector<KeyUse>> retire_unused_keys(db::Database& database,
                                                             const std::vector<SealedTable>& tables,
                                                             const access::Actor& actor,
                                                             Instant now);
/// A key is removed no sooner than so long after it was retired: whoever sealed with it has stored
/// the value by then or never will.
inline constexpr std::chrono::hours kRetiredFor{1};
/// Removes the retired keys that no value is sealed with, counted in the same transaction; gives
/// their ids. Old backups have theirs with them.
[[nodiscard]] Result<std::vector<std::uint32_t>> remove_retired_keys(
    db::Transaction& tx,
    const std::vector<SealedTable>& tables,
    const access::Actor& actor,
    Instant now);

/// A data key is changed well before 2^32 values were sealed with it (VT-08), although its nonces
/// of 24 bytes would bear far more.
inline constexpr std::int64_t kSealsMax = std::int64_t{1} << 31;
/// Adds to the count of a key; the count.
[[nodiscard]] Result<std::int64_t> note_seals(db::Transaction& tx,
                                              std::uint32_t key,
                                              std::uint64_t seals);

/// A running server, as it told when it last heard of a change of keys. The row of one that died
/// stays until somebody waits for it in vain.
struct KeyHolder {
  std::string id;
  std::string root_fingerprint;   ///< of the root key it has
  std::uint32_t heard_key = 0;    ///< the newest it has heard of
  std::uint32_t held_key = 0;     ///< the newest it can open
  std::uint32_t sealing_key = 0;  ///< the one it seals with
  Instant seen_at;
};
/// All but when.
[[nodiscard]] bool says_the_same(const KeyHolder& a, const KeyHolder& b);
[[nodiscard]] Result<> note_key_holder(db::Transaction& tx, const KeyHolder& holder);
[[nodiscard]] Result<> forget_key_holder(db::Transaction& tx, const std::string& id);
[[nodiscard]] Result<std::vector<KeyHolder>> key_holders(db::Transaction& tx);

/// Wraps every data key with another root key, in this one transaction: before its commit only the
/// old root key opens the store, after it only the new one (VT-07). `root_key_wrong` when `from`
/// does not fit what is stored.
[[nodiscard]] Result<> change_root_key(db::Transaction& tx,
                                       const crypto::RootKey& from,
                                       const crypto::RootKey& to,
                                       Random& random,
                                       const access::Actor& actor,
                                       Instant now);

}  // namespace wayleave::vault
