#pragma once

#include <array>
#include <cstdint>

#include "base/counter.hpp"
#include "gateway/histogram.hpp"
#include "net/dispatcher.hpp"

namespace wayleave::gateway {

/// What one worker counts; written by it alone, read by a scrape. On its own cache lines.
struct alignas(64) Counters {
  Counter begun;                        ///< proxied calls; those in flight are not in by_class yet
  std::array<Counter, 6> by_class;      ///< index: status / 100, 0: no answer
  std::array<Counter, 6> api_by_class;  ///< the same of every other path
  Counter cut;                          ///< proxied calls whose answer was not given whole
  Counter request_bytes;
  Counter answer_bytes;
  Histogram duration;       ///< whole proxied calls
  Histogram provider_wait;  ///< of those that were sent to a provider
  Counter misses;           ///< left the hot path for a look-up
  Counter renewals;         ///< replays after a provider's 401
  Counter retries;
  Counter gateway_errors;  ///< answered by us, not by the provider

  /// A proxied call ended; `sent`: it was sent to a provider at least once.
  void count(const net::Outcome& outcome, bool sent) {
    by_class[class_of(outcome.status)].add();
    if (outcome.cut) cut.add();
    request_bytes.add(outcome.request_bytes);
    answer_bytes.add(outcome.answer_bytes);
    duration.observe(outcome.ended - outcome.started);
    if (sent) provider_wait.observe(outcome.provider_wait);
  }
  /// An exchange of any other path ended.
  void count_api(const net::Outcome& outcome) { api_by_class[class_of(outcome.status)].add(); }

  [[nodiscard]] static std::size_t class_of(int status) {
    const auto index = static_cast<std::size_t>(status / 100);
    return index < 6 ? index : 0;
  }
};

/// The totals of all workers at one moment.
struct Totals {
  std::uint64_t begun = 0;
  std::array<std::uint64_t, 6> by_class{};
  std::array<std::uint64_t, 6> api_by_class{};
  std::uint64_t cut = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t answer_bytes = 0;
  HistogramTotals duration;
  HistogramTotals provider_wait;
  std::uint64_t misses = 0;
  std::uint64_t renewals = 0;
  std::uint64_t retries = 0;
  std::uint64_t gateway_errors = 0;

  void add(const Counters& one);
};

}  // namespace wayleave::gateway
