#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace wayleave::vault {

/// Remembers for a while how something ended, so that it is not tried again at once and everybody
/// learns the same outcome (TK-20). On the monotonic clock (TK-16). Any thread. Holds at most
/// kEntriesMax names; what has run out is swept when that is reached, then the rest is forgotten.
class CoolDown {
 public:
  static constexpr std::size_t kEntriesMax = 100'000;
  struct Entry {
    Tick until;
    Error outcome;
  };

  void start(const std::string& name, Tick now, Tick until, Error outcome);
  void clear(const std::string& name);
  /// The entry while it holds at `now`.
  [[nodiscard]] std::optional<Entry> active(const std::string& name, Tick now) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace wayleave::vault
