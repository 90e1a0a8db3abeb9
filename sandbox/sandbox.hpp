#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace wayleave::net {
class Router;
}

/// A HubSpot simulator: OAuth, CRM, forms, rate limits and errors as the real service has them,
/// with a control room under `/_sandbox/`. It shares no code with the product's domain rooms, so
/// that a mistake cannot agree with itself.
namespace wayleave::sandbox {

/// What a sandbox is like at the start and after a reset; `POST /_sandbox/settings` changes it
/// while it runs.
struct Options {
  bool auto_consent = false;           ///< approve at once instead of showing the consent page
  bool strict_clients = false;         ///< refuse client ids nobody registered
  bool rotate_refresh_tokens = false;  ///< every refresh answers a new refresh token
  bool reuse_revokes_family = false;   ///< a spent refresh token kills its grant
  bool uninstall_ends_access = false;  ///< an uninstall also kills access tokens in the wild
  std::chrono::seconds access_token_ttl{1800};
  std::chrono::seconds code_ttl{600};
  std::chrono::seconds rotation_grace{0};  ///< a spent refresh token still works for so long
  std::chrono::seconds search_lag{0};      ///< search does not see younger changes
  std::uint64_t seed = 1;
  int records = 100;              ///< generated per object type and account
  int accounts = 6;               ///< customers' accounts to choose from
  int rate_limit_requests = 110;  ///< per app, account and window; 0 turns the limiter off
  std::chrono::seconds rate_limit_window{10};
  int search_limit = 5;  ///< searches per second and account; 0: no limit
  int token_limit = 0;   ///< token endpoint calls per second and client; 0: no limit
  int daily_limit = 0;   ///< calls per account and day; 0: no limit
};

struct RateLimit {
  int requests = 0;
  std::chrono::seconds window{10};
};
/// `N/10s` as the command line takes it; `N` alone means ten seconds. nullopt when malformed.
[[nodiscard]] std::optional<RateLimit> parse_rate_limit(std::string_view text);

/// Owns the simulated world, in memory, behind one mutex that is never held over a suspension.
/// Any thread may run the router's handlers. Construction does no I/O.
class Sandbox {
 public:
  /// `clock` and `random` must outlive the router; `random` is used under the mutex.
  Sandbox(const Options& options, const Clock& clock, Random& random);
  ~Sandbox();
  Sandbox(Sandbox&&) noexcept;
  Sandbox& operator=(Sandbox&&) noexcept;

  /// Every route, slow ones only; serve it with `net::slow_routes`. Shares the world, so it may
  /// outlive this object.
  [[nodiscard]] std::shared_ptr<const net::Router> router() const;

 private:
  std::shared_ptr<const net::Router> router_;
};

}  // namespace wayleave::sandbox
