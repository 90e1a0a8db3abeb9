#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/task.hpp"
#include "vault/waiting.hpp"

namespace wayleave::vault {

/// Whether providers accept an app's client, and the way its refreshes go through one by one or
/// many at a time. A refused client stops all refreshes of the app until the app changes or five
/// minutes are over; no connection is to blame (TK-11). Any thread.
class AppHealth {
 public:
  /// The way of one app's refreshes to its token endpoint.
  [[nodiscard]] std::shared_ptr<Turnstile> gate(const AppId& app);
  /// Notes that the provider refused the client; true when that was not known for this version.
  [[nodiscard]] bool refuse(const AppId& app, std::int64_t version, Tick now);
  [[nodiscard]] bool refused(const AppId& app, std::int64_t version, Tick now) const;
  void accept(const AppId& app);
  /// The token endpoint asked to be left alone until then (RFC 9110 section 10.2.3, TK-18).
  void pause(const AppId& app, Tick until);
  /// How long that is from now.
  [[nodiscard]] Millis pause_left(const AppId& app, Tick now) const;

 private:
  struct Refusal {
    std::int64_t version = 0;
    Tick until;
  };
  mutable std::mutex mutex_;
  std::unordered_map<AppId, std::shared_ptr<Turnstile>> gates_;  // shared with flights under way
  std::unordered_map<AppId, Refusal> refusals_;
  std::unordered_map<AppId, Tick> pauses_;
};

}  // namespace wayleave::vault
