#pragma once

#include <cstdint>

namespace wayleave::vault {

/// How refreshes ended since the start.
struct RefreshTotals {
  std::uint64_t stored = 0;
  std::uint64_t failed = 0;   ///< try later
  std::uint64_t unknown = 0;  ///< the answer was lost
  std::uint64_t condemned = 0;
  std::uint64_t kept = 0;    ///< answers put into the emergency journal
  std::uint64_t unkept = 0;  ///< times that this failed as well
};

}  // namespace wayleave::vault
