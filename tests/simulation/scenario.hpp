#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace wayleave::simulation {

/// How a provider treats refresh tokens.
enum class Rotation {
  None,     ///< the same one for ever
  NoGrace,  ///< each works once; a second use revokes the whole grant
  Grace,    ///< a spent one works again for a while and gives a new successor
  Repeat,   ///< a spent one gives the same successor again for a while
};

/// What a provider, or the network before it, does to one token request.
enum class Lie {
  None,
  LostBefore,   ///< no answer; it did not act
  LostAfter,    ///< no answer; it acted
  Half,         ///< half an answer; it acted
  SlowBefore,   ///< answers after more than a lease's life; acts at the end
  SlowAfter,    ///< the same; acts at the beginning
  TooSlow,      ///< acts, and answers when nobody waits any more
  Unreachable,  ///< no byte was sent
  Busy,         ///< 503; it did not act
  BadGateway,   ///< 502; it acted
  Html,         ///< 200 and a page; it did not act
  WrongJson,    ///< 200 and nonsense; it acted
  BadClient,    ///< invalid_client; it did not act
};
inline constexpr int kLies = 13;

/// One thing that goes wrong.
struct Fault {
  enum class Kind {
    Lie,            ///< `what` for the token request number `number`
    Crash,          ///< a process ends, and another begins in its place after `length`
    Freeze,         ///< all that a process does waits for `length`
    StoreDown,      ///< every statement fails for `length`
    StatementLost,  ///< statement number `number` is refused, or carried out and denied (`what` 1)
    JournalFull,    ///< of one replica, for `length`
  };
  Kind kind = Kind::Lie;
  int number = 0;
  int what = 0;  ///< which lie; or which replica, from the one on that sends
  /// The others come so long after token request number `number`, or that statement, was sent.
  bool after_statement = false;
  Millis delay{0};
  Millis length{0};
};
[[nodiscard]] std::string to_string(const Fault& fault);

/// Everything about one run. The faults are a list, so that a failing run can be made smaller by
/// leaving some out.
struct Scenario {
  std::uint64_t seed = 0;
  int replicas = 1;
  Rotation rotation = Rotation::None;
  Millis grace{0};
  bool embedded = false;  ///< one process with its own database: a crash takes statements along
  std::vector<Fault> faults;
};
[[nodiscard]] Scenario make_scenario(std::uint64_t seed);

/// Rules of the refresh that are left out to see that somebody notices.
enum class Mutation { None, Intent, Fence, Renewal, LookAgain, Journal, Watch, Guard };
inline constexpr Mutation kMutations[] = {Mutation::Intent,
                                          Mutation::Fence,
                                          Mutation::Renewal,
                                          Mutation::LookAgain,
                                          Mutation::Journal,
                                          Mutation::Watch,
                                          Mutation::Guard};
[[nodiscard]] std::string_view to_string(Mutation mutation);

struct Report {
  std::string violation;    ///< empty: none
  bool grant_lost = false;  ///< with an excuse, or there is a violation
  int refreshes = 0;
  int requests = 0;
  int takeovers = 0;
  int salvaged = 0;
  std::vector<std::string> trace;
};
[[nodiscard]] Report run(const Scenario& scenario, Mutation mutation, bool tracing = false);

/// Leaves out faults for as long as there is still a violation.
[[nodiscard]] Scenario shrink(Scenario scenario, Mutation mutation);

}  // namespace wayleave::simulation
