#include "app/core.hpp"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "access/api_key.hpp"
#include "access/audit_seal.hpp"
#include "api/idempotency.hpp"
#include "app/server_settings.hpp"
#include "base/bytes.hpp"
#include "crypto/digest.hpp"
#include "gateway/request_store.hpp"
#include "vault/data_keys.hpp"
#include "vault/refresh/lease.hpp"

namespace wayleave::app {
namespace {

constexpr Millis kResolverTtl{10'000};
constexpr std::int64_t kSealedAtOnce = 10'000;  // records, by the command line

/// What to do about a root key that does not fit; other errors as they are.
Error explain(Error error, const LoadedRootKey& root) {
  // A key that was made a moment ago and does not fit must not stay and mislead the next start.
  if (!root.created.empty()) ::unlink(root.created.c_str());
  if (error.code != "root_key_wrong") return error;
  return {ErrorKind::Reject,
          "root_key_wrong",
          "the root key (" + root.source +
              ") does not fit this database: its sealed values were made with another one. Put"
              " the right key in place; nothing was changed. " +
              error.detail};
}

/// When a change of the root key was interrupted after the data keys had been wrapped anew, the new
/// key lies beside the old one: takes it and finishes (VT-07). Else the error as it was.
Result<LoadedRootKey> after_interrupted_change(db::Database& database,
                                               const Config& config,
                                               const LoadedRootKey& root,
                                               Error error,
                                               Log& log) {
  const std::string own = default_root_key_path(config);
  if (error.code != "root_key_wrong" || root.origin != RootKeyOrigin::DataFolder) {
    return std::unexpected(explain(std::move(error), root));
  }
  auto next = read_root_key_file(next_root_key_path(config));
  if (!next || !vault::check_root_key(database, *next)) {
    // Another process may have finished it since the key was read.
    auto again = read_root_key_file(own);
    if (!again || !vault::check_root_key(database, *again)) {
      return std::unexpected(explain(std::move(error), root));
    }
    return LoadedRootKey{*std::move(again), RootKeyOrigin::DataFolder, own, {}};
  }
  WL_TRY(const auto kept, take_over_next_root_key(config, root.key.fingerprint()));
  log.warn("root_key.change_finished",
           {{"fingerprint", next->fingerprint()},
            {"old", kept},
            {"do", "back the new root key up apart from the data"}});
  return LoadedRootKey{*std::move(next), RootKeyOrigin::DataFolder, own, {}};
}

/// Brings the tables up to date and opens the data keys. The root key is judged first, so that a
/// wrong one changes nothing, not even by a migration (VT-05).
Result<crypto::KeyRing> open_keys(db::Database& database,
                                  const Config& config,
                                  LoadedRootKey& root,
                                  Random& random,
                                  Instant now,
                                  Log& log) {
  if (auto fits = vault::check_root_key(database, root.key); !fits) {
    WL_TRY(root, after_interrupted_change(database, config, root, std::move(fits).error(), log));
  }
  WL_CHECK(database.migrate(all_migrations()));
  auto keys = vault::open_key_ring(database, root.key, random, now);
  if (!keys) return std::unexpected(explain(std::move(keys).error(), root));
  return keys;
}

/// A short name for a data folder on this machine, without blanks.
std::string place_name(const std::string& data) {
  std::error_code ec;
  const auto whole = std::filesystem::weakly_canonical(data, ec);
  return to_hex(as_text(crypto::sha256(whole.string()))).substr(0, 16);
}

/// Fills in what the configuration leaves open from what a server last ran with.
Result<> follow_server(db::Database& database, Config& config) {
  auto read = [](db::Transaction& tx) { return load_server_settings(tx); };
  WL_TRY(const auto settings, database.read_blocking(std::move(read)));
  if (config.public_url.empty()) config.public_url = settings.public_url;
  if (config.sandbox.empty() && !settings.sandbox.empty()) {
    WL_TRY(const auto origin, net::Origin::parse(settings.sandbox));
    config.sandbox = settings.sandbox;
    config.permits.push_back({origin.host, origin.port});
  }
  return {};
}

}  // namespace

struct Core::Opened {
  std::unique_ptr<db::Database> database;
  crypto::KeyRing keys;
  provider::Catalogue catalogue;
  net::TlsContext tls;
  std::string public_url;
  std::string created_root_key;
  std::string owner;
};

std::vector<db::Migration> all_migrations() {
  std::vector<db::Migration> all;
  for (const auto& room : {db::migrations(),
                           access::migrations(),
                           vault::migrations(),
                           connect::migrations(),
                           gateway::migrations(),
                           api::migrations(),
                           migrations()}) {
    all.insert(all.end(), room.begin(), room.end());
  }
  return all;
}

/// On the disk of the data folder first; should that fail, in memory that outlives the process.
std::vector<std::filesystem::path> emergency_folders(const std::string& data) {
  return {std::filesystem::path(data) / "emergency", "/dev/shm/wayleave-" + place_name(data)};
}

std::vector<vault::SealedTable> all_sealed_tables() {
  // Room `access` lies below the vault and cannot tell by itself.
  std::vector<vault::SealedTable> all{
      {.name = "audit_seal", .key = {"place"}, .sealed = {"sealed"}, .workspace = "workspace"}};
  for (const auto& room :
       {vault::sealed_tables(), connect::sealed_tables(), api::sealed_tables()}) {
    all.insert(all.end(), room.begin(), room.end());
  }
  return all;
}

Result<provider::Catalogue> load_catalogue(const Config& config) {
  std::vector<provider::Source> sources = provider::Catalogue::embedded();
  if (!config.providers.empty()) {
    WL_TRY(auto own, provider::Catalogue::read_directory(config.providers));
    for (provider::Source& source : own) {
      std::erase_if(sources, [&](const auto& built_in) { return built_in.name == source.name; });
      sources.push_back(std::move(source));
    }
  }
  provider::Catalogue::Variables variables;
  if (!config.sandbox.empty()) variables["sandbox"] = config.sandbox;
  return provider::Catalogue::load(sources, variables);
}

Result<std::unique_ptr<Core>> Core::open(const Config& config,
                                         const Environment& environment,
                                         std::string public_url,
                                         Log& log) {
  SystemRandom random;
  const Instant now = SystemClock().now();
  Config used = config;
  WL_CHECK(prepare_data_folder(used.data));
  WL_TRY(auto root, load_root_key(used, environment, random));
  db::OpenOptions options;
  options.log = &log;
  WL_TRY(auto database, db::open(used.database, options));
  WL_TRY(auto keys, open_keys(*database, used, root, random, now, log));
  if (public_url.empty()) {
    WL_CHECK(follow_server(*database, used));
    public_url = used.public_url.empty() ? server_url(used, used.port) : used.public_url;
  }
  WL_TRY(auto catalogue, load_catalogue(used));
  WL_TRY(auto tls, net::TlsContext::create({used.ca_file}));
  Opened opened{std::move(database),
                std::move(keys),
                std::move(catalogue),
                std::move(tls),
                std::move(public_url),
                root.created,
                vault::lease_owner(random, place_name(used.data))};
  return std::unique_ptr<Core>(new Core(std::move(opened), used, environment, log));
}

Core::Core(Opened opened, const Config& config, const Environment& environment, Log& log)
    : log_(log),
      config_(config),
      environment_(environment),
      public_url_(std::move(opened.public_url)),
      created_root_key_(std::move(opened.created_root_key)),
      database_(std::move(opened.database)),
      keys_(std::move(opened.keys)),
      catalogue_(std::move(opened.catalogue)),
      egress_(config.permits),
      resolver_(clock_, kResolverTtl),
      tls_(std::move(opened.tls)),
      client_(net::make_client(upstream())),
      journal_(emergency_folders(config.data), keys_),
      vault_(std::make_unique<vault::Vault>(vault::Vault::Parts{*database_,
                                                                keys_,
                                                                catalogue_,
                                                                *client_,
                                                                clock_,
                                                                random_,
                                                                log_,
                                                                journal_,
                                                                std::move(opened.owner),
                                                                config.refresh_ahead,
                                                                config.refresh_rate})),
      installer_(std::make_unique<connect::Installer>(connect::Installer::Parts{
          *database_, *vault_, keys_, clock_, random_, log_, public_url_})) {}

Core::~Core() = default;

Result<LoadedRootKey> Core::root_key() const { return find_root_key(config_, environment_); }

void Core::seal_audit() {
  const auto unsealed = database_->read_blocking(access::count_unsealed);
  if (!unsealed || *unsealed == 0 || *unsealed > kSealedAtOnce) return;
  const auto verdict = access::AuditSealer(*database_, keys_, clock_).seal();
  if (!verdict) {
    log_.warn("audit.not_sealed", {{"detail", verdict.error().operator_detail}});
  } else if (!verdict->intact) {
    log_.error("audit.broken", {{"fault", verdict->fault}, {"do", "see wayleave audit verify"}});
  }
}

Result<> Core::reload_providers(const Config& config) {
  WL_TRY(const auto fresh, load_catalogue(config));
  catalogue_.replace(fresh);
  return {};
}

}  // namespace wayleave::app
