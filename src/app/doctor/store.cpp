#include <fmt/core.h>

#include <filesystem>
#include <set>

#include "app/core.hpp"
#include "app/doctor/look.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::app {
namespace {

using State = Finding::State;

constexpr std::string_view kRootKey = "root key";
constexpr std::string_view kDatabase = "database";
constexpr std::string_view kSchema = "schema";

bool exists(const std::string& path) {
  std::error_code ec;
  return std::filesystem::exists(path, ec);
}

bool database_is_new(const Config& config) {
  const std::string file = config.sqlite_path();
  return !file.empty() && !exists(file);
}

/// A change of the root key leaves `root.key.new` behind when it is interrupted.
std::optional<Finding> interrupted_change(const Config& config,
                                          db::Database& database,
                                          const LoadedRootKey& root,
                                          bool fits) {
  const std::string path = next_root_key_path(config);
  if (root.origin != RootKeyOrigin::DataFolder || !exists(path)) return std::nullopt;
  const auto next = read_root_key_file(path);
  if (!fits && next && vault::check_root_key(database, *next)) {
    return Finding{State::Warning,
                   std::string(kRootKey),
                   "a change of the root key was interrupted after it took effect: " + path +
                       " opens the store",
                   "the next start puts it in place; or run wayleave rotate-key --root to change it"
                   " once more",
                   "root_key_change_unfinished"};
  }
  if (!fits) return std::nullopt;
  return Finding{State::Warning,
                 std::string(kRootKey),
                 "fits; but a change of it was begun and did not take effect: " + path,
                 "run wayleave rotate-key --root to carry it out, or delete that file",
                 "root_key_change_begun"};
}

Result<std::set<std::pair<std::string, std::int64_t>>> applied(db::Transaction& tx) {
  WL_TRY(const auto tables, tx.tables());
  std::set<std::pair<std::string, std::int64_t>> names;
  if (std::ranges::find(tables, "schema_migration", &db::Table::name) == tables.end()) return names;
  WL_TRY(const auto rows, tx.query("SELECT room, number FROM schema_migration"));
  for (const auto& row : rows) names.emplace(row[0].text(), row[1].integer());
  return names;
}

Finding look_at_schema(db::Database& database) {
  auto there = database.read_blocking([](db::Transaction& tx) { return applied(tx); });
  if (!there) return unreadable(std::string(kSchema), there.error());
  if (there->empty()) {
    return {State::Warning,
            std::string(kSchema),
            "the database has no tables yet",
            "they are made at the first start",
            "schema_missing"};
  }
  std::size_t missing = 0;
  for (const db::Migration& migration : all_migrations()) {
    missing += there->erase({std::string(migration.room), migration.number}) == 0 ? 1U : 0U;
  }
  if (!there->empty()) {
    return {State::Broken,
            std::string(kSchema),
            fmt::format("the database was used by a newer version of Wayleave (step {} {})",
                        there->begin()->first,
                        there->begin()->second),
            "run that newer version, or restore a backup made before it into a new database",
            "schema_newer"};
  }
  if (missing > 0) {
    return {State::Warning,
            std::string(kSchema),
            fmt::format("{} steps behind this version", missing),
            "the next start brings it up to date; run wayleave backup FILE before",
            "schema_older"};
  }
  return {State::Fine, std::string(kSchema), "that of this version"};
}

void look_inside(const Config& config,
                 db::Database& database,
                 const Result<LoadedRootKey>& root,
                 bool deep,
                 std::vector<Finding>& findings) {
  const Finding schema = look_at_schema(database);
  // A first start makes the key and the tables.
  const bool first = schema.code == "schema_missing";
  if (!root && !(first && root.error().code == "root_key_missing")) {
    findings.push_back(broken_root_key(root.error()));
  }
  findings.push_back(schema);
  const auto more = look_at_postgres(config, database);
  findings.insert(findings.end(), more.begin(), more.end());
  if (first) return;
  bool fits = false;
  if (root) findings.push_back(look_at_root_key(config, database, *root, fits));
  findings.push_back(look_at_writing(database));
  if (schema.state != State::Fine || !fits) return;
  const OpenStore store{config, database, root->key, deep};
  for (const auto& look : {look_at_keys, look_at_records}) {
    const auto found = look(store);
    findings.insert(findings.end(), found.begin(), found.end());
  }
}

}  // namespace

