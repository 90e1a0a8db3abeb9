#include "app/health.hpp"

#include <fmt/core.h>

#include <utility>

#include "app/doctor/look.hpp"
#include "vault/refresh/lease.hpp"

namespace wayleave::app {
namespace {

using namespace std::chrono_literals;
using Status = api::HealthCheck::Status;

constexpr std::chrono::seconds kStands{5};
/// A refresh that is due is begun within seconds; more than these that wait for longer are a
/// backlog.
constexpr std::chrono::minutes kOverdueAfter{2};
constexpr std::int64_t kOverdueTold = 10'000;

api::HealthCheck check_of(Finding finding) {
  Status status = Status::Failed;
  if (finding.state == Finding::State::Fine) status = Status::Ok;
  if (finding.state == Finding::State::Warning) status = Status::Warning;
  return {status, std::move(finding.name), std::move(finding.detail), std::move(finding.remedy)};
}

/// Whether the next start would find a root key that fits. One that a command prints is not asked
/// for: it may cost something, or need somebody.
Finding look_for_root_key(Core& core) {
  const std::string name = "root key";
  if (!core.config().root_key_command.empty()) {
    return {Finding::State::Fine, name, "opened the store; the next start asks the command again"};
  }
  const auto root = core.root_key();
  if (!root) return broken_root_key(root.error());
  bool fits = false;
  return look_at_root_key(core.config(), core.database(), *root, fits);
}

Finding look_at_backlog(Core& core) {
  const std::string name = "token refreshes";
  const Instant since = core.clock().now() - kOverdueAfter;
  auto work = [since](db::Transaction& tx) {
    return vault::count_overdue(tx, since, kOverdueTold);
  };
  const auto overdue = core.database().read_blocking(std::move(work));
  if (!overdue) return unreadable(name, overdue.error());
  if (*overdue == 0) return {Finding::State::Fine, name, "none is late"};
  return {Finding::State::Warning,
          name,
          fmt::format("{}{} are more than two minutes late",
                      *overdue,
                      *overdue == kOverdueTold ? " or more" : ""),
          "look whether providers can be reached and answer; calls refresh tokens themselves when "
          "they need them"};
}

/// What came since the last seal is judged every few seconds; older records are not read again.
Finding look_at_chain(const std::optional<access::TrailVerdict>& verdict) {
  const std::string name = "audit chain";
  if (!verdict) return {Finding::State::Fine, name, "not judged yet"};
  if (!verdict->intact) {
    return {Finding::State::Broken,
            name,
            verdict->fault.empty() ? "a record was changed or removed" : verdict->fault,
            "somebody changed the database by hand: wayleave audit verify tells where; restore a "
            "backup beside it and compare"};
  }
  return {Finding::State::Fine, name, "intact since the last seal"};
}

/// Judged by what became of records since the look before.
Finding look_at_request_log(const Config& config,
                            const gateway::RequestLog::Totals& now,
                            const gateway::RequestLog::Totals& before) {
  const std::string name = "request log";
  if (config.request_log_rate == 0) {
    return {Finding::State::Fine, name, "switched off (--request-log-rate 0)"};
  }
  if (now.dropped_not_stored > before.dropped_not_stored) {
    return {Finding::State::Broken,
            name,
            "the database takes none of its records",
            "see the check of the database; calls go on without being logged"};
  }
  const auto dropped = [](const gateway::RequestLog::Totals& totals) {
    return totals.dropped_failed_rate + totals.dropped_other_rate + totals.dropped_ring_full;
  };
  if (dropped(now) > dropped(before)) {
    return {Finding::State::Warning,
            name,
            fmt::format("more calls come than the {} per second that are logged",
                        config.request_log_rate),
            "raise --request-log-rate if all of them are wanted"};
  }
  return {Finding::State::Fine, name, fmt::format("{} calls since the start", now.stored)};
}

}  // namespace

Health::Health(Parts parts)
    : parts_(std::move(parts)),
      started_at_(parts_.core.clock().now()),
      found_at_(parts_.core.clock().tick()) {}

api::HealthReport Health::report() {
  const auto answer = [this](std::vector<api::HealthCheck> checks) {
    return api::HealthReport{WAYLEAVE_VERSION, started_at_, std::move(checks)};
  };
  {
    const std::lock_guard lock(mutex_);
    if (found_ && parts_.core.clock().tick() - found_at_ < kStands) return answer(*found_);
  }
  std::unique_lock looking(looking_, std::try_to_lock);
  if (!looking.owns_lock()) {
    const std::lock_guard lock(mutex_);
    if (found_) return answer(*found_);
  }
  if (!looking.owns_lock()) looking.lock();
  auto checks = look();
  const std::lock_guard lock(mutex_);
  found_ = std::move(checks);
  found_at_ = parts_.core.clock().tick();
  return answer(*found_);
}

std::vector<api::HealthCheck> Health::look() {
  Core& core = parts_.core;
  const Config& config = core.config();
  const Instant now = core.clock().now();
  std::vector<Finding> findings;
  if (core.database().state().writable) {
    findings.push_back(look_at_writing(core.database()));
  } else {
    findings.push_back({Finding::State::Broken,
                        "database",
                        config.sqlite_path().empty()
                            ? "the server cannot be reached"
                            : "writing failed in a way that leaves the outcome open, so it stopped",
                        config.sqlite_path().empty()
                            ? "look whether PostgreSQL runs and can be reached from here"
                            : "mend the disk, then start Wayleave again"});
  }
  const bool reachable = findings.front().state == Finding::State::Fine;
  if (reachable) {
    findings.push_back(look_for_root_key(core));
    findings.push_back(look_at_connections(core.database()));
    findings.push_back(look_at_backlog(core));
    findings.push_back(look_at_history(core.database()));
  }
  findings.push_back(look_at_chain(parts_.trail()));
  findings.push_back(look_at_emergency(config));
  const auto log = parts_.request_log();
  findings.push_back(look_at_request_log(config, log, log_before_));
  log_before_ = log;
  findings.push_back(look_at_disk(config));
  findings.push_back(look_at_clock(now));
  findings.push_back(look_at_files());
  findings.push_back(look_at_public_url(config));
  findings.push_back(look_at_certificate(config, now));
  std::vector<api::HealthCheck> checks;
  for (Finding& finding : findings) checks.push_back(check_of(std::move(finding)));
  return checks;
}

}  // namespace wayleave::app
