#include "db/sqlite/numbered_rows.hpp"

#include <string>

namespace wayleave::db::sqlite {

const Migration numbered_rows_schema{
    .room = "test",
    .number = 1,
    .sql = "CREATE TABLE numbered (number bigint PRIMARY KEY, body blob NOT NULL);\n"};

Result<> write_numbered_row(Database& database, std::int64_t number, int body_bytes) {
  const auto size = static_cast<std::size_t>(body_bytes >= 0 ? body_bytes : number * 389 % 9'000);
  return database.write_blocking([number, size](Transaction& tx) -> Result<> {
    WL_CHECK(tx.execute("INSERT INTO numbered (number, body) VALUES ($1, $2)",
                        {number, Blob{std::string(size, static_cast<char>(number))}}));
    return note_change(tx, "numbered", std::to_string(number), from_millis(number));
  });
}

Result<std::set<std::int64_t>> numbered_rows(Database& database) {
  return database.read_blocking([](Transaction& tx) -> Result<std::set<std::int64_t>> {
    WL_TRY(const Rows rows, tx.query("SELECT number FROM numbered"));
    std::set<std::int64_t> numbers;
    for (const Row& row : rows) numbers.insert(row[0].integer());
    return numbers;
  });
}

}  // namespace wayleave::db::sqlite
