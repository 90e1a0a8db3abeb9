#pragma once

#include <memory>
#include <string>

#include "app/config.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "sandbox/sandbox.hpp"

namespace wayleave::app {

/// The simulator behind a server of its own. Belongs to one thread; `log` must outlive it.
class SandboxServer {
 public:
  SandboxServer(const sandbox::Options& options, Log& log);
  ~SandboxServer();
  /// Its URL once it listens.
  [[nodiscard]] Result<std::string> start(const ListenAddress& listen);
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::app
