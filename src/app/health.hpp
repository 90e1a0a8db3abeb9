#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "access/audit_chain.hpp"
#include "api/parts.hpp"
#include "app/core.hpp"
#include "gateway/request_log.hpp"

namespace wayleave::app {

/// How a running server is, in plain words for `GET /v1/health`: what `wayleave doctor` looks at,
/// as far as it may be looked at while serving, and what only the server knows. Any thread.
class Health {
 public:
  struct Parts {
    Core& core;  ///< outlives this
    std::function<gateway::RequestLog::Totals()> request_log;
    std::function<std::optional<access::TrailVerdict>()> trail;
  };
  explicit Health(Parts parts);

  /// Blocks while it looks; what was found stands for some seconds. One caller looks at a time,
  /// others get what was found before.
  [[nodiscard]] api::HealthReport report();

 private:
  [[nodiscard]] std::vector<api::HealthCheck> look();

  Parts parts_;
  const Instant started_at_;
  std::mutex looking_;
  std::mutex mutex_;  // guards what follows
  std::optional<std::vector<api::HealthCheck>> found_;
  Tick found_at_;
  gateway::RequestLog::Totals log_before_;  // guarded by looking_
};

}  // namespace wayleave::app
