#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "db/database.hpp"
#include "gateway/gateway.hpp"
#include "gateway/request_log.hpp"
#include "net/traffic.hpp"

namespace wayleave::app {

/// What the parts of the server counted, at one moment.
struct Readings {
  gateway::Totals gateway;
  gateway::CacheTotals caches;
  net::TrafficTotals traffic;
  gateway::RequestLog::Totals request_log;
  db::Database::State database;
  vault::RefreshTotals refreshes;
};

/// The readings as Prometheus families, as docs/metrics.md describes them. No label holds anything
/// a caller sent (LG-01).
[[nodiscard]] std::vector<prometheus::MetricFamily> metric_families(const Readings& readings);

}  // namespace wayleave::app
