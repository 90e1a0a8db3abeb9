#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"

namespace wayleave::vault {

/// What a room tells about a table of its own that holds sealed values, so that they can be sealed
/// anew with another data key, counted and checked without knowing what they are. All names are SQL
/// names; the key columns are text. A test finds the columns that nobody told about.
struct SealedTable {
  std::string_view name;              ///< also the table in the seal's place
  std::vector<std::string_view> key;  ///< primary key
  std::vector<std::string_view> sealed;
  std::string_view workspace;
  std::string_view version = {};  ///< empty: values are sealed for version 0
  /// The row in the seal's place, from the values of `key`; null: the first of them.
  std::string (*row)(const std::vector<std::string>& key) = nullptr;
};

/// Those of this room.
[[nodiscard]] std::vector<SealedTable> sealed_tables();

/// A sealed value that does not open in its place: `connection.access_token of con_…`.
struct DamagedValue {
  std::string table;
  std::string column;
  std::string row;
};

/// One batch of rows, and where the next begins.
struct SealedBatch {
  int rows = 0;      ///< 0: there are no more
  int resealed = 0;  ///< values
  std::vector<DamagedValue> damaged;
  std::vector<std::string> last;  ///< key of the last row
};

/// Seals at most `limit` rows after the key `after` (empty: from the beginning) with the ring's
/// newest key where they are sealed with another: same value, same place, same version. A value
/// that somebody changed meanwhile is left as it is. Damaged ones are left and told.
[[nodiscard]] Result<SealedBatch> reseal_some(db::Transaction& tx,
                                              const crypto::KeyRing& keys,
                                              const SealedTable& table,
                                              const std::vector<std::string>& after,
                                              int limit);

/// Opens every value of at most `limit` rows, whatever key they are sealed with; changes nothing.
[[nodiscard]] Result<SealedBatch> check_some(db::Transaction& tx,
                                             const crypto::KeyRing& keys,
                                             const SealedTable& table,
                                             const std::vector<std::string>& after,
                                             int limit);

/// How many values are sealed with this key.
[[nodiscard]] Result<std::int64_t> count_sealed_with(db::Transaction& tx,
                                                     const SealedTable& table,
                                                     std::uint32_t key);
/// How many rows hold a value that is not sealed with this key.
[[nodiscard]] Result<std::int64_t> count_not_sealed_with(db::Transaction& tx,
                                                         const SealedTable& table,
                                                         std::uint32_t key);

}  // namespace wayleave::vault
