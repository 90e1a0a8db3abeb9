#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/root_key.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "connect/installer.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "net/client.hpp"
#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"
#include "provider/catalogue.hpp"
#include "vault/sealed_table.hpp"
#include "vault/vault.hpp"

namespace wayleave::app {

/// What the server and the command line both work with: the opened data and the ways out. Made by
/// `open`, which does the I/O of opening; members are safe for any thread. Destroy it after all
/// that uses it has stopped.
class Core {
 public:
  /// `public_url` as it goes into redirect and connect URLs. Empty: for the command line, which
  /// then takes the URL and the sandbox of the configuration, else those a server left in the
  /// database, else the listening address. `log` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Core>> open(const Config& config,
                                                          const Environment& environment,
                                                          std::string public_url,
                                                          Log& log);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  [[nodiscard]] db::Database& database() { return *database_; }
  [[nodiscard]] const crypto::KeyRing& keys() const { return keys_; }
  [[nodiscard]] const provider::Catalogue& catalogue() const { return catalogue_; }
  /// Takes up changed provider files; on an error the old ones stay.
  [[nodiscard]] Result<> reload_providers(const Config& config);
  [[nodiscard]] net::UpstreamServices upstream() { return {&egress_, &resolver_, &tls_}; }
  [[nodiscard]] net::Client& client() { return *client_; }
  [[nodiscard]] vault::Vault& vault() { return *vault_; }
  [[nodiscard]] connect::Installer& installer() { return *installer_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Random& random() { return random_; }
  [[nodiscard]] Log& log() { return log_; }
  [[nodiscard]] const std::string& public_url() const { return public_url_; }
  /// The root key as the next start would find it. Reads its source; may block.
  [[nodiscard]] Result<LoadedRootKey> root_key() const;
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const Environment& environment() const { return environment_; }
  /// Puts a seal on what the command line has just recorded (LG-04), unless that is much work: then
  /// it is left to a server. Blocks; a failure is logged, as the change itself is done.
  void seal_audit();
  /// Where the root key was made just now; empty when it was there.
  [[nodiscard]] const std::string& created_root_key() const { return created_root_key_; }

 private:
  struct Opened;
  Core(Opened opened, const Config& config, const Environment& environment, Log& log);

  SystemClock clock_;
  SystemRandom random_;
  Log& log_;
  const Config config_;
  const Environment environment_;
  std::string public_url_;
  std::string created_root_key_;
  std::unique_ptr<db::Database> database_;
  crypto::KeyRing keys_;
  provider::Catalogue catalogue_;
  net::Egress egress_;
  net::Resolver resolver_;
  net::TlsContext tls_;
  std::unique_ptr<net::Client> client_;
  vault::Journal journal_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<connect::Installer> installer_;
};

/// Every room's tables, in the order in which they are made.
[[nodiscard]] std::vector<db::Migration> all_migrations();

/// Every table that holds sealed values.
[[nodiscard]] std::vector<vault::SealedTable> all_sealed_tables();

/// Where answers of providers are kept that the database did not take (vault::Journal).
[[nodiscard]] std::vector<std::filesystem::path> emergency_folders(const std::string& data);

/// The providers built in, those of the folder, and the sandbox when there is one.
[[nodiscard]] Result<provider::Catalogue> load_catalogue(const Config& config);

}  // namespace wayleave::app
