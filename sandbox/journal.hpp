#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wayleave::sandbox {

/// One request as the log remembers it. The path has no query and no token.
struct LogEntry {
  Instant at;
  std::string method;
  std::string path;
  int status = 0;  ///< 0: the answer was dropped
};

/// What came in: counts by "METHOD /path" and the last kLogMax requests.
class Journal {
 public:
  void record(std::string_view route, LogEntry entry);
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& counts() const {
    return counts_;
  }
  [[nodiscard]] const std::deque<LogEntry>& entries() const { return entries_; }
  [[nodiscard]] std::uint64_t rate_limited() const { return rate_limited_; }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::deque<LogEntry> entries_;
  std::uint64_t rate_limited_ = 0;
};

/// The path with everything that may be a token blanked, for requests no route knows.
[[nodiscard]] std::string without_tokens(std::string_view path);

}  // namespace wayleave::sandbox
