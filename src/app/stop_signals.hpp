#pragma once

#include <csignal>

namespace wayleave::app {

/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and all that it starts later, so that they can
/// be waited for. Make it before any thread.
class StopSignals {
 public:
  StopSignals();
  /// Blocks until one comes and returns it. After SIGTERM or SIGINT a second one ends the process
  /// at once.
  [[nodiscard]] int wait();

 private:
  sigset_t set_;
};

}  // namespace wayleave::app
