#pragma once

#include <cstdint>
#include <map>
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
  int rows = 0;  ///< 0: there are no more
  std::vector<DamagedValue> damaged;
  std::vector<std::string> last;  ///< key of the last row
};

/// A row whose values are to be exchanged for the same ones under another key.
struct Resealed {
  struct Column {
    std::string_view name;
    std::string before;
    std::string after;
  };
  std::vector<std::string> key;
  std::vector<Column> columns;
};
struct ResealedBatch : SealedBatch {
  std::vector<Resealed> resealed;
};

/// Seals what at most `limit` rows after the key `after` (empty: from the beginning) hold with the
/// ring's newest key, where it is sealed with another: same value, same place, same version.
/// Changes nothing yet, so that the work is done without a lock. Damaged values are left out and
/// told.
[[nodiscard]] Result<ResealedBatch> reseal_some(db::Transaction& tx,
                                                const crypto::KeyRing& keys,
                                                const SealedTable& table,
                                                const std::vector<std::string>& after,
                                                int limit);
/// Stores them; how many values. One that somebody changed meanwhile is left as it is: nonces never
/// repeat, so equal bytes are the very value that was opened (TK-24).
[[nodiscard]] Result<std::int64_t> store_resealed(db::Transaction& tx,
                                                  const SealedTable& table,
                                                  const std::vector<Resealed>& rows);

/// Opens every value of at most `limit` rows, whatever key they are sealed with; changes nothing.
[[nodiscard]] Result<SealedBatch> check_some(db::Transaction& tx,
                                             const crypto::KeyRing& keys,
                                             const SealedTable& table,
                                             const std::vector<std::string>& after,
                                             int limit);

/// How many values are sealed with each key; of those that are well-formed.
[[nodiscard]] Result<std::map<std::uint32_t, std::int64_t>> count_by_key(db::Transaction& tx,
                                                                         const SealedTable& table);
/// How many rows hold a value that is not sealed with this key.
[[nodiscard]] Result<std::int64_t> count_not_sealed_with(db::Transaction& tx,
                                                         const SealedTable& table,
                                                         std::uint32_t key);

}  // namespace wayleave::vault
