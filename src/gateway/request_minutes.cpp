#include "gateway/request_minutes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace wayleave::gateway {
namespace {

using namespace std::chrono_literals;

constexpr Millis kMinute = 1min;
constexpr std::size_t kDurations = std::tuple_size_v<DurationCounts>;
constexpr std::size_t kColumns = 5 + kDurations;

constexpr const char* kAllApps = "*";  // no slug is written so

std::int64_t minute_of(Instant at) { return to_millis(at) / kMinute.count(); }

struct Counts {
  std::int64_t total = 0;
  std::int64_t failed = 0;
  DurationCounts durations{};
};

std::string upsert_sql() {
  std::string columns = "workspace, app, minute, total, failed";
  std::string update =
      "total = request_minute.total + excluded.total, failed = request_minute.failed + "
      "excluded.failed";
  for (std::size_t i = 0; i < kDurations; ++i) {
    const std::string name = "d" + std::to_string(i);
    columns += ", " + name;
    update += ", " + name + " = request_minute." + name + " + excluded." + name;
  }
  std::string values;
  for (std::size_t i = 1; i <= kColumns; ++i) {
    values += (i == 1 ? "$" : ", $") + std::to_string(i);
  }
  return "INSERT INTO request_minute (" + columns + ") VALUES (" + values +
         ") ON CONFLICT (workspace, app, minute) DO UPDATE SET " + update;
}

/// The sums of each stretch that has any; its number first.
std::string sums_sql() {
  std::string sums;
  for (std::size_t i = 0; i < kDurations; ++i) {
    sums += ", CAST(sum(d" + std::to_string(i) + ") AS bigint)";
  }
  return "SELECT (minute - $5) / $6 AS stretch, CAST(sum(total) AS bigint), "
         "CAST(sum(failed) AS bigint)" +
         sums +
         " FROM request_minute WHERE workspace = $1 AND app = $2 AND minute >= $3 AND minute < $4 "
         "GROUP BY stretch";
}

void add(Counts& counts, const RequestFacts& facts) {
  ++counts.total;
  if (facts.status < 100 || facts.status >= 400 || facts.cut) ++counts.failed;
  ++counts.durations.at(duration_index(facts.duration_ms));
}

}  // namespace

Result<> count_minutes(db::Transaction& tx, std::span<const DatedRequest> requests) {
  static const std::string sql = upsert_sql();
  std::map<std::tuple<std::string, std::string, std::int64_t>, Counts> minutes;
  for (const DatedRequest& each : requests) {
    const std::string& workspace = each.request[RequestText::Workspace];
    const std::string& app = each.request[RequestText::App];
    const std::int64_t minute = minute_of(each.ended);
    add(minutes[{workspace, kAllApps, minute}], each.request.facts);
    if (!app.empty()) add(minutes[{workspace, app, minute}], each.request.facts);
  }
  for (const auto& [key, counts] : minutes) {
    const auto& [workspace, app, minute] = key;
    std::vector<db::Value> params{workspace, app, minute, counts.total, counts.failed};
    for (const std::int64_t count : counts.durations) params.emplace_back(count);
    WL_CHECK(tx.execute(sql, std::move(params)));
  }
  return {};
}

std::optional<std::int64_t> estimate_quantile(const DurationCounts& counts, int percent) {
  std::int64_t total = 0;
  for (const std::int64_t count : counts) total += count;
  if (total == 0) return std::nullopt;
  const std::int64_t rank = (total * percent + 99) / 100;
  std::int64_t below = 0;
  for (std::size_t i = 0; i < kDurationBoundsMs.size(); ++i) {
    if (below + counts.at(i) >= rank) {
      const std::int64_t from = i == 0 ? 0 : kDurationBoundsMs.at(i - 1);
      return from + (kDurationBoundsMs.at(i) - from) * (rank - below) / counts.at(i);
    }
    below += counts.at(i);
  }
  return kDurationBoundsMs.back();  // nobody knows how much longer
}

Result<RequestSummary> summarize_minutes(db::Transaction& tx,
                                         const WorkspaceId& workspace,
                                         const RequestFilter& filter) {
  const Instant since = from_millis(minute_of(*filter.since) * kMinute.count());
  const Instant until = from_millis((minute_of(*filter.until - Millis{1}) + 1) * kMinute.count());
  RequestSummary summary = empty_summary(since, until, kMinute);
  const Instant first = summary.buckets.front().at;
  static const std::string sql = sums_sql();
  WL_TRY(const auto rows,
         tx.query(sql,
                  {workspace,
                   filter.app.value_or(kAllApps),
                   minute_of(summary.since),
                   minute_of(summary.until),
                   minute_of(first),
                   summary.bucket / kMinute}));
  for (const auto& row : rows) {
    RequestBucket& bucket = summary.buckets.at(static_cast<std::size_t>(row[0].integer()));
    bucket.total = row[1].integer();
    bucket.failed = row[2].integer();
    DurationCounts durations{};
    for (std::size_t i = 0; i < kDurations; ++i) {
      durations.at(i) = row[3 + i].integer();
      summary.durations.at(i) += durations.at(i);
    }
    bucket.p50_ms = estimate_quantile(durations, 50);
    bucket.p95_ms = estimate_quantile(durations, 95);
    summary.total += bucket.total;
    summary.failed += bucket.failed;
  }
  return summary;
}

