#include "app/metrics.hpp"

#include <string>

namespace wayleave::app {
namespace {

prometheus::MetricFamily family(const char* name, const char* help) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Counter;
  return family;
}

prometheus::MetricFamily counter(const char* name, const char* help, std::uint64_t value) {
  prometheus::MetricFamily one = family(name, help);
  prometheus::ClientMetric metric;
  metric.counter.value = static_cast<double>(value);
  one.metric.push_back(std::move(metric));
  return one;
}

}  // namespace

std::vector<prometheus::MetricFamily> metric_families(const gateway::Totals& totals) {
  auto answers = family("wayleave_answers_total", "Answers by class of status; none: cut off");
  for (std::size_t i = 0; i < totals.by_class.size(); ++i) {
    prometheus::ClientMetric metric;
    metric.label.push_back({"class", i == 0 ? "none" : std::to_string(i) + "xx"});
    metric.counter.value = static_cast<double>(totals.by_class[i]);
    answers.metric.push_back(std::move(metric));
  }
  return {
      answers,
      counter("wayleave_gateway_errors_total",
              "Answers made by the gateway itself, not by a provider",
              totals.gateway_errors),
      counter("wayleave_snapshot_misses_total",
              "Calls that had to ask the database or the vault first",
              totals.misses),
      counter("wayleave_renewals_total",
              "Calls repeated with a new token after the provider's 401",
              totals.renewals),
      counter("wayleave_retries_total", "Calls repeated as Wayleave-Retries asks", totals.retries)};
}

}  // namespace wayleave::app
