#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/audit_chain.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"

// Seals on the audit trail (LG-04). A seal is a row of `audit_seal`: the hash of a record, sealed
// with a data key as every secret is. Nobody can make or change one without the root key, changes
// of root key and data keys carry it along, and it goes with every backup and copy.
namespace wayleave::access {

/// Seals this far apart stay, so that a fault is found near where it is; the last one stays too.
inline constexpr std::int64_t kSealDistance = 1'000;

/// A part of the trail, read in one transaction.
struct TrailPiece {
  std::vector<AuditRecord> records;
  TrailHead head;                ///< with the first piece
  std::vector<TrailSeal> seals;  ///< with the first piece
};

/// Goes through the trail up to where it ended when the walk began. `read` belongs into a
/// transaction, `take` behind it. Belongs to one thread or coroutine.
class TrailWalk {
 public:
  enum class From { Start, LastSeal };
  /// `keys` outlives it.
  TrailWalk(const crypto::KeyRing& keys, From from) : keys_(keys), from_(from) {}

  [[nodiscard]] Result<TrailPiece> read(db::Transaction& tx) const;
  /// False at the end, or at the first fault.
  [[nodiscard]] bool take(const TrailPiece& piece);
  /// At the end.
  [[nodiscard]] const TrailVerdict& verdict() const { return verdict_; }
  /// At the end: what it was intact up to, if that is not sealed yet.
  [[nodiscard]] std::optional<TrailSeal> next_seal(Instant now) const;
  /// The last seal when the walk began.
  [[nodiscard]] const std::optional<TrailSeal>& last_seal() const { return last_seal_; }

 private:
  void begin(const TrailPiece& piece);

  const crypto::KeyRing& keys_;
  From from_;
  std::optional<TrailVerifier> verifier_;
  std::optional<TrailSeal> last_seal_;
  std::int64_t read_up_to_ = 0;
  std::int64_t end_ = 0;
  TrailVerdict verdict_;
};

/// The whole trail. Blocks for as long as reading it takes.
[[nodiscard]] Result<TrailVerdict> verify_trail(db::Database& database,
                                                const crypto::KeyRing& keys);

/// How many records came after the last seal.
[[nodiscard]] Result<std::int64_t> count_unsealed(db::Transaction& tx);

/// Puts a seal on the last record after judging what came since the last one: a seal never covers
/// what does not fit. Several processes may do so at once. Belongs to one thread.
class AuditSealer {
 public:
  /// What it is given outlives it.
  AuditSealer(db::Database& database, const crypto::KeyRing& keys, const Clock& clock)
      : database_(database), keys_(keys), clock_(clock) {}
  /// Blocks. When the verdict is not intact nothing was sealed.
  [[nodiscard]] Result<TrailVerdict> seal();

 private:
  [[nodiscard]] std::optional<std::string> lost_seal(const TrailWalk& walk) const;

  db::Database& database_;
  const crypto::KeyRing& keys_;
  const Clock& clock_;
  std::optional<TrailSeal> known_;  ///< the last seal this process knows of: it cannot go away
};

}  // namespace wayleave::access