Result<bool> has_minutes_before(db::Transaction& tx, Instant oldest) {
  WL_TRY(const auto row,
         tx.query_one("SELECT minute FROM request_minute WHERE minute < $1 LIMIT 1",
                      {minute_of(oldest)}));
  return row.has_value();
}

Result<> delete_minutes_before(db::Transaction& tx, Instant oldest, std::int64_t limit) {
  WL_CHECK(
      tx.execute("DELETE FROM request_minute WHERE minute < $1 AND minute IN "
                 "(SELECT minute FROM request_minute WHERE minute < $1 ORDER BY minute LIMIT $2)",
                 {minute_of(oldest), limit}));
  return {};
}

db::Migration minutes_migration(int number) {
  // A minute is 60,000 times the 2^20 numbers of a millisecond of ids.
  return {"gateway", number, R"(CREATE TABLE request_minute (
  workspace text NOT NULL,
  app text NOT NULL,
  minute bigint NOT NULL,
  total bigint NOT NULL,
  failed bigint NOT NULL,
  d0 bigint NOT NULL,
  d1 bigint NOT NULL,
  d2 bigint NOT NULL,
  d3 bigint NOT NULL,
  d4 bigint NOT NULL,
  d5 bigint NOT NULL,
  d6 bigint NOT NULL,
  d7 bigint NOT NULL,
  d8 bigint NOT NULL,
  d9 bigint NOT NULL,
  d10 bigint NOT NULL,
  d11 bigint NOT NULL,
  d12 bigint NOT NULL,
  d13 bigint NOT NULL,
  d14 bigint NOT NULL,
  PRIMARY KEY (workspace, app, minute));
CREATE INDEX request_minute_age ON request_minute (minute);
INSERT INTO request_minute SELECT workspace, app, id / 62914560000, count(*),
  count(CASE WHEN class = 0 OR class >= 4 OR cut <> 0 THEN 1 END),
  count(CASE WHEN duration_ms <= 1 THEN 1 END),
  count(CASE WHEN duration_ms > 1 AND duration_ms <= 2 THEN 1 END),
  count(CASE WHEN duration_ms > 2 AND duration_ms <= 5 THEN 1 END),
  count(CASE WHEN duration_ms > 5 AND duration_ms <= 10 THEN 1 END),
  count(CASE WHEN duration_ms > 10 AND duration_ms <= 20 THEN 1 END),
  count(CASE WHEN duration_ms > 20 AND duration_ms <= 50 THEN 1 END),
  count(CASE WHEN duration_ms > 50 AND duration_ms <= 100 THEN 1 END),
  count(CASE WHEN duration_ms > 100 AND duration_ms <= 200 THEN 1 END),
  count(CASE WHEN duration_ms > 200 AND duration_ms <= 500 THEN 1 END),
  count(CASE WHEN duration_ms > 500 AND duration_ms <= 1000 THEN 1 END),
  count(CASE WHEN duration_ms > 1000 AND duration_ms <= 2000 THEN 1 END),
  count(CASE WHEN duration_ms > 2000 AND duration_ms <= 5000 THEN 1 END),
  count(CASE WHEN duration_ms > 5000 AND duration_ms <= 10000 THEN 1 END),
  count(CASE WHEN duration_ms > 10000 AND duration_ms <= 30000 THEN 1 END),
  count(CASE WHEN duration_ms > 30000 THEN 1 END)
  FROM request_log WHERE app IS NOT NULL GROUP BY 1, 2, 3;
INSERT INTO request_minute SELECT workspace, '*', id / 62914560000, count(*),
  count(CASE WHEN class = 0 OR class >= 4 OR cut <> 0 THEN 1 END),
  count(CASE WHEN duration_ms <= 1 THEN 1 END),
  count(CASE WHEN duration_ms > 1 AND duration_ms <= 2 THEN 1 END),
  count(CASE WHEN duration_ms > 2 AND duration_ms <= 5 THEN 1 END),
  count(CASE WHEN duration_ms > 5 AND duration_ms <= 10 THEN 1 END),
  count(CASE WHEN duration_ms > 10 AND duration_ms <= 20 THEN 1 END),
  count(CASE WHEN duration_ms > 20 AND duration_ms <= 50 THEN 1 END),
  count(CASE WHEN duration_ms > 50 AND duration_ms <= 100 THEN 1 END),
  count(CASE WHEN duration_ms > 100 AND duration_ms <= 200 THEN 1 END),
  count(CASE WHEN duration_ms > 200 AND duration_ms <= 500 THEN 1 END),
  count(CASE WHEN duration_ms > 500 AND duration_ms <= 1000 THEN 1 END),
  count(CASE WHEN duration_ms > 1000 AND duration_ms <= 2000 THEN 1 END),
  count(CASE WHEN duration_ms > 2000 AND duration_ms <= 5000 THEN 1 END),
  count(CASE WHEN duration_ms > 5000 AND duration_ms <= 10000 THEN 1 END),
  count(CASE WHEN duration_ms > 10000 AND duration_ms <= 30000 THEN 1 END),
  count(CASE WHEN duration_ms > 30000 THEN 1 END)
  FROM request_log GROUP BY 1, 3;
)"};
}

}  // namespace wayleave::gateway
