#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/config.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/message.hpp"

namespace wayleave::app {

/// An answer of the native API.
struct Reply {
  int status = 0;
  net::Fields fields;
  std::string body;
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

/// A provider call made for one user of one app.
struct ProviderCall {
  std::string app;
  std::string user;
  std::string method;
  std::string url;  ///< a path, or absolute on one of the provider's hosts
  net::Fields fields;
  std::string body;
};

/// Administration through the native API, wherever it is: each verb is written once and does not
/// know. Calls block. Belongs to one thread.
class Admin {
 public:
  virtual ~Admin() = default;
  /// One call of `/v1/…`; `body` is JSON or empty. An error is one of reaching the API at all;
  /// refusals come as replies.
  [[nodiscard]] virtual Result<Reply> call(std::string method,
                                           std::string target,
                                           std::string body) = 0;
  /// The provider's own answer.
  [[nodiscard]] virtual Result<Reply> provider_call(ProviderCall call) = 0;
};

/// Works on the data folder itself, through the same routes as a server, in this process.
[[nodiscard]] Result<std::unique_ptr<Admin>> open_local_admin(const Config& config,
                                                              const Environment& environment,
                                                              Log& log);

/// Works against a server; plain http is permitted for that one address.
[[nodiscard]] Result<std::unique_ptr<Admin>> open_remote_admin(const std::string& server,
                                                               SecretString key,
                                                               const std::string& ca_file);

/// The error a refusal stands for.
[[nodiscard]] Error refusal(const Reply& reply);

}  // namespace wayleave::app
