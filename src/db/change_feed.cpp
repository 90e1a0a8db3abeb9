#include "db/database.hpp"

namespace wayleave::db {
namespace {

// A counter row instead of a sequence: taking the number locks the row until the commit, so numbers
// are committed in order and without gaps, and a reader that has seen 7 can never miss 6.
constexpr std::string_view schema = R"sql(
CREATE TABLE change_counter (id bigint PRIMARY KEY, sequence bigint NOT NULL);
INSERT INTO change_counter (id, sequence) VALUES (1, 0);
CREATE TABLE change_log (
  sequence bigint PRIMARY KEY,
  topic text NOT NULL,
  key text NOT NULL,
  at bigint NOT NULL);
)sql";

constexpr std::int64_t changes_kept = 100'000;
constexpr std::int64_t trim_every = 1'000;

}  // namespace

Result<> note_change(Transaction& tx, std::string_view topic, std::string_view key, Instant now) {
  WL_TRY(const auto counter,
         tx.query_one("UPDATE change_counter SET sequence = sequence + 1 WHERE id = 1 "
                      "RETURNING sequence"));
  if (!counter) return internal("change_counter has no row; was the database migrated?");
  const std::int64_t sequence = counter->front().integer();
  WL_CHECK(tx.execute("INSERT INTO change_log (sequence, topic, key, at) VALUES ($1, $2, $3, $4)",
                      {sequence, topic, key, now}));
  tx.announce_change();
  if (sequence % trim_every != 0) return {};
  WL_CHECK(tx.execute("DELETE FROM change_log WHERE sequence <= $1", {sequence - changes_kept}));
  return {};
}

Result<std::vector<Change>> changes_after(Transaction& tx, std::int64_t sequence, int limit) {
  WL_TRY(const Rows rows,
         tx.query("SELECT sequence, topic, key FROM change_log WHERE sequence > $1 "
                  "ORDER BY sequence LIMIT $2",
                  {sequence, limit}));
  std::vector<Change> changes;
  changes.reserve(rows.size());
  for (const Row& row : rows) {
    changes.push_back({row[0].integer(), row[1].text(), row[2].text()});
  }
  return changes;
}

Result<std::int64_t> last_change(Transaction& tx) {
  WL_TRY(const auto counter, tx.query_one("SELECT sequence FROM change_counter WHERE id = 1"));
  if (!counter) return internal("change_counter has no row; was the database migrated?");
  return counter->front().integer();
}

std::vector<Migration> migrations() { return {{.room = "db", .number = 1, .sql = schema}}; }

}  // namespace wayleave::db
