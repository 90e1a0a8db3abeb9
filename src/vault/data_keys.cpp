#include "vault/data_keys.hpp"

namespace wayleave::vault {
namespace {

std::vector<crypto::WrappedKey> wrapped(const std::vector<StoredKey>& stored) {
  std::vector<crypto::WrappedKey> keys;
  keys.reserve(stored.size());
  for (const StoredKey& key : stored) keys.push_back(key.wrapped);
  return keys;
}

crypto::WrappedKey read_wrapped(const db::Row& row) {
  return {.id = static_cast<std::uint32_t>(row[0].integer()),
          .root_fingerprint = row[1].text(),
          .wrapped = row[2].blob(),
          .announced = false};
}

Result<std::vector<StoredKey>> make_first_key(db::Transaction& tx,
                                              const crypto::WrappedKey& key,
                                              Instant now) {
  WL_CHECK(
      tx.execute("INSERT INTO data_key (id, root_fingerprint, wrapped, created_at, in_use_at) "
                 "VALUES ($1, $2, $3, $4, $4) ON CONFLICT (id) DO NOTHING",
                 {std::int64_t{key.id}, key.root_fingerprint, db::Blob{key.wrapped}, now}));
  return stored_keys(tx);  // another process may have been first
}

}  // namespace

Result<std::vector<StoredKey>> stored_keys(db::Transaction& tx) {
  WL_TRY(const auto rows,
         tx.query("SELECT id, root_fingerprint, wrapped, created_at, in_use_at, retired_at, "
                  "resealing_at FROM data_key ORDER BY id"));
  std::vector<StoredKey> keys;
  keys.reserve(rows.size());
  for (const auto& row : rows) {
    StoredKey key{read_wrapped(row),
                  row[3].time(),
                  row[4].optional_time(),
                  row[5].optional_time(),
                  row[6].optional_time()};
    key.wrapped.announced = !key.in_use_at;
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<crypto::KeyRing> open_key_ring(db::Database& database,
                                      const crypto::RootKey& root,
                                      Random& random,
                                      Instant now) {
  WL_TRY(auto keys, database.read_blocking([](db::Transaction& tx) { return stored_keys(tx); }));
  if (keys.empty()) {
    const auto key = crypto::KeyRing::make_key(root, 1, random);
    WL_TRY(keys, database.write_blocking([&](db::Transaction& tx) {
      return make_first_key(tx, key, now);
    }));
  }
  return crypto::KeyRing::open(root, wrapped(keys));
}

Result<crypto::KeyRing> read_key_ring(db::Database& database, const crypto::RootKey& root) {
  WL_TRY(const auto keys,
         database.read_blocking([](db::Transaction& tx) { return stored_keys(tx); }));
  return crypto::KeyRing::open(root, wrapped(keys));
}

Result<> check_root_key(db::Database& database, const crypto::RootKey& root) {
  // Only columns of the first schema: this runs before the migrations do.
  const auto rows = database.read_blocking([](db::Transaction& tx) {
    return tx.query("SELECT id, root_fingerprint, wrapped FROM data_key ORDER BY id");
  });
  // What is wrong with the database itself shows when it is migrated.
  if (!rows || rows->empty()) return {};
  std::vector<crypto::WrappedKey> keys;
  for (const auto& row : *rows) keys.push_back(read_wrapped(row));
  WL_CHECK(crypto::KeyRing::open(root, keys));
  return {};
}

Result<> take_up_keys(db::Transaction& tx, const crypto::KeyRing& keys) {
  WL_TRY(const auto stored, stored_keys(tx));
  return keys.take_up(wrapped(stored));
}

Result<> take_up_keys(db::Transaction& tx,
                      const crypto::KeyRing& keys,
                      const crypto::RootKey& root) {
  WL_TRY(const auto stored, stored_keys(tx));
  return keys.take_up(root, wrapped(stored));
}

Result<> take_up_key_of(db::Transaction& tx, const crypto::KeyRing& keys, std::string_view sealed) {
  if (keys.has_key_of(sealed)) return {};
  const auto taken = take_up_keys(tx, keys);
  if (taken || taken.error().code != "root_key_wrong") return taken;
  // Without the new root key this process cannot have the new data key: others can, so the value is
  // not damaged, and a restart mends it.
  return fail(ErrorKind::Retry,
              "unavailable",
              "the root key was changed; this server has to be started again with the new one",
              taken.error().detail);
}

Result<SecretString> open_sealed(db::Transaction& tx,
                                 const crypto::KeyRing& keys,
                                 std::string_view sealed,
                                 const crypto::Place& place) {
  WL_CHECK(take_up_key_of(tx, keys, sealed));
  return keys.open(sealed, place);
}

}  // namespace wayleave::vault
