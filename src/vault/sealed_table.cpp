#include "vault/sealed_table.hpp"

#include <utility>

#include "base/text.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::vault {
namespace {

constexpr std::size_t kPrefixBytes = 5;

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

/// Numbers parameters as they are added.
class Params {
 public:
  std::string add(db::Value value) {
    values_.push_back(std::move(value));
    return "$" + std::to_string(values_.size());
  }
  [[nodiscard]] std::vector<db::Value> take() { return std::move(values_); }

 private:
  std::vector<db::Value> values_;
};

/// True for a column that holds a value sealed with another key than that of `prefix`.
std::string not_sealed_with(const SealedTable& table, const std::string& prefix) {
  std::string text;
  for (const std::string_view column : table.sealed) {
    text += (text.empty() ? "" : " OR ") + std::string("substr(") + std::string(column) + ", 1, " +
            std::to_string(kPrefixBytes) + ") <> " + prefix;
  }
  return "(" + text + ")";
}

/// A row as `select` gives it: key, workspace, version, sealed columns.
struct SealedRow {
  std::vector<std::string> key;
  std::string place_row;
  std::string workspace;
  std::int64_t version = 0;
  std::vector<db::Value> values;
};

SealedRow read_row(const SealedTable& table, const db::Row& row) {
  SealedRow out;
  std::size_t at = 0;
  for (; at < table.key.size(); ++at) out.key.push_back(row[at].text());
  out.place_row = table.row == nullptr ? out.key.front() : table.row(out.key);
  out.workspace = row[at++].text();
  if (!table.version.empty()) out.version = row[at++].integer();
  out.values.assign(row.begin() + static_cast<std::ptrdiff_t>(at), row.end());
  return out;
}

/// Rows after a key; with `prefix` only those that hold a value sealed with another key.
Result<std::vector<SealedRow>> rows_after(db::Transaction& tx,
                                          const SealedTable& table,
                                          const std::vector<std::string>& after,
                                          const std::optional<std::string>& prefix,
                                          int limit) {
  const std::string key = joined(table.key);
  std::string sql = "SELECT " + key + ", " + std::string(table.workspace);
  if (!table.version.empty()) sql += ", " + std::string(table.version);
  sql += ", " + joined(table.sealed) + " FROM " + std::string(table.name) + " WHERE 1 = 1";
  Params params;
  if (!after.empty()) {
    std::string place;
    for (const std::string& part : after) place += (place.empty() ? "" : ", ") + params.add(part);
    sql += " AND (" + key + ") > (" + place + ")";
  }
  if (prefix) sql += " AND " + not_sealed_with(table, params.add(db::Blob{*prefix}));
  sql += " ORDER BY " + key + " LIMIT " + params.add(limit);
  WL_TRY(const auto rows, tx.query(sql, params.take()));
  std::vector<SealedRow> out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(read_row(table, row));
  return out;
}

DamagedValue damaged_value(const SealedTable& table, std::size_t column, const SealedRow& row) {
  return {std::string(table.name), std::string(table.sealed[column]), row.place_row};
}

Result<SecretString> open_value(db::Transaction& tx,
                                const crypto::KeyRing& keys,
                                const SealedTable& table,
                                const SealedRow& row,
                                std::size_t column) {
  const crypto::Place place{
      row.workspace, table.name, row.place_row, table.sealed[column], row.version};
  return open_sealed(tx, keys, row.values[column].blob(), place);
}

Result<> reseal_row(db::Transaction& tx,
                    const crypto::KeyRing& keys,
                    const SealedTable& table,
                    const SealedRow& row,
                    std::string_view prefix,
                    ResealedBatch& batch) {
  Resealed changes{row.key, {}};
  for (std::size_t i = 0; i < table.sealed.size(); ++i) {
    if (row.values[i].is_null() || row.values[i].blob().starts_with(prefix)) continue;
    auto plain = open_value(tx, keys, table, row, i);
    if (!plain && is_damage(plain.error())) {
      batch.damaged.push_back(damaged_value(table, i, row));
      continue;
    }
    if (!plain) return std::unexpected(std::move(plain).error());
    const crypto::Place place{
        row.workspace, table.name, row.place_row, table.sealed[i], row.version};
    changes.columns.push_back({table.sealed[i], row.values[i].blob(), keys.seal(*plain, place)});
  }
  if (!changes.columns.empty()) batch.resealed.push_back(std::move(changes));
  return {};
}

Result<std::int64_t> store_row(db::Transaction& tx, const SealedTable& table, const Resealed& row) {
  Params params;
  std::string set;
  std::string where;
  for (const Resealed::Column& column : row.columns) {
    const std::string name(column.name);
    set += (set.empty() ? "" : ", ") + name + " = " + params.add(db::Blob{column.after});
    where += " AND " + name + " = " + params.add(db::Blob{column.before});
  }
  for (std::size_t i = 0; i < table.key.size(); ++i) {
    where += " AND " + std::string(table.key[i]) + " = " + params.add(row.key[i]);
  }
  return tx.execute("UPDATE " + std::string(table.name) + " SET " + set + " WHERE 1 = 1" + where,
                    params.take());
}

}  // namespace

