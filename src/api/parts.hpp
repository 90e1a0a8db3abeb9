#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/authentication.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "connect/installer.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "net/handler.hpp"
#include "provider/catalogue.hpp"
#include "vault/vault.hpp"

namespace prometheus {
struct MetricFamily;
}

namespace wayleave::api {

using MetricSource = std::function<std::vector<prometheus::MetricFamily>()>;

/// What the slow routes work with. All of it, and this itself, must outlive the router.
struct Parts {
  db::Database& database;
  const crypto::KeyRing& keys;
  vault::Vault& vault;
  connect::Installer& installer;
  const provider::Catalogue& catalogue;
  Authenticator& authenticator;
  const Clock& clock;
  Random& random;
  Log& log;
  std::string public_url;     ///< without trailing slash
  MetricSource metrics = {};  ///< empty: none
  /// Awaited after each change and before its answer, so that this process acts on it at once:
  /// whoever deleted a connection cannot call through it afterwards. Empty: nobody to tell.
  std::function<Task<>()> changed = {};
  /// Whether the server is about to stop and wants no more callers. Empty: never.
  std::function<bool()> leaving = {};
};

/// One authenticated call of a route.
struct Call {
  const Parts& parts;
  Caller caller;
  net::Request request;
};

/// What a route does: a free coroutine. An error becomes its problem document.
using Action = Task<Result<net::Response>> (*)(Call call);

/// A handler that authenticates, demands `scope` (any key will do when there is none) and, for a
/// POST, honours `Idempotency-Key`.
[[nodiscard]] net::Handler guarded(const Parts& parts,
                                   std::optional<access::Scope> scope,
                                   Action action);

/// The audit record of what this call does.
[[nodiscard]] access::AuditRecord audit_record(const Call& call,
                                               std::string action,
                                               std::string target,
                                               std::string detail = "{}");

}  // namespace wayleave::api
