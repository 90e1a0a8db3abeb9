#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wayleave::access {

/// Limits wrong sign-ins per address, and per account and address (DS-09): whoever guesses is
/// stopped, while the owner still gets in from elsewhere. Each attempt counts when it begins, so
/// that many at once count as many; success takes it back. Generic cell rate algorithm: one moment
/// per key. IPv6 addresses count by their /64, which one subscriber has. Bounded; counted per
/// process. Any thread.
class Throttle {
 public:
  struct Rule {
    int burst;
    std::chrono::seconds interval;  ///< one more attempt after each
  };
  struct Limits {
    Rule account{10, std::chrono::seconds(60)};  ///< per account and address
    Rule address{100, std::chrono::seconds(6)};
    std::size_t entries_max = 20'000;
  };
  Throttle() : Throttle(Limits()) {}
  explicit Throttle(const Limits& limits) : limits_(limits) {}

  /// Counts an attempt; how long to wait when it is one too many, which is not counted. `account`
  /// may be empty: only the address counts.
  [[nodiscard]] std::optional<std::chrono::seconds> attempt(std::string_view account,
                                                            std::string_view address,
                                                            Tick now);
  /// The attempt was right: the account's count at this address is forgotten.
  void succeeded(std::string_view account, std::string_view address);

 private:
  using Entries = std::map<std::string, Tick, std::less<>>;  ///< when a key is as good as new
  void make_room(Tick now);

  const Limits limits_;
  std::mutex mutex_;
  Entries entries_;
};

}  // namespace wayleave::access
