#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace wayleave::gateway {

/// What one worker counts; written by it alone, read by a scrape. On its own cache lines.
struct alignas(64) Counters {
  std::array<std::atomic<std::uint64_t>, 6> by_class{};  ///< index: status / 100, 0: no answer
  std::atomic<std::uint64_t> misses{0};                  ///< left the hot path for a look-up
  std::atomic<std::uint64_t> renewals{0};                ///< replays after a provider's 401
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> gateway_errors{0};  ///< answered by us, not by the provider

  static void add(std::atomic<std::uint64_t>& counter) {
    // One writer, so a plain load and store do; no locked instruction on the hot path.
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

}  // namespace wayleave::gateway
