#include "db/sqlite/database.hpp"

#include <algorithm>
#include <vector>

#include "db/migration.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/file.hpp"
#include "db/sqlite/sessions.hpp"

namespace wayleave::db::sqlite {
namespace {

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::unique_ptr<Connection> writing,
                 std::vector<std::unique_ptr<ReadSession>> reading,
                 Log* log)
      : writer_(std::make_unique<SqliteWriteSession>(std::move(writing), log)),
        readers_(std::move(reading)) {}

  Result<> migrate(const std::vector<Migration>& migrations,
                   std::vector<std::string>* applied) override {
    // The writer begins with a lock on the whole file, so that a second process waits here.
    return write_blocking([&migrations, applied](Transaction& tx) -> Result<> {
      return migrate_schema(static_cast<CallerTransaction&>(tx), migrations, applied);
    });
  }
  State state() const override { return writer_.state(); }

 protected:
  void submit(Access access, Work work, Done done) override {
    Job job{std::move(work), std::move(done)};
    if (access == Access::Write) {
      writer_.submit(std::move(job));
    } else {
      readers_.submit(std::move(job));
    }
  }

 private:
  BatchWriter writer_;
  Readers readers_;
};

}  // namespace

Result<std::unique_ptr<Database>> open(const std::string& path, const OpenOptions& options) {
  WL_CHECK(prepare_file(path));
  WL_TRY(auto writing, Connection::open(path, false, options.busy_timeout));
  std::vector<std::unique_ptr<ReadSession>> reading;
  for (unsigned i = 0; i < std::max(options.readers, 1U); ++i) {
    WL_TRY(auto connection, Connection::open(path, true, options.busy_timeout));
    reading.push_back(std::make_unique<SqliteReadSession>(std::move(connection)));
  }
  return std::make_unique<SqliteDatabase>(std::move(writing), std::move(reading), options.log);
}

}  // namespace wayleave::db::sqlite
