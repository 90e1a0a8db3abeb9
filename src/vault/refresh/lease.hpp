#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "db/database.hpp"
#include "vault/connection.hpp"
#include "vault/refresh/attempt.hpp"

namespace wayleave::vault {

/// A new name for an owner of leases in this process, which works at `place`: where its emergency
/// journal is. Neither holds a blank. Reads /proc.
[[nodiscard]] std::string lease_owner(Random& random, std::string_view place);
/// Whether the process of `owner` has surely ended and `heir` works at the same place, where it
/// finds what the other kept in its journal. Who works elsewhere has to give the owner's own
/// successor the time to come back. Reads /proc.
[[nodiscard]] bool is_heir(std::string_view heir, std::string_view owner);

/// Tells two refresh tokens apart without holding either.
[[nodiscard]] std::string token_fingerprint(const SecretString& refresh_token);

/// A lease that was granted, with how many refreshes in a row have failed.
struct Lease {
  ConnectionId connection;
  std::int64_t fence = 0;
  std::int64_t tries = 0;
};

/// The leases on refresh tokens as one process takes and keeps them; one row per connection, in
/// which the lease and the intent are the same thing: while somebody owns it, the refresh token
/// with that fingerprint may have been sent (TK-01, TK-02, TK-04). Const; any thread.
class Leases {
 public:
  /// `inherits(owner, other)`: what the other one held is ours without waiting.
  using Inherits = std::function<bool(std::string_view, std::string_view)>;
  explicit Leases(std::string owner, Inherits inherits = is_heir)
      : owner_(std::move(owner)), inherits_(std::move(inherits)) {}

  struct Want {
    ConnectionId connection;
    std::int64_t version = 0;  ///< of the connection as it was loaded
    std::string fingerprint;   ///< of the refresh token about to be sent
    std::optional<Holder> over;
  };
  struct Grant {
    Lease lease;
    Attempt::Doubt doubt = Attempt::Doubt::None;
    bool inherited = false;  ///< taken from somebody who left it
  };
  using Outcome = std::variant<Grant, Holder, Attempt::Moved, Attempt::Gone>;
  [[nodiscard]] Result<Outcome> claim(db::Transaction& tx, const Want& want, Instant now) const;
  /// False: it is somebody else's by now.
  [[nodiscard]] Result<bool> beat(db::Transaction& tx, const Lease& lease) const;

  /// Ends a lease, and with it the intent; false as above. `due_at`: when the scheduler looks at
  /// the connection again. `tries`: failures in a row. `doubtful`: the token may have been spent.
  struct Release {
    std::optional<Instant> due_at;
    std::int64_t tries = 0;
    bool doubtful = false;
    bool keep_due = false;  ///< somebody else has set `due_at`
  };
  [[nodiscard]] Result<bool> release(db::Transaction& tx,
                                     const Lease& lease,
                                     const Release& release) const;

  /// Somebody else has had the lease since.
  [[nodiscard]] Result<bool> overtaken(db::Transaction& tx, const Lease& lease) const;

  /// Leases that others hold or left behind, oldest first, at most `limit`.
  struct Open {
    ConnectionId connection;
    std::string fingerprint;
    bool left = false;  ///< its holder has ended and we are its heir
  };
  [[nodiscard]] Result<std::vector<Open>> open(db::Transaction& tx, int limit) const;
  /// When the next connection is due that nobody is at.
  [[nodiscard]] Result<std::optional<Instant>> next_due(db::Transaction& tx) const;
  /// Puts off those that are due, the longest due first, and names them.
  [[nodiscard]] Result<std::vector<ConnectionId>> take_due(db::Transaction& tx,
                                                           Instant now,
                                                           Instant put_off,
                                                           int limit) const;
  /// Frees what a process that has ended left behind.
  [[nodiscard]] Result<> free(db::Transaction& tx, const ConnectionId& id, Instant due_at) const;

 private:
  std::string owner_;
  Inherits inherits_;
};

/// When the scheduler looks at a connection whose tokens were stored just now.
[[nodiscard]] Result<> set_due(db::Transaction& tx,
                               const ConnectionId& connection,
                               std::optional<Instant> due_at);
/// When the grant ends whatever is done; nothing: that is not known (TK-22).
[[nodiscard]] Result<> set_end(db::Transaction& tx,
                               const ConnectionId& connection,
                               std::optional<Instant> dies_at);
/// What the scheduler means to do with a connection.
struct PlannedWork {
  std::optional<Instant> due_at;  ///< nothing: never
  std::int64_t tries = 0;         ///< refreshes that failed in a row
};
/// By connection; of those that have any. At most a page of them.
[[nodiscard]] Result<std::map<ConnectionId, PlannedWork>> planned_work(
    db::Transaction& tx, const std::vector<ConnectionId>& connections);
/// When it is refreshed without anybody asking; only what is alive is.
[[nodiscard]] std::optional<Instant> next_refresh(const Connection& connection,
                                                  const PlannedWork& work);
/// How many have been due for longer than since `overdue_since`; counts to `limit` only.
[[nodiscard]] Result<std::int64_t> count_overdue(db::Transaction& tx,
                                                 Instant overdue_since,
                                                 std::int64_t limit);
[[nodiscard]] Result<> forget_work(db::Transaction& tx, const ConnectionId& connection);

}  // namespace wayleave::vault
