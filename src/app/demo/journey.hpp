#pragma once

#include <memory>
#include <string>

#include "app/config.hpp"
#include "app/demo/wire.hpp"
#include "app/sandbox_server.hpp"
#include "app/serving.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

namespace wayleave::app::demo {

/// The main job from one end to the other, over real HTTP, against our own simulator. Each step
/// prints what goes over the wire and fails with a reason when an answer is not as it must be.
class Journey {
 public:
  /// `data` is an empty folder of its own; all must outlive the journey.
  Journey(std::string data, Printer& printer, Log& log);
  ~Journey();

  [[nodiscard]] Result<> run();
  /// Revokes the connection again.
  [[nodiscard]] Result<> disconnect();

  [[nodiscard]] const std::string& gateway_url() const { return gateway_url_; }
  [[nodiscard]] const std::string& sandbox_url() const { return sandbox_url_; }
  /// Where the first member of the console is made.
  [[nodiscard]] const std::string& set_up_link() const { return serving_->set_up_link(); }
  /// A file with the demo's key, for the curl line.
  [[nodiscard]] std::string key_file() const { return data_ + "/demo.key"; }

 private:
  [[nodiscard]] Result<> start_servers();
  [[nodiscard]] Result<> make_key();
  [[nodiscard]] Result<> register_app();
  [[nodiscard]] Result<> ask_for_link();
  [[nodiscard]] Result<> authorise();
  [[nodiscard]] Result<> call_by_envelope();
  [[nodiscard]] Result<> call_through_proxy();
  [[nodiscard]] Result<> let_token_expire();
  /// A call with the demo's key that must answer `expected`.
  [[nodiscard]] Result<std::string> backend(const std::string& method,
                                            const std::string& target,
                                            std::string body,
                                            int expected,
                                            net::Fields fields = {});

  std::string data_;
  Printer& printer_;
  Log& log_;
  Config config_;
  std::unique_ptr<SandboxServer> sandbox_;
  std::unique_ptr<Serving> serving_;
  std::unique_ptr<Wire> wire_;
  std::string sandbox_url_;
  std::string gateway_url_;
  std::string key_;
  std::string authorize_url_;
};

}  // namespace wayleave::app::demo
