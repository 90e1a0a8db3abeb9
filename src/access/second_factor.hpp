#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/member.hpp"

namespace wayleave::access {

/// How many recovery codes there are at once.
inline constexpr int kRecoveryCodes = 10;

/// A member's second factor in the database. The secret comes and goes sealed for its row (table
/// `member_totp`, row: the member's id, column `secret`); codes are judged elsewhere.
class SecondFactor {
 public:
  struct Stored {
    std::string sealed;
    bool confirmed = false;
    std::int64_t last_step = 0;  ///< codes of this step and earlier are spent
  };
  [[nodiscard]] static Result<std::optional<Stored>> find(db::Transaction& tx,
                                                          const MemberId& member);
  /// Replaces one that was not confirmed; `conflict` when one is.
  [[nodiscard]] static Result<> begin(db::Transaction& tx,
                                      const Member& member,
                                      const std::string& sealed);
  [[nodiscard]] static Result<> confirm(db::Transaction& tx, const MemberId& member, Instant now);
  /// False when that step or a later one was used: no code is accepted twice (RFC 6238 section
  /// 5.2), whoever else asks at the same time.
  [[nodiscard]] static Result<bool> spend_step(db::Transaction& tx,
                                               const MemberId& member,
                                               std::int64_t step);
  /// With the recovery codes.
  [[nodiscard]] static Result<> remove(db::Transaction& tx, const MemberId& member);

  /// New codes instead of the old, shown this once; digests are stored.
  [[nodiscard]] static Result<std::vector<std::string>> make_recovery_codes(db::Transaction& tx,
                                                                            const MemberId& member,
                                                                            Random& random,
                                                                            Instant now);
  /// True once for each code, however it is spaced and spelt.
  [[nodiscard]] static Result<bool> spend_recovery_code(db::Transaction& tx,
                                                        const MemberId& member,
                                                        std::string_view code);
  [[nodiscard]] static Result<std::int64_t> recovery_codes_left(db::Transaction& tx,
                                                                const MemberId& member);
};

}  // namespace wayleave::access
