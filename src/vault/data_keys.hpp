#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"

namespace wayleave::vault {

/// Opens the data keys stored in the database with the root key; makes the first one in an empty
/// database. With a root key that does not fit: error `root_key_wrong`, nothing changed (VT-05).
[[nodiscard]] Result<crypto::KeyRing> open_key_ring(db::Database& database,
                                                    const crypto::RootKey& root,
                                                    Random& random,
                                                    Instant now);

/// Refuses (`root_key_wrong`) a root key that does not fit what is stored, before a migration may
/// change anything. A database that has no such table yet passes.
[[nodiscard]] Result<> check_root_key(db::Database& database, const crypto::RootKey& root);

}  // namespace wayleave::vault
