#include "app/metrics.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace wayleave::app {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using prometheus::MetricType;

/// Adds a family and its numbers one by one, each under one label or none.
class Family {
 public:
  Family(Families& out, MetricType type, const char* name, const char* help) : type_(type) {
    family_.name = name;
    family_.help = help;
    family_.type = type;
    out_ = &out;
  }
  Family& value(std::uint64_t number, const char* label = nullptr, std::string text = {}) {
    prometheus::ClientMetric metric;
    if (label != nullptr) metric.label.push_back({label, std::move(text)});
    const auto shown = static_cast<double>(number);
    (type_ == MetricType::Counter ? metric.counter.value : metric.gauge.value) = shown;
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  void histogram(const gateway::HistogramTotals& totals) {
    prometheus::ClientMetric metric;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < gateway::Histogram::bounds_count; ++i) {
      count += totals.buckets[i];
      const std::chrono::duration<double> bound = gateway::Histogram::bound(i);
      metric.histogram.bucket.push_back({count, bound.count()});
    }
    count += totals.buckets.back();
    metric.histogram.bucket.push_back({count, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = count;
    metric.histogram.sample_sum = static_cast<double>(totals.sum_ns) / 1e9;
    family_.metric.push_back(std::move(metric));
  }
  ~Family() { out_->push_back(std::move(family_)); }
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

 private:
  MetricType type_;
  prometheus::MetricFamily family_;
  Families* out_;
};

Family counter(Families& out, const char* name, const char* help) {
  return {out, MetricType::Counter, name, help};
}
Family gauge(Families& out, const char* name, const char* help) {
  return {out, MetricType::Gauge, name, help};
}
Family histogram(Families& out, const char* name, const char* help) {
  return {out, MetricType::Histogram, name, help};
}

void add_classes(Family&& family, const std::array<std::uint64_t, 6>& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    family.value(counts[i], "class", i == 0 ? "none" : std::to_string(i) + "xx");
  }
}

void add_calls(Families& out, const gateway::Totals& totals) {
  add_classes(counter(out, "wayleave_answers_total", "Answers by class of status; none: cut off"),
              totals.by_class);
  counter(out, "wayleave_answers_cut_total", "Proxied calls whose answer was not given whole")
      .value(totals.cut);
  std::uint64_t ended = 0;
  for (const std::uint64_t count : totals.by_class) ended += count;
  gauge(out, "wayleave_requests_in_flight", "Proxied calls being served")
      .value(totals.begun - std::min(ended, totals.begun));
  histogram(out, "wayleave_request_duration_seconds", "Proxied calls from head to last byte")
      .histogram(totals.duration);
  histogram(out,
            "wayleave_provider_wait_seconds",
            "Waiting for providers: from sending a call on to the head of the answer, all attempts")
      .histogram(totals.provider_wait);
  counter(out, "wayleave_request_bytes_total", "Content of proxied calls taken from callers")
      .value(totals.request_bytes);
  counter(out, "wayleave_answer_bytes_total", "Content of proxied calls given to callers")
      .value(totals.answer_bytes);
  add_classes(counter(out, "wayleave_api_answers_total", "Answers of every other path by class"),
              totals.api_by_class);
}

void add_hot_path(Families& out, const gateway::Totals& totals) {
  counter(
      out, "wayleave_gateway_errors_total", "Answers made by the gateway itself, not by a provider")
      .value(totals.gateway_errors);
  counter(out,
          "wayleave_snapshot_misses_total",
          "Calls that had to ask the database or the vault first")
      .value(totals.misses);
  counter(
      out, "wayleave_renewals_total", "Calls repeated with a new token after the provider's 401")
      .value(totals.renewals);
  counter(out, "wayleave_retries_total", "Calls repeated as Wayleave-Retries asks")
      .value(totals.retries);
}

void add_caches(Families& out, const gateway::CacheTotals& totals) {
  using One = gateway::CacheTotals::One;
  const std::pair<const char*, const One*> kinds[] = {
      {"key", &totals.keys}, {"app", &totals.apps}, {"credential", &totals.credentials}};
  Family hits =
      counter(out, "wayleave_cache_hits_total", "Look-ups that a worker's memory answered");
  Family misses = counter(out, "wayleave_cache_misses_total", "Look-ups that it could not answer");
  Family entries = gauge(out, "wayleave_cache_entries", "What the workers remember, all together");
  for (const auto& [kind, one] : kinds) {
    hits.value(one->hits, "kind", kind);
    misses.value(one->misses, "kind", kind);
    entries.value(one->entries, "kind", kind);
  }
}

void add_connections(Families& out, const net::TrafficTotals& totals) {
  gauge(out, "wayleave_client_connections", "Open connections of callers")
      .value(totals.clients_open);
  counter(out, "wayleave_client_connections_total", "Connections of callers by what became of them")
      .value(totals.clients_accepted, "result", "accepted")
      .value(totals.clients_refused, "result", "refused");
  gauge(out, "wayleave_upstream_connections", "Open connections to providers by state")
      .value(totals.upstreams_open - std::min(totals.upstreams_idle, totals.upstreams_open),
             "state",
             "busy")
      .value(totals.upstreams_idle, "state", "idle");
  counter(out, "wayleave_upstream_connections_made_total", "Connections to providers begun")
      .value(totals.upstreams_made);
  counter(out, "wayleave_upstream_connections_failed_total", "Of these, not established")
      .value(totals.upstreams_failed);
  counter(out, "wayleave_upstream_connections_reused_total", "Calls sent over a kept connection")
      .value(totals.upstreams_reused);
  gauge(out, "wayleave_slow_jobs", "Jobs of exchanges on the slow executor").value(totals.parked);
  gauge(out, "wayleave_mailbox_messages", "Messages that wait for a worker").value(totals.mailed);
}

void add_request_log(Families& out, const gateway::RequestLog::Totals& totals) {
  counter(out, "wayleave_request_log_stored_total", "Calls stored in the request log")
      .value(totals.stored);
  counter(out, "wayleave_request_log_dropped_total", "Calls not stored in the request log, and why")
      .value(totals.dropped_failed_rate, "reason", "rate_failed")
      .value(totals.dropped_other_rate, "reason", "rate_other")
      .value(totals.dropped_ring_full, "reason", "ring_full")
      .value(totals.dropped_not_stored, "reason", "database");
  counter(out, "wayleave_request_log_deleted_total", "Calls deleted because too old or too many")
      .value(totals.deleted);
}

void add_refreshes(Families& out, const vault::RefreshTotals& totals) {
  counter(out, "wayleave_token_refreshes_total", "Token refreshes by how they ended")
      .value(totals.stored, "outcome", "stored")
      .value(totals.failed, "outcome", "failed")
      .value(totals.unknown, "outcome", "unknown")
      .value(totals.condemned, "outcome", "condemned");
  counter(out,
          "wayleave_emergency_journal_total",
          "Granted tokens that the database did not take, and whether the journal did")
      .value(totals.kept, "outcome", "kept")
      .value(totals.unkept, "outcome", "failed");
}

void add_database(Families& out, const db::Database::State& state) {
  gauge(out, "wayleave_database_writable", "1 while the database takes writes")
      .value(state.writable ? 1 : 0);
  counter(out, "wayleave_database_writes_total", "Pieces of work written").value(state.writes);
  counter(out, "wayleave_database_commits_total", "Transactions they shared").value(state.commits);
}

}  // namespace

std::vector<prometheus::MetricFamily> metric_families(const Readings& readings) {
  Families out;
  add_calls(out, readings.gateway);
  add_hot_path(out, readings.gateway);
  add_caches(out, readings.caches);
  add_connections(out, readings.traffic);
  add_request_log(out, readings.request_log);
  add_database(out, readings.database);
  add_refreshes(out, readings.refreshes);
  return out;
}

}  // namespace wayleave::app
