#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/gateway.hpp"

namespace wayleave::app {

/// The gateway's totals as Prometheus families. No label holds anything a caller sent (LG-01).
[[nodiscard]] std::vector<prometheus::MetricFamily> metric_families(const gateway::Totals& totals);

}  // namespace wayleave::app
