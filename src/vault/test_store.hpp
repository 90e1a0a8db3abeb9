#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "access/api_key.hpp"
#include "crypto/key_ring.hpp"
#include "db/temporary_database.hpp"
#include "tests/support/temp_dir.hpp"
#include "vault/app_repository.hpp"
#include "vault/data_keys.hpp"
#include "vault/vault.hpp"

namespace wayleave::vault {

template <class T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().code + ": " + result.error().detail + " " +
                             result.error().operator_detail);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline SecretString secret(std::string_view text) { return SecretString(text); }
inline std::string shown(const SecretString& text) {
  return text.expose([](std::string_view bytes) { return std::string(bytes); });
}

/// A database of its own for one test, with an opened key ring.
struct TestStore {
  db::TemporaryPlace place;
  support::TempDir dir;  ///< for files beside the database
  SystemRandom random;
  FakeClock clock;
  crypto::RootKey root = crypto::RootKey::generate(random);
  std::unique_ptr<db::Database> database = open_database();
  crypto::KeyRing keys = must(open_key_ring(*database, root, random, clock.now()));

  [[nodiscard]] const std::string& url() const { return place.url(); }
  [[nodiscard]] std::string stored_bytes() const { return place.stored_bytes() + dir.all_bytes(); }

  std::unique_ptr<db::Database> open_database() {
    auto opened = must(db::open(url()));
    auto all = db::migrations();
    for (const auto& room : {access::migrations(), migrations()}) {
      all.insert(all.end(), room.begin(), room.end());
    }
    must(opened->migrate(all));
    return opened;
  }

  template <class F>
  auto write(F work) {
    return database->write_blocking(std::move(work));
  }
  /// For what a test does behind the vault's back.
  void sql(std::string_view statement, std::vector<db::Value> params = {}) {
    must(write([&](db::Transaction& tx) { return tx.execute(statement, params); }));
  }
  db::Rows rows(std::string_view query, std::vector<db::Value> params = {}) {
    return must(write([&](db::Transaction& tx) { return tx.query(query, params); }));
  }
};

/// An app without a provider, enough for rows that refer to one.
inline App put_app(TestStore& store, const WorkspaceId& workspace) {
  App app;
  app.id = AppId{"app-1"};
  app.workspace = workspace;
  app.slug = "a";
  const crypto::Place place{workspace.str(), "app", "app-1", "client_secret", app.version};
  const std::string sealed = store.keys.seal("client secret", place);
  must(store.write([&](db::Transaction& tx) { return app_table::insert(tx, app, sealed); }));
  return app;
}

}  // namespace wayleave::vault
