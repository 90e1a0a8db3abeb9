#pragma once

#include <vector>

#include "app/config.hpp"
#include "app/doctor/doctor.hpp"
#include "app/root_key.hpp"
#include "db/database.hpp"

// The parts of an examination. For this folder and app/health.cpp only.
namespace wayleave::app {

/// All that needs no store: folders, disk, limits, clock, providers, address, certificate, sandbox.
[[nodiscard]] std::vector<Finding> look_at_machine(const Config& config);

/// Of these, what a running server is asked about as well (app/health.hpp).
[[nodiscard]] Finding look_at_disk(const Config& config);
[[nodiscard]] Finding look_at_files();
[[nodiscard]] Finding look_at_clock(Instant now);
[[nodiscard]] Finding look_at_public_url(const Config& config);
[[nodiscard]] Finding look_at_certificate(const Config& config, Instant now);

/// Root key, database and what is in it.
[[nodiscard]] std::vector<Finding> look_at_store(const Config& config,
                                                 const Environment& environment,
                                                 bool deep);

/// What is looked at inside a store that opens and is of this version's schema.
struct OpenStore {
  const Config& config;
  db::Database& database;
  const crypto::RootKey& root;
  bool deep = false;
};
/// Data keys, a rotation that stands still, sealed values, running servers.
[[nodiscard]] std::vector<Finding> look_at_keys(const OpenStore& store);
/// Tokens that wait for a database that takes them; needs no store.
[[nodiscard]] Finding look_at_emergency(const Config& config);
/// Connections, the audit trail's clock.
[[nodiscard]] std::vector<Finding> look_at_records(const OpenStore& store);
[[nodiscard]] Finding look_at_history(db::Database& database);
[[nodiscard]] Finding look_at_connections(db::Database& database);
/// Whether a commit succeeds.
[[nodiscard]] Finding look_at_writing(db::Database& database);
/// Whether the root key opens the store; `fits` becomes that.
[[nodiscard]] Finding look_at_root_key(const Config& config,
                                       db::Database& database,
                                       const LoadedRootKey& root,
                                       bool& fits);
[[nodiscard]] Finding broken_root_key(const Error& error);
/// Settings of a PostgreSQL server that lose what was committed. Nothing for SQLite.
[[nodiscard]] std::vector<Finding> look_at_postgres(const Config& config, db::Database& database);

/// A finding about something that could not be read.
[[nodiscard]] Finding unreadable(std::string name, const Error& error);

}  // namespace wayleave::app
