#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app/core.hpp"
#include "db/table_copy.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::app {
namespace {

/// Binary columns that hold no secret: digests and fingerprints of secrets, pictures that everybody
/// may see, and wrapped data keys, which the root key protects.
const std::set<std::string> kNotSealed = {
    "api_key.digest",
    "app_appearance.logo",
    "audit.hash",
    "audit_counter.hash",
    "data_key.wrapped",
    "install_flow.browser_digest",
    "install_flow.state_digest",
    "install_link.token_digest",
    "refresh_work.fingerprint",
};

std::vector<db::Table> tables() {
  db::TemporaryDatabase database;
  const auto migrated = database->migrate(all_migrations());
  EXPECT_TRUE(migrated);
  return *database->read_blocking([](db::Transaction& tx) { return db::tables_in_order(tx); });
}

const db::Column* column(const std::vector<db::Table>& all,
                         std::string_view table,
                         std::string_view name) {
  const auto at = std::ranges::find(all, table, &db::Table::name);
  if (at == all.end()) return nullptr;
  const auto found = std::ranges::find(at->columns, name, &db::Column::name);
  return found == at->columns.end() ? nullptr : &*found;
}

// VT-06: a sealed column that a rotation does not know would become unreadable when its key goes.
// Whoever adds a binary column has to say here or in a room's `sealed_tables` what it holds.
TEST(SealedTables, EveryBinaryColumnIsEitherResealedOrNoSecret) {
  std::set<std::string> known = kNotSealed;
  for (const auto& table : all_sealed_tables()) {
    for (const auto name : table.sealed) {
      EXPECT_TRUE(known.insert(std::string(table.name) + "." + std::string(name)).second);
    }
  }
  std::set<std::string> there;
  for (const db::Table& table : tables()) {
    for (const db::Column& it : table.columns) {
      if (it.type == db::ColumnType::Blob) there.insert(table.name + "." + it.name);
    }
  }
  EXPECT_EQ(there, known);
}

TEST(SealedTables, AreDescribedAsTheyAre) {
  const auto all = tables();
  for (const auto& table : all_sealed_tables()) {
    const auto at = std::ranges::find(all, table.name, &db::Table::name);
    ASSERT_NE(at, all.end()) << table.name;
    EXPECT_TRUE(std::ranges::equal(at->primary_key, table.key)) << table.name;
    for (const auto name : table.key) {
      const auto* key = column(all, table.name, name);
      ASSERT_NE(key, nullptr);
      EXPECT_EQ(key->type, db::ColumnType::Text) << table.name << "." << name;
    }
    EXPECT_NE(column(all, table.name, table.workspace), nullptr) << table.name;
    if (!table.version.empty()) {
      EXPECT_NE(column(all, table.name, table.version), nullptr) << table.name;
    }
  }
}

}  // namespace
}  // namespace wayleave::app
