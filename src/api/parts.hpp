#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "access/key_watch.hpp"
#include "access/passwords.hpp"
#include "access/throttle.hpp"
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

/// One thing that keeps a server running well, in plain words.
struct HealthCheck {
  enum class Status { Ok, Warning, Failed } status = Status::Ok;
  std::string name;
  std::string text;
  std::string remedy = {};  ///< what to do; empty: nothing
};
struct HealthReport {
  std::string version;
  Instant started_at;
  std::vector<HealthCheck> checks;
};
/// Blocks for a moment. Any thread.
using HealthSource = std::function<HealthReport()>;

class SingleSignOn;  // api/single_sign_on.hpp

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
  access::Passwords& passwords;
  access::Throttle& throttle;
  Log& log;
  std::string public_url;     ///< without trailing slash
  MetricSource metrics = {};  ///< empty: none
  /// Awaited after each change and before its answer, so that this process acts on it at once:
  /// whoever deleted a connection cannot call through it afterwards. Empty: nobody to tell.
  std::function<Task<>()> changed = {};
  /// Whether the server is about to stop and wants no more callers. Empty: never.
  std::function<bool()> leaving = {};
  access::KeyWatch* key_watch = nullptr;  ///< null: uses of keys are nobody's business
  HealthSource health = {};               ///< empty: nothing is looked at
  SingleSignOn* sso = nullptr;            ///< null: none is set up
};

/// One authenticated call of a route.
struct Call {
  const Parts& parts;
  Caller caller;
  net::Request request;
};

/// What a route does: a free coroutine. An error becomes its problem document.
using Action = Task<Result<net::Response>> (*)(Call call);

/// A handler that authenticates, demands `scope` (any caller will do when there is none) and, for a
/// POST, honours `Idempotency-Key`. A session counts below `/v1/` only, and changes something only
/// for a request of our own pages (AD-03).
[[nodiscard]] net::Handler guarded(const Parts& parts,
                                   std::optional<access::Scope> scope,
                                   Action action);

/// A call of a route that is there for whoever does not have a session yet.
struct OpenCall {
  const Parts& parts;
  net::Request request;
};
using OpenAction = Task<Result<net::Response>> (*)(OpenCall call);
/// A handler for one, which asks for nothing but that no other site sent a change.
[[nodiscard]] net::Handler open_to_all(const Parts& parts, OpenAction action);

/// `confirmation_required` when a member calls who has not entered the password again in the last
/// minutes. Keys have no password and need none.
[[nodiscard]] Result<> check_confirmed(const Call& call);

/// The audit record of what this call does.
[[nodiscard]] access::AuditRecord audit_record(const Call& call,
                                               std::string action,
                                               std::string target,
                                               std::string detail = "{}");

}  // namespace wayleave::api
