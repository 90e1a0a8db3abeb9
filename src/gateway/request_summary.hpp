#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "gateway/request_store.hpp"

namespace wayleave::gateway {

/// Calls by how long they took, in milliseconds: up to each bound and not up to the one before, and
/// one count for what took longer than all of them.
inline constexpr std::array<std::int64_t, 14> kDurationBoundsMs = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000, 30'000};
using DurationCounts = std::array<std::int64_t, kDurationBoundsMs.size() + 1>;
[[nodiscard]] std::size_t duration_index(std::int64_t duration_ms);

/// The calls of one stretch of time.
struct RequestBucket {
  Instant at;  ///< when it begins
  std::int64_t total = 0;
  std::int64_t failed = 0;  ///< answered 400 or above, or not whole
  std::optional<std::int64_t> p50_ms = {};
  std::optional<std::int64_t> p95_ms = {};
};

/// How calls went between two moments, in at most 60 stretches of equal length.
struct RequestSummary {
  static constexpr std::int64_t buckets_max = 60;

  Instant since;
  Instant until;
  Millis bucket{0};
  std::vector<RequestBucket> buckets;
  std::int64_t total = 0;
  std::int64_t failed = 0;
  DurationCounts durations{};
  bool partial = false;  ///< there are more: only the newest were looked at
};

/// The shortest of a few handy lengths, `least` or longer, with which at most 60 stretches, that
/// begin at its multiples, cover that time. `since` is before `until`.
[[nodiscard]] Millis bucket_length(Instant since, Instant until, Millis least = Millis{1'000});
/// A summary of nothing in that time, with all its stretches.
[[nodiscard]] RequestSummary empty_summary(Instant since, Instant until, Millis least);

/// Makes a summary of calls that are given one by one. Pure.
class Summarizer {
 public:
  Summarizer(Instant since, Instant until);
  /// Of a call outside that time nothing is noted.
  void add(Instant ended, std::int64_t duration_ms, bool failed);
  [[nodiscard]] RequestSummary finish();

 private:
  RequestSummary summary_;
  std::vector<std::vector<std::int64_t>> durations_;  // by bucket
};

/// The summary of what the filter finds, whose `since` and `until` must be set; its place in a list
/// and its limit do not matter. Of all calls or of an app's, where they are more than 2,000: the
/// whole minutes that touch that time, p50 and p95 estimated. Of any other filter: the newest
/// 20,000
/// (`partial` when there are more).
[[nodiscard]] Result<RequestSummary> summarize_requests(db::Transaction& tx,
                                                        const WorkspaceId& workspace,
                                                        const RequestFilter& filter);

}  // namespace wayleave::gateway