Finding broken_root_key(const Error& error) {
  if (error.code == "root_key_missing") {
    return {State::Broken,
            std::string(kRootKey),
            error.detail,
            "put it back from your backup, or name it with --root-key-file, --root-key-command or "
            "WAYLEAVE_ROOT_KEY; without it no stored token can be opened",
            error.code};
  }
  return {State::Broken,
          std::string(kRootKey),
          error.detail,
          "do what the message says",
          error.detail.find("can be read by others") != std::string::npos ? "root_key_readable"
                                                                          : "root_key_invalid"};
}

Finding look_at_root_key(const Config& config,
                         db::Database& database,
                         const LoadedRootKey& root,
                         bool& fits) {
  const auto judged = vault::check_root_key(database, root.key);
  fits = judged.has_value();
  if (auto found = interrupted_change(config, database, root, fits)) {
    return *std::move(found);
  }
  if (fits) {
    return {State::Fine,
            std::string(kRootKey),
            fmt::format("fits (fingerprint {}, from {})", root.key.fingerprint(), root.source)};
  }
  return {State::Broken,
          std::string(kRootKey),
          judged.error().detail,
          judged.error().code == "root_key_wrong"
              ? "put the root key back that this database was last used with"
              : "restore a backup: wayleave restore FILE",
          judged.error().code};
}

Finding look_at_writing(db::Database& database) {
  const auto written = database.write_blocking([](db::Transaction& tx) {
    return tx.execute("UPDATE change_counter SET sequence = sequence WHERE id = 1");
  });
  if (written) return {State::Fine, std::string(kDatabase), "can be read and written"};
  const Error& error = written.error();
  const bool full = error.code == "database_full";
  return {State::Broken,
          std::string(kDatabase),
          fmt::format("cannot be written: {} ({})", error.detail, error.operator_detail),
          full ? "free some space on the disk of the database now"
               : "check the owner and permissions of the database, and that its disk is not mounted"
                 " read-only",
          full ? "database_full" : "database_read_only"};
}

Finding unreadable(std::string name, const Error& error) {
  return {State::Broken,
          std::move(name),
          fmt::format("cannot be read: {} ({})", error.detail, error.operator_detail),
          "check the database and its disk; restore a backup if it is damaged",
          "unreadable"};
}

std::vector<Finding> look_at_store(const Config& config,
                                   const Environment& environment,
                                   bool deep) {
  if (database_is_new(config)) {
    return {{State::Warning,
             std::string(kDatabase),
             config.database + " is not there yet",
             "it is made at the first start",
             "database_missing"}};
  }
  std::vector<Finding> findings;
  const auto root = find_root_key(config, environment);
  Log log(Log::Level::Off);
  db::OpenOptions options;
  options.log = &log;
  const auto database = db::open(config.database, options);
  if (!database) {
    const Error& error = database.error();
    findings.push_back({State::Broken,
                        std::string(kDatabase),
                        error.operator_detail.empty()
                            ? error.detail
                            : fmt::format("{} ({})", error.detail, error.operator_detail),
                        !config.sqlite_path().empty()
                            ? "check the path, its permissions and the disk"
                            : "check that the server runs, the address, the role and the password",
                        "database_unavailable"});
    if (!root) findings.push_back(broken_root_key(root.error()));
    return findings;
  }
  look_inside(config, **database, root, deep, findings);
  return findings;
}

std::vector<Finding> examine(const OptionValues& flags, const Environment& environment, bool deep) {
  const auto config = settle(flags, environment);
  if (!config) {
    return {{State::Broken,
             "configuration",
             config.error().detail,
             "mend what it names",
             "configuration_wrong"}};
  }
  std::vector<Finding> findings = {{State::Fine, "configuration", "read"}};
  for (auto& finding : look_at_machine(*config)) findings.push_back(std::move(finding));
  findings.push_back(look_at_emergency(*config));
  for (auto& finding : look_at_store(*config, environment, deep)) {
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace wayleave::app
