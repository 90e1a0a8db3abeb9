#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "access/audit_seal.hpp"
#include "access/key_watch.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"

namespace wayleave::app {

/// What a running server writes about its use now and then: seals on the audit trail (LG-04) and
/// when keys were last used (AK-05). Works on a thread of its own; what it is given outlives it.
class TrailKeeper {
 public:
  struct Parts {
    db::Database& database;
    const crypto::KeyRing& keys;
    access::KeyWatch& watch;
    const Clock& clock;
    Log& log;
    Millis every{10'000};
  };
  explicit TrailKeeper(const Parts& parts)
      : parts_(parts), sealer_(parts.database, parts.keys, parts.clock) {}
  ~TrailKeeper() { stop(); }
  TrailKeeper(const TrailKeeper&) = delete;
  TrailKeeper& operator=(const TrailKeeper&) = delete;

  void start();
  /// Ends after a last round. May be called twice.
  void stop();
  /// Of the last round that could judge; nothing before the first. Any thread.
  [[nodiscard]] std::optional<access::TrailVerdict> verdict() const;

 private:
  void loop();
  [[nodiscard]] bool wait();
  void write_uses();
  void seal();

  Parts parts_;
  access::AuditSealer sealer_;
  bool failing_ = false;
  bool broken_ = false;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool stopping_ = false;
  std::optional<access::TrailVerdict> verdict_;
  std::thread thread_;
};

}  // namespace wayleave::app
