#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.hpp"
#include "vault/connection.hpp"
#include "vault/token_endpoint.hpp"

namespace wayleave::vault {

/// Why a refresh is wanted.
enum class Occasion {
  Due,        ///< expired or about to
  Rejected,   ///< the provider answered 401
  Asked,      ///< an operator: overrides every cool-down and a dead state
  Scheduled,  ///< nobody waits for it: leaves at once when another process is at it
};

/// Nothing can be refreshed any more: the user has to connect again.
[[nodiscard]] bool is_dead(State state);

/// Who has the lease on a connection's refresh token. It carries no time of day: while its holder
/// lives, `beat` grows, and whoever has seen the same holder at the same beat for a lease's whole
/// life, on a steady clock of their own, may take over. No two clocks are ever compared.
struct Holder {
  std::string owner;       ///< one process
  std::int64_t fence = 0;  ///< grows with each holder of this connection
  std::int64_t beat = 0;
  friend bool operator==(const Holder&, const Holder&) = default;
};

/// How long a lease stays its holder's without a beat, and beats are three times as frequent.
inline constexpr Millis kLeaseLife{15'000};
/// One refresh of one connection's tokens: the decisions, without any I/O. Each event gives the
/// next step; whoever drives it carries the step out and reports the outcome as the next event.
/// Beside the steps the driver renews the lease every `beat_pause` from the first claim on, and
/// reports that with `beat`. Belongs to one strand.
///
/// The order makes that no grant is lost: load, claim (lease, look again and note what is about to
/// be sent, in one transaction), ask, note a rotated token in the emergency journal, commit where
/// the fence is ours. What cannot be committed is kept in the journal in sync with the disk, then
/// tried for as long as it takes (TK-01 to TK-09).
class Attempt {
 public:
  struct Terms {
    Occasion occasion = Occasion::Due;
    std::int64_t seen = 0;   ///< the version whose tokens are to be replaced
    bool salvage = false;    ///< the answer is there, from the emergency journal, and is not stored
    std::int64_t fence = 0;  ///< of the lease under which that answer was asked for
  };

  // Steps.
  struct Load {};
  struct Claim {
    std::optional<Holder> over = {};  ///< may be taken from this one
    bool have_answer = false;         ///< nothing is going to be sent
  };
  struct Pause {
    Millis time;
  };
  struct Ask {};
  struct Commit {
    /// Somebody else had the lease since the answer was asked for and may have sent the same token:
    /// ours may have been replaced, so it is stored as `refresh_unknown`.
    bool contested = false;
  };
  /// Put the answer into the emergency journal: before the commit quickly, so that it outlives this
  /// process; after one that failed in sync with the disk, so that it outlives the machine.
  struct Keep {
    bool sync = false;
  };
  struct Forget {};  ///< and take it out again
  enum class Settlement {
    Unspent,    ///< the refresh token was not spent
    Doubtful,   ///< it may have been, by an answer that tells nothing
    Unknown,    ///< it may have been: no answer came
    Condemn,    ///< the grant is dead
    Overtaken,  ///< another answer was stored; which of the two is newer is not known
  };
  struct Settle {
    Settlement as;
  };
  enum class Ending {
    Stored,         ///< good tokens are in the store, ours or somebody's
    Dead,           ///< the user must connect again
    Gone,           ///< disconnected meanwhile
    ClientRefused,  ///< the app's fault
    Failing,        ///< nothing changed; try later
    Unknown,        ///< refresh_unknown
    Busy,           ///< another process is at it
    StoreFailed,    ///< the database did not take part
  };
  struct Finish {
    Ending ending;
  };
  using Step = std::variant<Load, Claim, Pause, Ask, Commit, Keep, Forget, Settle, Finish>;

  // Events.
  struct Loaded {
    std::int64_t version = 0;
    State state = State::Active;
    bool has_refresh_token = true;
    bool same_token = true;  ///< the refresh token is still the one this attempt has sent
    bool rotates = false;    ///< the provider spends refresh tokens
    Millis grace{0};         ///< a spent one is accepted this long again
  };
  /// What an earlier request with the same refresh token left behind.
  enum class Doubt {
    None,
    Odd,   ///< an answer that does not tell whether the token was spent (a 502, say)
    Lost,  ///< no answer
  };
  struct Claimed {
    Doubt doubt = Doubt::None;
    std::int64_t fence = 0;
  };
  struct Moved {};  ///< the connection has changed since it was loaded
  struct Gone {};
  struct Failed {};  ///< the database: whether it was carried out is open
  using LoadOutcome = std::variant<Loaded, Gone, Failed>;
  using ClaimOutcome = std::variant<Claimed, Holder, Moved, Gone, Failed>;
  enum class Answer { Granted, Refused, ClientRefused, Unspent, Doubtful, Lost };
  enum class Written { Done, Moved, Fenced, Gone, Failed };

  explicit Attempt(Terms terms) : terms_(terms) {}

  [[nodiscard]] Step begin();
  [[nodiscard]] Step loaded(const LoadOutcome& outcome);
  /// `issued`: when the claim was sent to the database.
  [[nodiscard]] Step claimed(const ClaimOutcome& outcome, Tick issued, Tick now);
  [[nodiscard]] Step paused(bool stopping);
  [[nodiscard]] Step answered(Answer answer, Tick now);
  [[nodiscard]] Step committed(Written outcome);
  [[nodiscard]] Step kept(bool safe);
  [[nodiscard]] Step forgotten();
  [[nodiscard]] Step settled(Written outcome);
  /// The lease was renewed by a request sent at `issued`, or is lost, or the database failed.
  void beat(Written outcome, Tick issued);

  /// Whether the request may leave now: the lease is surely still ours.
  [[nodiscard]] bool may_ask(Tick now) const { return now < ask_until(); }
  [[nodiscard]] Tick ask_until() const { return lease_until_ - kLeaseLife / 5; }
  [[nodiscard]] static Millis beat_pause() { return kLeaseLife / 3; }
  /// An answer was lost on the way here: a refusal may only tell that it had been a success.
  [[nodiscard]] bool in_doubt() const { return doubt_ != Doubt::None; }
  /// The answer lies in the emergency journal.
  [[nodiscard]] bool is_kept() const { return kept_; }

 private:
  [[nodiscard]] Step finish(Ending ending);
  [[nodiscard]] Step wait_for(const Holder& holder, Tick now);
  [[nodiscard]] Step settle(Settlement as);
  [[nodiscard]] Settlement left_open() const;
  [[nodiscard]] Step keep_or_wait();
  [[nodiscard]] Millis watch_time() const;

  Terms terms_;
  bool have_answer_ = terms_.salvage;
  bool kept_ = terms_.salvage;
  bool noted_ = false;  // in the journal, not in sync
  bool keep_tried_ = terms_.salvage;
  Doubt doubt_ = Doubt::None;
  Loaded loaded_;
  bool retried_ = false;
  bool contested_ = false;
  std::int64_t fence_ = terms_.fence;
  int pauses_ = 0;
  Tick lease_until_{};
  std::optional<Holder> watched_;
  Tick watched_since_{};
  Ending ending_ = Ending::Failing;
  Settlement settlement_ = Settlement::Unspent;
};

}  // namespace wayleave::vault
