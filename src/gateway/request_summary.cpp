#include "gateway/request_summary.hpp"

#include <algorithm>
#include <utility>

#include "gateway/request_conditions.hpp"
#include "gateway/request_minutes.hpp"

namespace wayleave::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Millis kLengths[] = {
    1s, 2s, 5s, 10s, 15s, 30s, 1min, 2min, 5min, 10min, 15min, 30min, 1h, 2h, 3h, 6h, 12h, 24h};

/// Calls of all or of an app lie anywhere in the table: from so many on their minutes are added up.
constexpr std::int64_t kManyCalls = 2'000;

Instant begin_of(Instant at, Millis length) {
  const auto ms = to_millis(at);
  return from_millis(ms - ms % length.count());
}

std::int64_t count_of(Instant since, Instant until, Millis length) {
  const auto whole = until - begin_of(since, length);
  return (whole + length - Millis{1}) / length;
}

/// The least value that no less than that share of them do not exceed; sorts them in part.
std::optional<std::int64_t> quantile(std::vector<std::int64_t>& values, int percent) {
  if (values.empty()) return std::nullopt;
  const std::size_t rank = (values.size() * static_cast<std::size_t>(percent) + 99) / 100;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::ranges::nth_element(values, at);
  return *at;
}

/// Whether minutes are counted by what the filter asks for.
bool has_minutes_of(const RequestFilter& filter) {
  return !filter.user && !filter.connection && !filter.method && !filter.status &&
         !filter.status_class && !filter.code && !filter.duration_ms_min && !filter.request_id;
}

/// Adds the newest calls of a filter whose rows an index has in order; true: there are more.
Result<bool> add_newest(db::Transaction& tx,
                        const WorkspaceId& workspace,
                        RequestFilter filter,
                        Summarizer& summarizer) {
  WL_TRY(const auto floor, request_floor(tx, workspace, filter));
  filter.from_id = floor.value_or(0);
  RequestConditions conditions = request_conditions(workspace, filter);
  WL_TRY(const auto rows,
         tx.query("SELECT id, duration_ms, class, cut FROM request_log WHERE " + conditions.sql(),
                  conditions.take_params()));
  for (const auto& row : rows) {
    const std::int64_t cls = row[2].integer();
    const bool failed = cls == 0 || cls >= 4 || row[3].boolean();
    summarizer.add(ended_at(row[0].integer()), row[1].integer(), failed);
  }
  return floor.has_value();
}

}  // namespace

std::size_t duration_index(std::int64_t duration_ms) {
  const auto bound = std::ranges::lower_bound(kDurationBoundsMs, duration_ms);
  return static_cast<std::size_t>(bound - kDurationBoundsMs.begin());
}

Millis bucket_length(Instant since, Instant until, Millis least) {
  for (const Millis length : kLengths) {
    if (length >= least && count_of(since, until, length) <= RequestSummary::buckets_max)
      return length;
  }
  const Millis day = 24h;
  const auto days = (until - since) / (day * (RequestSummary::buckets_max - 1)) + 1;
  return day * days;
}

RequestSummary empty_summary(Instant since, Instant until, Millis least) {
  RequestSummary summary;
  summary.since = since;
  summary.until = until;
  summary.bucket = bucket_length(since, until, least);
  const Instant first = begin_of(since, summary.bucket);
  for (std::int64_t i = 0; i < count_of(since, until, summary.bucket); ++i) {
    summary.buckets.push_back({first + i * summary.bucket});
  }
  return summary;
}

Summarizer::Summarizer(Instant since, Instant until)
    : summary_(empty_summary(since, until, kLengths[0])), durations_(summary_.buckets.size()) {}

void Summarizer::add(Instant ended, std::int64_t duration_ms, bool failed) {
  if (ended < summary_.since || ended >= summary_.until) return;
  const auto index =
      static_cast<std::size_t>((ended - summary_.buckets.front().at) / summary_.bucket);
  ++summary_.buckets[index].total;
  ++summary_.total;
  if (failed) {
    ++summary_.buckets[index].failed;
    ++summary_.failed;
  }
  ++summary_.durations[duration_index(duration_ms)];
  durations_[index].push_back(duration_ms);
}

RequestSummary Summarizer::finish() {
  for (std::size_t i = 0; i < durations_.size(); ++i) {
    summary_.buckets[i].p50_ms = quantile(durations_[i], 50);
    summary_.buckets[i].p95_ms = quantile(durations_[i], 95);
  }
  return std::move(summary_);
}

Result<RequestSummary> summarize_requests(db::Transaction& tx,
                                          const WorkspaceId& workspace,
                                          const RequestFilter& wanted) {
  RequestFilter filter = wanted;
  filter.before_id = 0;
  if (has_minutes_of(filter)) {
    WL_TRY(const auto many, request_floor(tx, workspace, filter, kManyCalls));
    if (many) return summarize_minutes(tx, workspace, filter);
  }
  WL_TRY(const auto parts, by_index(tx, workspace, filter));
  Summarizer summarizer(*filter.since, *filter.until);
  bool partial = false;
  for (const RequestFilter& part : parts) {
    WL_TRY(const bool more, add_newest(tx, workspace, part, summarizer));
    partial = partial || more;
  }
  RequestSummary summary = summarizer.finish();
  summary.partial = partial;
  return summary;
}

}  // namespace wayleave::gateway
