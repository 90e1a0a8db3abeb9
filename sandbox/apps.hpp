#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.hpp"
#include "sandbox/scopes.hpp"

namespace wayleave::sandbox {

/// An OAuth app a developer made. A registered app knows everything about itself; an adopted one
/// was first seen at the authorize page: it keeps the scopes then asked for, accepts any loopback
/// redirect URL, and learns its secret at its first token call.
struct App {
  std::string client_id;
  std::optional<crypto::Sha256> secret_digest = {};
  std::uint64_t app_id = 0;
  std::string name = {};
  std::vector<std::string> redirect_urls = {};
  ScopeList required_scopes = {};
  ScopeList optional_scopes = {};
  bool adopted = false;

  [[nodiscard]] bool accepts_redirect(std::string_view url) const;
  /// Compares, or learns when an adopted app has no secret yet. Constant time.
  [[nodiscard]] bool accept_secret(std::string_view secret);
};

/// A client id is 1 to 200 visible ASCII characters.
[[nodiscard]] bool is_client_id(std::string_view text);
/// True for http(s) URLs that HubSpot would register: https with a domain name, or http on a
/// loopback host; no fragment, no credentials, no control characters.
[[nodiscard]] bool is_registrable_redirect(std::string_view url);
/// True when the URL's host is localhost, 127.0.0.1 or [::1].
[[nodiscard]] bool is_loopback_url(std::string_view url);

class Apps {
 public:
  [[nodiscard]] App* find(std::string_view client_id);
  /// Adds or replaces; null when there are kAppsMax already. An app id of 0 is replaced by a new
  /// one.
  App* put(App app);
  [[nodiscard]] const std::map<std::string, App, std::less<>>& all() const { return apps_; }

 private:
  std::map<std::string, App, std::less<>> apps_;
  std::uint64_t next_app_id_ = 1'204'517;
};

}  // namespace wayleave::sandbox
