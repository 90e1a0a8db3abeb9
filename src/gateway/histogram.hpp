#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

#include "base/clock.hpp"
#include "base/counter.hpp"

namespace wayleave::gateway {

/// How long things took: buckets that double from 0.5 ms to about 65 s, so that the place of a
/// duration is its number of bits and not a search. Written by one thread, read by a scrape.
class Histogram {
 public:
  static constexpr std::size_t bounds_count = 18;  ///< 0.5 ms * 2^17 = 65.536 s
  static constexpr std::chrono::nanoseconds first_bound{500'000};

  /// The upper end of bucket `index`, itself included.
  [[nodiscard]] static constexpr std::chrono::nanoseconds bound(std::size_t index) {
    return first_bound * (std::int64_t{1} << index);
  }
  /// `bounds_count` for what is longer than the last bound; nothing is shorter than 0.
  [[nodiscard]] static constexpr std::size_t bucket_of(std::chrono::nanoseconds duration) {
    if (duration <= first_bound) return 0;
    const auto halves = static_cast<std::uint64_t>((duration.count() - 1) / first_bound.count());
    const auto bits = static_cast<std::size_t>(std::bit_width(halves));
    return bits < bounds_count ? bits : bounds_count;
  }

  void observe(Tick::duration duration) {
    buckets_[bucket_of(duration)].add();
    sum_ns_.add(static_cast<std::uint64_t>(duration.count()));
  }

  /// Any thread; a call that is being counted may be in one number and not yet in another.
  [[nodiscard]] std::uint64_t count(std::size_t bucket) const { return buckets_[bucket].value(); }
  [[nodiscard]] std::uint64_t sum_ns() const { return sum_ns_.value(); }

 private:
  std::array<Counter, bounds_count + 1> buckets_;  ///< not cumulative; the last: beyond all bounds
  Counter sum_ns_;
};

/// One or several histograms at one moment.
struct HistogramTotals {
  std::array<std::uint64_t, Histogram::bounds_count + 1> buckets{};
  std::uint64_t sum_ns = 0;

  void add(const Histogram& one) {
    for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += one.count(i);
    sum_ns += one.sum_ns();
  }
};

}  // namespace wayleave::gateway
