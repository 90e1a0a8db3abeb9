#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/address_list.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "db/database.hpp"

namespace wayleave::access {

/// What a key may do. A bit each, so that a set fits a word on the hot path.
enum class Scope : std::uint8_t { Proxy = 1, Connect = 2, Read = 4, Manage = 8, RevealTokens = 16 };

class Scopes {
 public:
  Scopes() = default;
  [[nodiscard]] bool has(Scope scope) const { return (bits_ & static_cast<unsigned>(scope)) != 0; }
  void add(Scope scope) { bits_ |= static_cast<unsigned>(scope); }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  /// `proxy,connect,read,manage,tokens:reveal` in that order.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Names in any order; an unknown one is an error that lists the known.
  [[nodiscard]] static Result<Scopes> parse(const std::vector<std::string>& names);
  [[nodiscard]] std::int64_t bits() const { return bits_; }
  [[nodiscard]] static Scopes from_bits(std::int64_t bits);

 private:
  unsigned bits_ = 0;
};

/// An API key as it is stored: never the key itself (AK-02).
struct ApiKey {
  KeyId id;
  WorkspaceId workspace;
  std::string name;
  Scopes scopes;
  std::string hint;  ///< `wlk_…` and the last four characters
  Instant created_at;
  std::optional<Instant> expires_at;
  std::optional<Instant> revoked_at;
  std::optional<Instant> last_used_at;
  /// Set on a token: the key it was issued for by `/api/oauth/token`, or the session of a member
  /// that calls through the console; it dies with it.
  KeyId parent;
  AddressList allowed = {};  ///< from where it may be used (AK-05); a token's are its parent's

  [[nodiscard]] bool live(Instant now) const {
    return !revoked_at && (!expires_at || now < *expires_at);
  }
};

struct NewApiKey {
  ApiKey key;
  SecretString secret;  ///< shown once
};

/// Whoever short-lived tokens are issued for: a key, or a session of a member.
struct TokenOwner {
  std::string id;
  WorkspaceId workspace;
  std::string name;
  Scopes scopes;
  std::optional<Instant> expires_at;  ///< no token lives longer
};

/// What may be changed about a key; what is not set stays.
struct KeyChanges {
  std::optional<std::string> name;
  std::optional<AddressList> allowed;
  std::optional<std::optional<Instant>> expires_at;  ///< set to none: never
};

struct ChangedApiKey {
  ApiKey before;
  ApiKey after;
};

/// A key and the one that takes its place.
struct RotatedApiKey {
  ApiKey before;
  ApiKey old;  ///< until when it stays valid
  NewApiKey made;
};

/// Keys in the database. Static functions over a transaction: the caller decides what else belongs
/// to it. Every change is noted in the change feed under topic `key` with the digest in hex.
class ApiKeys {
 public:
  [[nodiscard]] static Result<NewApiKey> create(db::Transaction& tx,
                                                const WorkspaceId& workspace,
                                                std::string_view name,
                                                Scopes scopes,
                                                std::optional<Instant> expires_at,
                                                Random& random,
                                                Instant now,
                                                AddressList allowed = {});
  /// A short-lived bearer token that acts as `parent` (contract section 3, `/api/oauth/token`).
  [[nodiscard]] static Result<NewApiKey> issue_token(db::Transaction& tx,
                                                     const ApiKey& parent,
                                                     std::chrono::seconds life,
                                                     Random& random,
                                                     Instant now);
  /// The same for anybody; at most 10,000 live ones each.
  [[nodiscard]] static Result<NewApiKey> issue_token_for(db::Transaction& tx,
                                                         const TokenOwner& owner,
                                                         std::chrono::seconds life,
                                                         Random& random,
                                                         Instant now);
  /// Revokes what was issued for that owner.
  [[nodiscard]] static Result<> end_tokens_of(db::Transaction& tx,
                                              std::string_view owner,
                                              Instant now);
  /// By digest of the whole key (32 bytes); nullopt when unknown. A revoked or expired key is
  /// returned as such, a token of a revoked parent as revoked.
  [[nodiscard]] static Result<std::optional<ApiKey>> find_by_digest(db::Transaction& tx,
                                                                    std::string_view digest);
  [[nodiscard]] static Result<std::vector<ApiKey>> list(db::Transaction& tx,
                                                        const WorkspaceId& workspace,
                                                        std::string_view after_id,
                                                        int limit);
  /// By id, id prefix or name; `not_found` when there is none, `conflict` when several.
  [[nodiscard]] static Result<ApiKey> revoke(db::Transaction& tx,
                                             const WorkspaceId& workspace,
                                             std::string_view id_or_name,
                                             Instant now);
  /// A live key, named as for `revoke`.
  [[nodiscard]] static Result<ApiKey> find(db::Transaction& tx,
                                           const WorkspaceId& workspace,
                                           std::string_view id_or_name,
                                           Instant now);
  /// `conflict` when the key is revoked or has expired: a dead key stays dead.
  [[nodiscard]] static Result<ChangedApiKey> update(db::Transaction& tx,
                                                    const WorkspaceId& workspace,
                                                    std::string_view id_or_name,
                                                    const KeyChanges& changes,
                                                    Instant now);
  /// A new key with the same name, scopes, addresses and length of life; the old one stays valid
  /// for `overlap`, or ends at once when that is zero (AK-05).
  [[nodiscard]] static Result<RotatedApiKey> rotate(db::Transaction& tx,
                                                    const WorkspaceId& workspace,
                                                    std::string_view id_or_name,
                                                    std::chrono::seconds overlap,
                                                    Random& random,
                                                    Instant now);
  /// Notes when a key was last used (AK-05); never goes backward. Callers collect uses and write
  /// them now and then, not per request.
  [[nodiscard]] static Result<> touch(db::Transaction& tx, const KeyId& id, Instant now);
};

[[nodiscard]] std::vector<db::Migration> migrations();
/// The part of them that members need.
[[nodiscard]] std::vector<db::Migration> member_migrations();

}  // namespace wayleave::access
