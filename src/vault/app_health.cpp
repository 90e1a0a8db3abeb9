#include "vault/app_health.hpp"

#include <algorithm>

namespace wayleave::vault {
namespace {

constexpr std::chrono::minutes kRefusalTime{5};
constexpr std::size_t kProbes = 2;
constexpr std::size_t kRefreshesPerApp = 32;

}  // namespace

std::shared_ptr<Turnstile> AppHealth::gate(const AppId& app) {
  const std::lock_guard lock(mutex_);
  auto& gate = gates_[app];
  if (!gate) gate = std::make_shared<Turnstile>(kProbes, kRefreshesPerApp);
  return gate;
}

bool AppHealth::refuse(const AppId& app, std::int64_t version, Tick now) {
  const std::lock_guard lock(mutex_);
  auto& refusal = refusals_[app];
  const bool news = refusal.version != version;
  refusal = {version, now + kRefusalTime};
  return news;
}

bool AppHealth::refused(const AppId& app, std::int64_t version, Tick now) const {
  const std::lock_guard lock(mutex_);
  const auto found = refusals_.find(app);
  return found != refusals_.end() && found->second.version == version && now < found->second.until;
}

void AppHealth::accept(const AppId& app) {
  const std::lock_guard lock(mutex_);
  refusals_.erase(app);
}

void AppHealth::pause(const AppId& app, Tick until) {
  const std::lock_guard lock(mutex_);
  auto& pause = pauses_[app];
  pause = std::max(pause, until);
}

Millis AppHealth::pause_left(const AppId& app, Tick now) const {
  const std::lock_guard lock(mutex_);
  const auto found = pauses_.find(app);
  if (found == pauses_.end() || found->second <= now) return Millis{0};
  return std::chrono::ceil<Millis>(found->second - now);
}

}  // namespace wayleave::vault
