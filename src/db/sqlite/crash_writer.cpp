// Writes numbered rows for ever, from several threads, and prints each number once it is
// acknowledged. crash_test.cpp kills it.

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "db/database.hpp"
#include "db/sqlite/numbered_rows.hpp"

namespace wayleave::db::sqlite {
namespace {

constexpr int threads_count = 4;

void write_rows(Database& database, std::atomic<std::int64_t>& next) {
  for (;;) {
    const std::int64_t number = next++;
    if (!write_numbered_row(database, number)) std::_Exit(3);
    // One write call per line, so that lines of threads do not mix.
    const std::string line = std::to_string(number) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(4);
  }
}

}  // namespace
}  // namespace wayleave::db::sqlite

// Arguments: the database's URL and the first number.
int main(int argc, char** argv) {
  using namespace wayleave::db;
  if (argc != 3) return 2;
  auto database = open(argv[1]);
  if (!database) return 2;
  auto all = migrations();
  all.push_back(sqlite::numbered_rows_schema);
  if (!(*database)->migrate(all)) return 2;
  std::atomic<std::int64_t> next = std::atoll(argv[2]);
  std::vector<std::thread> threads;
  for (int i = 0; i < sqlite::threads_count; ++i) {
    threads.emplace_back([&] { sqlite::write_rows(**database, next); });
  }
  for (auto& thread : threads) thread.join();
}
