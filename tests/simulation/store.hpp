#pragma once

#include <optional>
#include <string>

#include "tests/simulation/scenario.hpp"
#include "vault/refresh/attempt.hpp"

namespace wayleave::simulation {

using vault::Attempt;
using vault::Holder;

/// A model of what the database holds of one connection, with the statements of `vault::Leases` and
/// `vault::Store`; the test StoreModel holds the two against each other. A statement is carried out
/// whole or not at all.
class Store {
 public:
  explicit Store(bool rotates, Mutation mutation) : rotates_(rotates), mutation_(mutation) {}

  /// What a load sees.
  struct Row {
    std::int64_t version = 1;
    vault::State state = vault::State::Active;
    int token = 1;
    Tick expires_at{};
  };
  [[nodiscard]] const Row& row() const { return row_; }

  struct Claimed {
    std::int64_t fence = 0;
    Attempt::ClaimOutcome outcome;
    bool inherited = false;
  };
  /// `heir`: the holder has ended and the claimant works where it did.
  Claimed claim(const std::string& owner,
                const Row& loaded,
                const std::optional<Holder>& over,
                bool heir,
                bool have_answer);
  Attempt::Written beat(const std::string& owner, std::int64_t fence);
  Attempt::Written commit(const std::string& owner,
                          std::int64_t fence,
                          const Row& sent,
                          int token,
                          Tick expires_at,
                          bool contested);
  Attempt::Written settle(const std::string& owner,
                          std::int64_t fence,
                          const Row& sent,
                          Attempt::Settlement as);
  /// An answer of a lease with that fence was not stored, as another one was.
  void overtaken(std::int64_t fence);
  /// At the start of a replica: what its predecessor held. True when it is to be asked for now.
  bool recover();

  [[nodiscard]] std::optional<std::string> owner() const {
    return held_ ? std::optional(holder_.owner) : std::nullopt;
  }
  /// The row says that something may have been sent.
  [[nodiscard]] bool says_open() const {
    return held_ || noted_ != 0 || row_.state != vault::State::Active;
  }
  /// The process is gone, and with it what was not durable.
  void lose_volatile(const std::string& owner);

 private:
  [[nodiscard]] bool ours(const std::string& owner, std::int64_t fence) const;
  void release(bool doubtful);
  void set_state(vault::State state);

  bool rotates_;
  Mutation mutation_;
  Row row_;
  bool held_ = false;
  Holder holder_;
  int noted_ = 0;  // the token that may have been sent
};

}  // namespace wayleave::simulation
