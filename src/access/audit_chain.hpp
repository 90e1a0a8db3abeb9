#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/audit.hpp"
#include "base/clock.hpp"

// The chain that makes the audit trail tamper-evident (LG-04), as pure functions. Each record holds
// the SHA-256 of itself and of the hash before it; the counter row holds the last one, so that a
// removed last record is noticed. Whoever can write the database can compute all of that anew, so
// seals, which only a holder of the keys can make, fix records for good (audit_seal.hpp).
namespace wayleave::access {

/// What stands before the first record of a chain.
[[nodiscard]] std::string chain_start();
/// The hash of a record; `before` is that of the record before it. Every text is preceded by its
/// length, so that no two records share an encoding.
[[nodiscard]] std::string chain_hash(std::string_view before, const AuditRecord& record);

/// Where the trail says that it ends.
struct TrailHead {
  std::int64_t sequence = 0;  ///< of the counter
  std::string hash;           ///< of the counter; empty when no record is chained yet
  std::int64_t last = 0;      ///< the highest number of a record
};

/// What a seal says. One that could not be opened is not `genuine`, and says its number only.
struct TrailSeal {
  std::int64_t sequence = 0;
  bool genuine = false;
  std::string hash;               ///< of that record
  std::int64_t chained_from = 0;  ///< number of the first record that has a hash
  std::string older;              ///< a chain over all records before, which have none
  Instant since;                  ///< when the first seal was made
};

struct TrailVerdict {
  bool intact = true;
  std::int64_t records = 0;                  ///< looked at
  std::optional<std::int64_t> chained_from;  ///< records before it are older than the chain
  std::optional<std::int64_t> sealed_up_to;
  std::optional<Instant> sealed_since;
  std::optional<std::int64_t> first_broken;
  std::string fault;  ///< what is wrong with it
};

/// Judges a trail that is fed to it record by record. Stops at the first fault.
class TrailVerifier {
 public:
  /// A whole trail. `seals` by number.
  TrailVerifier(TrailHead head, std::vector<TrailSeal> seals);
  /// What came after a seal that was judged before.
  TrailVerifier(TrailHead head, const TrailSeal& from);

  /// The next record, in order of their numbers. False when there was a fault: no use to go on.
  bool add(const AuditRecord& record);
  /// After the last.
  [[nodiscard]] TrailVerdict finish();
  /// After `finish` found all intact: what a seal of the last record has to say. Nullopt when that
  /// has no hash.
  [[nodiscard]] std::optional<TrailSeal> next_seal(Instant now) const;

 private:
  bool broken(std::int64_t sequence, std::string fault);
  bool check_link(const AuditRecord& record);
  bool check_seal(const TrailSeal& seal);

  TrailHead head_;
  std::vector<TrailSeal> seals_;
  std::size_t next_seal_ = 0;
  std::int64_t good_until_ = 0;  ///< the last genuine seal
  std::int64_t sequence_ = 0;    ///< of the last record
  std::string hash_;             ///< of the last record
  std::string older_;
  TrailVerdict verdict_;
};

}  // namespace wayleave::access
