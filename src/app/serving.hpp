#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

namespace wayleave::app {

class Core;

/// A running gateway: opened data, workers, slow executor, change watcher. `start` blocks until it
/// listens; `stop` until all work has ended. Belongs to one thread.
class Serving {
 public:
  /// `log` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Serving>> start(const Config& config,
                                                              const Environment& environment,
                                                              Log& log);
  /// Stops without grace if `stop` was not called.
  ~Serving();

  /// `http://ADDR:PORT` or `https://…`, the address it listens on.
  [[nodiscard]] const std::string& url() const;
  /// The link for the first member, made at the start; empty when there are members.
  [[nodiscard]] const std::string& set_up_link() const;
  /// Takes up what can be taken up while running: provider files, the certificate for
  /// clients (connections keep the one they began with) and the log level. Gives the options that
  /// differ and wait for a restart. On an error nothing has changed.
  [[nodiscard]] Result<std::vector<std::string>> reload(const Config& fresh);
  /// Tells whoever balances load to go elsewhere and serves on for `time`: `/readyz` says 503, each
  /// answer ends its connection. To be followed by `stop`.
  void retire(Millis time);
  /// Stops accepting, lets what is in flight finish for `grace`, then ends. A refresh is always
  /// waited for, so that no token falls between the provider's answer and its commit (OP-07).
  void stop(Millis grace);

 private:
  struct Impl;
  explicit Serving(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::app
