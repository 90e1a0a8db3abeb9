#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"

namespace wayleave::vault {

/// A data key as the database keeps it. It is announced when it is made, so that every running
/// server can open it; then put in use; when no value is sealed with it any more it is retired, and
/// stays, for values in old backups and for whoever was stopped in the middle of a write.
struct StoredKey {
  crypto::WrappedKey wrapped;
  Instant created_at;
  std::optional<Instant> in_use_at;
  std::optional<Instant> retired_at;
  std::optional<Instant> resealing_at;  ///< when somebody last sealed older values with it
};
/// Topic of the change feed under which changes of data keys are noted; its key is empty.
inline constexpr std::string_view kDataKeyTopic = "data_key";

/// Oldest first.
[[nodiscard]] Result<std::vector<StoredKey>> stored_keys(db::Transaction& tx);

/// Opens the data keys stored in the database with the root key; makes the first one in an empty
/// database. With a root key that does not fit: error `root_key_wrong`, nothing changed (VT-05).
[[nodiscard]] Result<crypto::KeyRing> open_key_ring(db::Database& database,
                                                    const crypto::RootKey& root,
                                                    Random& random,
                                                    Instant now);

/// The same, but makes nothing: an error when there is no data key yet.
[[nodiscard]] Result<crypto::KeyRing> read_key_ring(db::Database& database,
                                                    const crypto::RootKey& root);

/// Refuses (`root_key_wrong`) a root key that does not fit what is stored, before a migration may
/// change anything. A database that has no such table yet passes.
[[nodiscard]] Result<> check_root_key(db::Database& database, const crypto::RootKey& root);

/// Takes up what is stored now; `root_key_wrong` when a new key needs a root key that is not held.
[[nodiscard]] Result<> take_up_keys(db::Transaction& tx, const crypto::KeyRing& keys);
/// The same with another root key, which is kept when it fits.
[[nodiscard]] Result<> take_up_keys(db::Transaction& tx,
                                    const crypto::KeyRing& keys,
                                    const crypto::RootKey& root);

/// For a value read in `tx`: when it was sealed with a key this process has not heard of, looks for
/// that key. A key is stored before anything is sealed with it, so whoever sees the value sees the
/// key; no value is unreadable while news of a rotation is under way (VT-06).
[[nodiscard]] Result<> take_up_key_of(db::Transaction& tx,
                                      const crypto::KeyRing& keys,
                                      std::string_view sealed);
/// The same, and opens it.
[[nodiscard]] Result<SecretString> open_sealed(db::Transaction& tx,
                                               const crypto::KeyRing& keys,
                                               std::string_view sealed,
                                               const crypto::Place& place);

/// Whether a value was there and did not open: it was changed, moved or put back.
[[nodiscard]] inline bool is_damage(const Error& error) {
  return error.code == "sealed_value_damaged";
}

}  // namespace wayleave::vault
