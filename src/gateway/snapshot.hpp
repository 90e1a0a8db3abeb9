#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/api_key.hpp"
#include "access/key_watch.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "crypto/keyed_hash.hpp"
#include "gateway/destination.hpp"
#include "gateway/lru_map.hpp"
#include "provider/provider.hpp"
#include "vault/vault.hpp"

namespace wayleave::gateway {

/// A key as the hot path needs it.
struct KnownKey : access::ApiKey {
  std::shared_ptr<access::KeyUse> use;  ///< noted with each call
};

/// An app as the hot path needs it.
struct AppEntry {
  AppId id;
  WorkspaceId workspace;
  std::string slug;
  std::shared_ptr<const provider::Provider> provider;
  std::vector<AllowedHost> hosts;
};

/// What the snapshots of all workers found and did not find, and hold. A credential that is due for
/// a refresh counts as found.
struct CacheTotals {
  struct One {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t entries = 0;

    void add(const LruTally& tally) {
      hits += tally.hits.value();
      misses += tally.misses.value();
      entries += tally.entries.value();
    }
  };
  One keys;
  One apps;
  One credentials;
};

/// A connection's credential, ready to be put into a head.
struct CredentialEntry {
  ConnectionId connection;
  std::int64_t version = 0;
  std::optional<Instant> refresh_due_at;
  SecretString authorization;  ///< the whole field line, `Authorization: Bearer … CRLF`

  template <class Use>
  auto expose_token(Use use) const {
    return authorization.expose([&](std::string_view line) {
      line.remove_prefix(kBeforeToken.size());
      line.remove_suffix(kAfterToken.size());
      return use(line);
    });
  }

  /// An internal error when the token cannot stand in a head (HT-17).
  [[nodiscard]] static Result<CredentialEntry> make(vault::Credential credential);

 private:
  static constexpr std::string_view kBeforeToken = "Authorization: Bearer ";
  static constexpr std::string_view kAfterToken = "\r\n";
};

/// What a worker knows of keys, apps and opened credentials, so that a hit asks nobody. Filled by
/// slow look-ups, emptied by change messages; bounded. Belongs to one worker.
///
/// A look-up that was under way when its subject changed must not put the old state back: each
/// look-up remembers the number of changes heard when it began (`heard`), and `current` says
/// whether its subject has changed since.
class Snapshot {
 public:
  struct Limits {
    std::size_t keys = 10'000;
    std::size_t apps = 10'000;
    std::size_t credentials = 100'000;
  };
  Snapshot(const Limits& limits, Random& random)
      : hash_(random), keys_(limits.keys), apps_(limits.apps), credentials_(limits.credentials) {}

  using Key = std::shared_ptr<const KnownKey>;
  using App = std::shared_ptr<const AppEntry>;
  using Credential = std::shared_ptr<const CredentialEntry>;
  /// The keyed hash of a whole Authorization value: under it a key is found again without a digest.
  using Presented = crypto::KeyedHash::Value;

  [[nodiscard]] Presented presented(std::string_view authorization) const {
    return hash_(authorization);
  }
  /// A live key; an expired one is not found.
  [[nodiscard]] const Key* key(const Presented& presented, Instant now);
  /// By the app's name as callers spell it: each spelling is an entry of its own.
  [[nodiscard]] const App* app(const WorkspaceId& workspace, std::string_view name);
  /// A credential that needs no refresh at `now`.
  [[nodiscard]] const Credential* credential(const AppId& app, std::string_view user, Instant now);

  /// `digest` of the key, under which changes name it.
  void put_key(const Presented& presented,
               std::string_view digest,
               Key key,
               std::uint64_t heard_before);
  void put_app(std::string_view name, App app, std::uint64_t heard_before);
  void put_credential(const AppId& app,
                      std::string_view user,
                      Credential credential,
                      std::uint64_t heard_before);

  [[nodiscard]] std::uint64_t heard() const { return heard_; }
  /// A change from the feed: forget what it names. Topic "*": forget everything.
  void forget(std::string_view topic, std::string_view key);
  void forget_credential(const AppId& app, std::string_view user);

  /// Any thread.
  void add_to(CacheTotals& totals) const {
    totals.keys.add(keys_.tally());
    totals.apps.add(apps_.tally());
    totals.credentials.add(credentials_.tally());
  }

 private:
  static constexpr std::size_t kChangesKept = 1024;
  [[nodiscard]] bool current(std::string_view topic,
                             std::string_view key,
                             std::uint64_t heard_before) const;

  struct KeyEntry {
    std::string digest;
    Key key;
  };
  const crypto::KeyedHash hash_;
  LruMap<KeyEntry> keys_;           ///< by what was presented
  LruMap<App> apps_;                ///< by workspace and name as spelt
  LruMap<Credential> credentials_;  ///< by app id and user, as the change feed writes it
  std::uint64_t heard_ = 0;
  std::array<std::size_t, kChangesKept> recent_{};  ///< hashes of the last changes
  std::string scratch_;  ///< for composed keys, so that a hit allocates nothing
};

}  // namespace wayleave::gateway
