#include "gateway/request_ring.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wayleave::gateway {
namespace {

constexpr std::size_t kBytesMin = 16 * 1024;

/// How an entry begins; the texts follow. Entries are multiples of 8 bytes and never wrap: one that
/// does not fit before the end of the buffer is preceded by a filler.
struct Entry {
  std::uint32_t size;  ///< of all of it
  std::uint32_t is_filler;
  RequestFacts facts;
  std::array<std::uint16_t, kRequestTexts> lengths;
};
struct Filler {
  std::uint32_t size;
  std::uint32_t is_filler;
};
static_assert(sizeof(Filler) == 8);

constexpr std::size_t kEntryBytesMax = sizeof(Entry) + kRequestTexts * kRequestTextBytesMax + 8;
static_assert(kEntryBytesMax < kBytesMin);

}  // namespace

RequestRing::RequestRing(std::size_t bytes)
    : mask_(std::bit_ceil(std::max(bytes, kBytesMin)) - 1),
      bytes_(std::make_unique_for_overwrite<char[]>(mask_ + 1)) {}

bool RequestRing::put(const RequestRecord& record) {
  Entry entry;
  std::size_t size = sizeof entry;
  for (std::size_t i = 0; i < kRequestTexts; ++i) {
    const std::size_t length = std::min(record.texts[i].size(), kRequestTextBytesMax);
    entry.lengths[i] = static_cast<std::uint16_t>(length);
    size += length;
  }
  size = (size + 7) & ~std::size_t{7};
  const std::uint64_t head = head_.load(std::memory_order_relaxed);
  const std::size_t to_end = mask_ + 1 - (head & mask_);
  const std::size_t filler = to_end < size ? to_end : 0;
  if (head + filler + size - tail_seen_ > mask_ + 1) {
    tail_seen_ = tail_.load(std::memory_order_acquire);
    if (head + filler + size - tail_seen_ > mask_ + 1) return false;
  }
  if (filler > 0) {
    const Filler end{static_cast<std::uint32_t>(filler), 1};
    std::memcpy(place(head), &end, sizeof end);
  }
  entry.size = static_cast<std::uint32_t>(size);
  entry.is_filler = 0;
  entry.facts = record.facts;
  char* out = place(head + filler);
  std::memcpy(out, &entry, sizeof entry);
  out += sizeof entry;
  for (std::size_t i = 0; i < kRequestTexts; ++i) {
    if (entry.lengths[i] == 0) continue;
    std::memcpy(out, record.texts[i].data(), entry.lengths[i]);
    out += entry.lengths[i];
  }
  head_.store(head + filler + size, std::memory_order_release);
  return true;
}

bool RequestRing::read(std::uint64_t& at, RequestRecord& record) const {
  const char* from = place(at);
  Filler begin{};
  std::memcpy(&begin, from, sizeof begin);
  at += begin.size;
  if (begin.is_filler != 0) return false;
  Entry entry;
  std::memcpy(&entry, from, sizeof entry);
  record.facts = entry.facts;
  from += sizeof entry;
  for (std::size_t i = 0; i < kRequestTexts; ++i) {
    record.texts[i] = {from, entry.lengths[i]};
    from += entry.lengths[i];
  }
  return true;
}

}  // namespace wayleave::gateway
