#pragma once

#include <vector>

#include "app/config.hpp"
#include "app/doctor/doctor.hpp"
#include "app/root_key.hpp"
#include "db/database.hpp"

// The parts of an examination. For this folder only.
namespace wayleave::app {

/// All that needs no store: folders, disk, limits, clock, providers, address, certificate, sandbox.
[[nodiscard]] std::vector<Finding> look_at_machine(const Config& config);

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
/// Settings of a PostgreSQL server that lose what was committed. Nothing for SQLite.
[[nodiscard]] std::vector<Finding> look_at_postgres(const Config& config, db::Database& database);

/// A finding about something that could not be read.
[[nodiscard]] Finding unreadable(std::string name, const Error& error);

}  // namespace wayleave::app
