#pragma once

#include <string>

#include "access/api_key.hpp"
#include "access/audit.hpp"
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
};

/// Tells who sent a request. Any coroutine on any thread may ask.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Takes the value of the Authorization header (empty: none, or more than one) and the peer.
  [[nodiscard]] virtual Task<Result<Caller>> authenticate(std::string authorization,
                                                          std::string peer) = 0;
};

/// By API key. One identical refusal for an unknown, revoked, expired and malformed key (AK-03).
class KeyAuthenticator final : public Authenticator {
 public:
  /// Both must outlive this.
  KeyAuthenticator(db::Database& database, const Clock& clock)
      : database_(database), clock_(clock) {}
  [[nodiscard]] Task<Result<Caller>> authenticate(std::string authorization,
                                                  std::string peer) override;

 private:
  db::Database& database_;
  const Clock& clock_;
};

/// For the command line on its own data folder: whoever can read the root key may do everything.
class LocalAuthenticator final : public Authenticator {
 public:
  [[nodiscard]] Task<Result<Caller>> authenticate(std::string authorization,
                                                  std::string peer) override;
};

/// The live key that was presented; the refusal of AK-03 otherwise.
[[nodiscard]] Task<Result<access::ApiKey>> find_live_key(db::Database& database,
                                                         const Clock& clock,
                                                         std::string authorization);

/// The Authorization header when there is exactly one (AK-06: never the URL), else empty.
[[nodiscard]] std::string authorization_of(const net::Request& request);

/// The one refusal for whoever shows no live key.
[[nodiscard]] Error unauthenticated();

}  // namespace wayleave::api