Result<ResealedBatch> reseal_some(db::Transaction& tx,
                                  const crypto::KeyRing& keys,
                                  const SealedTable& table,
                                  const std::vector<std::string>& after,
                                  int limit) {
  const std::string prefix = crypto::KeyRing::prefix_of(keys.newest());
  WL_TRY(const auto rows, rows_after(tx, table, after, prefix, limit));
  ResealedBatch batch;
  batch.rows = static_cast<int>(rows.size());
  for (const SealedRow& row : rows) WL_CHECK(reseal_row(tx, keys, table, row, prefix, batch));
  if (!rows.empty()) batch.last = rows.back().key;
  return batch;
}

Result<std::int64_t> store_resealed(db::Transaction& tx,
                                    const SealedTable& table,
                                    const std::vector<Resealed>& rows) {
  std::int64_t values = 0;
  for (const Resealed& row : rows) {
    WL_TRY(const auto stored, store_row(tx, table, row));
    if (stored == 1) values += static_cast<std::int64_t>(row.columns.size());
  }
  return values;
}

Result<SealedBatch> check_some(db::Transaction& tx,
                               const crypto::KeyRing& keys,
                               const SealedTable& table,
                               const std::vector<std::string>& after,
                               int limit) {
  WL_TRY(const auto rows, rows_after(tx, table, after, std::nullopt, limit));
  SealedBatch batch;
  batch.rows = static_cast<int>(rows.size());
  for (const SealedRow& row : rows) {
    for (std::size_t i = 0; i < table.sealed.size(); ++i) {
      if (row.values[i].is_null()) continue;
      const auto plain = open_value(tx, keys, table, row, i);
      if (plain) continue;
      if (!is_damage(plain.error())) return std::unexpected(plain.error());
      batch.damaged.push_back(damaged_value(table, i, row));
    }
  }
  if (!rows.empty()) batch.last = rows.back().key;
  return batch;
}

Result<std::map<std::uint32_t, std::int64_t>> count_by_key(db::Transaction& tx,
                                                           const SealedTable& table) {
  std::map<std::uint32_t, std::int64_t> counts;
  for (const std::string_view name : table.sealed) {
    const std::string prefix =
        "substr(" + std::string(name) + ", 1, " + std::to_string(kPrefixBytes) + ")";
    WL_TRY(const auto rows,
           tx.query("SELECT " + prefix + ", count(*) FROM " + std::string(table.name) + " WHERE " +
                    std::string(name) + " IS NOT NULL GROUP BY " + prefix));
    for (const auto& row : rows) {
      if (const auto key = crypto::KeyRing::key_of(row[0].blob())) counts[*key] += row[1].integer();
    }
  }
  return counts;
}

Result<std::int64_t> count_not_sealed_with(db::Transaction& tx,
                                           const SealedTable& table,
                                           std::uint32_t key) {
  WL_TRY(const auto row,
         tx.query_one("SELECT count(*) FROM " + std::string(table.name) + " WHERE " +
                          not_sealed_with(table, "$1"),
                      {db::Blob{crypto::KeyRing::prefix_of(key)}}));
  return row ? row->front().integer() : 0;
}

}  // namespace wayleave::vault
