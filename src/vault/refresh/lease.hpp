#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "db/database.hpp"
#include "vault/connection.hpp"

namespace wayleave::vault {

/// A durable note that a refresh token was about to be sent (TK-04). One per connection; gone with
/// the commit of the outcome. What is left at start-up was cut short.
struct RefreshIntent {
  ConnectionId connection;
  std::int64_t version = 0;  ///< of the connection when its token was sent
  std::string fingerprint;
  Instant started_at;
};

/// Tells two refresh tokens apart without holding either.
[[nodiscard]] std::string token_fingerprint(const SecretString& refresh_token);

/// `conflict` when the connection is no longer at that version.
[[nodiscard]] Result<> begin_intent(db::Transaction& tx, const RefreshIntent& intent);
[[nodiscard]] Result<> end_intent(db::Transaction& tx, const ConnectionId& connection);
[[nodiscard]] Result<std::vector<RefreshIntent>> open_intents(db::Transaction& tx);

}  // namespace wayleave::vault
