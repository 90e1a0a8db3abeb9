#pragma once

#include <atomic>
#include <cstdint>

namespace wayleave {

/// A number that one thread changes and others only read, for metrics. With a single writer a plain
/// load and store do: no locked instruction where calls are served.
class Counter {
 public:
  void add(std::uint64_t by = 1) { set(value() + by); }
  void subtract(std::uint64_t by = 1) { set(value() - by); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  /// Any thread.
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace wayleave
