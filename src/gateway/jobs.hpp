#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "db/database.hpp"
#include "gateway/snapshot.hpp"
#include "net/dispatcher.hpp"
#include "vault/vault.hpp"

namespace wayleave::gateway {

/// Where the caller may send the user to connect again; empty when it cannot be told.
using InstallUrl =
    std::function<Task<std::string>(WorkspaceId workspace, std::string app, std::string user)>;

/// What the slow side of the gateway asks. All must outlive every job.
struct Services {
  db::Database& database;
  vault::Vault& vault;
  const Clock& clock;
  access::KeyWatch& key_watch;
  InstallUrl install_url;
};

/// A failed job: the error, and the way back for the user when there is one.
struct Refused {
  Error error;
  std::string install_url = {};
};

/// The same answer for an unknown, a revoked, an expired and a malformed key (AK-03).
[[nodiscard]] Error unauthenticated();
[[nodiscard]] Error lacks_proxy_scope();

/// Records that a key was refused because of where the call came from.
[[nodiscard]] Task<> note_foreign_address(const Services* services,
                                          Snapshot::Key key,
                                          std::string peer);

/// Finds what the snapshot did not have: key, app and credential, each only if asked for and only
/// if the one before allows it.
class ResolveJob final : public net::Job {
 public:
  struct Wanted {
    std::string digest;       ///< of the presented key, when `key` is not known yet
    std::string key_id;       ///< the user name of Basic credentials; must be the key's id
    Snapshot::Key key;        ///< when known
    std::string app;          ///< slug in lower case; empty: the key only
    Snapshot::App app_entry;  ///< when known; a newly found one is in `found_app`
    std::string provider;     ///< must name the app's provider; empty: any
    std::string user;         ///< empty: no credential wanted
    std::string peer;         ///< where the call comes from
    std::uint64_t heard = 0;
  };
  ResolveJob(const Services& services, Wanted wanted)
      : services_(services), wanted(std::move(wanted)) {}
  Task<> run() override;

 private:
  const Services& services_;

 public:
  Wanted wanted;  ///< the key is filled in
  std::shared_ptr<AppEntry> found_app;
  Snapshot::Credential credential;
  std::optional<Refused> refused;

 private:
  Task<Result<>> find_key();
  Task<Result<>> find_app();
  Task<Result<>> find_all();
  [[nodiscard]] Snapshot::App app() const { return found_app ? found_app : wanted.app_entry; }
};

/// Gets a new token after the provider refused the present one (TK-17).
class RenewJob final : public net::Job {
 public:
  RenewJob(const Services& services,
           Snapshot::Key key,
           Snapshot::App app,
           std::string user,
           std::int64_t seen_version,
           std::uint64_t heard_before)
      : services_(services),
        key_(std::move(key)),
        app_(std::move(app)),
        user_(std::move(user)),
        seen_version_(seen_version),
        heard(heard_before) {}
  Task<> run() override;

 private:
  const Services& services_;
  Snapshot::Key key_;
  Snapshot::App app_;
  std::string user_;
  std::int64_t seen_version_;

 public:
  std::uint64_t heard;
  Snapshot::Credential credential;
  std::optional<Refused> refused;
};

/// Waits before a further try.
class DelayJob final : public net::Job {
 public:
  explicit DelayJob(Millis wait) : wait_(wait) {}
  Task<> run() override;

 private:
  Millis wait_;
};

}  // namespace wayleave::gateway
