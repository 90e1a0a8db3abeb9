#pragma once

#include <string>

#include "access/api_key.hpp"
#include "access/audit.hpp"
#include "access/key_watch.hpp"
#include "access/session.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "db/database.hpp"
#include "net/message.hpp"

namespace wayleave::api {

/// Who calls and what they may do.
struct Caller {
  WorkspaceId workspace;
  access::Scopes scopes;
  access::Actor actor;
  /// Set when a member calls through the console.
  std::optional<access::Sessions::Found> person = {};
  /// The workspace demands a second factor that this member has not set up: no scopes until then.
  bool enrolment_due = false;
};

/// What a request shows of its sender.
struct Evidence {
  std::string authorization;  ///< the value of that header; empty: none, or more than one
  SecretString session;       ///< the cookie's value, where it counts; empty: none
  std::string peer;
};

/// Tells who sent a request. Any coroutine on any thread may ask.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  [[nodiscard]] virtual Task<Result<Caller>> authenticate(Evidence evidence) = 0;
};

/// By API key, else by console session. One identical refusal for an unknown, revoked, expired and
/// malformed key (AK-03).
class KeyAuthenticator final : public Authenticator {
 public:
  /// All must outlive this. Without a watch nobody counts uses, and every refusal is recorded.
  KeyAuthenticator(db::Database& database, const Clock& clock, access::KeyWatch* watch = nullptr)
      : database_(database), clock_(clock), watch_(watch) {}
  [[nodiscard]] Task<Result<Caller>> authenticate(Evidence evidence) override;

 private:
  [[nodiscard]] Task<Result<Caller>> by_session(Evidence evidence);
  db::Database& database_;
  const Clock& clock_;
  access::KeyWatch* watch_;
};

/// For the command line on its own data folder: whoever can read the root key may do everything.
class LocalAuthenticator final : public Authenticator {
 public:
  [[nodiscard]] Task<Result<Caller>> authenticate(Evidence evidence) override;
};

/// The member behind a session as a caller.
[[nodiscard]] Caller caller_of(access::Sessions::Found found, bool require_totp, std::string peer);

/// The live key that was presented, from where it may be used; the refusal of AK-03 otherwise.
[[nodiscard]] Task<Result<access::ApiKey>> find_live_key(db::Database& database,
                                                         const Clock& clock,
                                                         std::string authorization,
                                                         std::string peer,
                                                         access::KeyWatch* watch);

/// The Authorization header when there is exactly one (AK-06: never the URL), else empty.
[[nodiscard]] std::string authorization_of(const net::Request& request);

/// The one refusal for whoever shows no live key.
[[nodiscard]] Error unauthenticated();

}  // namespace wayleave::api
