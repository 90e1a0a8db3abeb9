#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "gateway/request_record.hpp"

namespace wayleave::gateway {

/// Records on their way from one worker to the one thread that stores them: bytes in a circle, no
/// lock, no allocation after construction. A full ring takes no more until it is emptied.
class RequestRing {
 public:
  /// Rounded up to a power of two of at least 16 KiB.
  explicit RequestRing(std::size_t bytes);
  RequestRing(const RequestRing&) = delete;
  RequestRing& operator=(const RequestRing&) = delete;

  /// The worker's side. Copies the record; false: there is no room.
  [[nodiscard]] bool put(const RequestRecord& record);

  /// The reader's side: gives each record that is there to `use(const RequestRecord&)`, whose views
  /// hold for that call.
  template <class Use>
  void take(Use use) {
    RequestRecord record;
    const std::uint64_t end = head_.load(std::memory_order_acquire);
    std::uint64_t at = tail_.load(std::memory_order_relaxed);
    while (at != end) {
      if (read(at, record)) use(static_cast<const RequestRecord&>(record));
      tail_.store(at, std::memory_order_release);
    }
  }

 private:
  [[nodiscard]] char* place(std::uint64_t at) const { return &bytes_[at & mask_]; }
  /// Reads the entry at `at` and moves behind it; false for one that only fills the end.
  [[nodiscard]] bool read(std::uint64_t& at, RequestRecord& record) const;

  const std::uint64_t mask_;
  const std::unique_ptr<char[]> bytes_;
  alignas(64) std::atomic<std::uint64_t> head_{0};  ///< written by the worker
  std::uint64_t tail_seen_ = 0;                     ///< the worker's copy, to spare a cache miss
  alignas(64) std::atomic<std::uint64_t> tail_{0};  ///< written by the reader
};

}  // namespace wayleave::gateway
