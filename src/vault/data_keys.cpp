#include "vault/data_keys.hpp"

namespace wayleave::vault {
namespace {

Result<std::vector<crypto::WrappedKey>> stored_keys(db::Transaction& tx) {
  WL_TRY(const auto rows,
         tx.query("SELECT id, root_fingerprint, wrapped FROM data_key ORDER BY id"));
  std::vector<crypto::WrappedKey> keys;
  keys.reserve(rows.size());
  for (const auto& row : rows) {
    keys.push_back({static_cast<std::uint32_t>(row[0].integer()), row[1].text(), row[2].blob()});
  }
  return keys;
}

Result<std::vector<crypto::WrappedKey>> make_first_key(db::Transaction& tx,
                                                       const crypto::WrappedKey& key,
                                                       Instant now) {
  WL_CHECK(tx.execute(
      "INSERT INTO data_key (id, root_fingerprint, wrapped, created_at) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (id) DO NOTHING",
      {std::int64_t{key.id}, key.root_fingerprint, db::Blob{key.wrapped}, now}));
  return stored_keys(tx);  // another process may have been first
}

}  // namespace

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
  return crypto::KeyRing::open(root, keys);
}

Result<> check_root_key(db::Database& database, const crypto::RootKey& root) {
  const auto keys = database.read_blocking([](db::Transaction& tx) { return stored_keys(tx); });
  // What is wrong with the database itself shows when it is migrated.
  if (!keys || keys->empty()) return {};
  WL_CHECK(crypto::KeyRing::open(root, *keys));
  return {};
}

}  // namespace wayleave::vault
