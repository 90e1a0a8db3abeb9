#include "db/postgres/database.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "db/migration.hpp"
#include "db/postgres/listener.hpp"
#include "db/postgres/sessions.hpp"

namespace wayleave::db::postgres {
namespace {

// While another process migrates, this one waits for its lock so many times.
constexpr int migration_tries_max = 30;

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(Address address, const OpenOptions& options)
      : address_(std::move(address)),
        timeouts_{options.busy_timeout},
        readers_count_(options.readers),
        log_(options.log) {}
  ~PostgresDatabase() override {
    listener_.reset();
    closing_.begin();
  }
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  Result<> start() {
    WL_TRY(auto first, Connection::open(address_, timeouts_));
    auto writing = std::make_unique<PostgresWriteSession>(address_, timeouts_, closing_, log_);
    WL_CHECK(warn(*first));
    writing->adopt(std::move(first));
    std::vector<std::unique_ptr<ReadSession>> reading;
    for (unsigned i = 0; i < std::max(readers_count_, 1U); ++i) {
      reading.push_back(std::make_unique<PostgresReadSession>(address_, timeouts_, closing_));
    }
    writer_.emplace(std::move(writing));
    readers_.emplace(std::move(reading));
    return {};
  }

  Result<> migrate(const std::vector<Migration>& migrations,
                   std::vector<std::string>* applied) override {
    Result<> outcome;
    for (int tries = 0; tries < migration_tries_max; ++tries) {
      outcome = write_blocking([&migrations, applied](Transaction& tx) -> Result<> {
        return migrate_schema(static_cast<CallerTransaction&>(tx), migrations, applied);
      });
      if (outcome || outcome.error().kind != ErrorKind::Retry || !writer_->state().writable) break;
    }
    return outcome;
  }
  State state() const override { return writer_->state(); }
  void listen(std::function<void()> heard) override {
    listener_.reset();
    if (heard) listener_ = std::make_unique<Listener>(address_, timeouts_, std::move(heard));
  }

 protected:
  void submit(Access access, Work work, Done done) override {
    Job job{std::move(work), std::move(done)};
    if (access == Access::Write) {
      writer_->submit(std::move(job));
    } else {
      readers_->submit(std::move(job));
    }
  }

 private:
  /// What an operator should know of this server, once.
  Result<> warn(Connection& connection) {
    if (log_ == nullptr) return {};
    WL_TRY(const Rows rows,
           connection.control("SELECT current_setting('fsync'), "
                              "current_setting('full_page_writes')"));
    if (rows.front()[0].text() != "on" || rows.front()[1].text() != "on") {
      log_->warn("database.not_durable",
                 {{"do", "set fsync and full_page_writes to on: a power cut can lose tokens"}});
    }
    if (!address_.local() && !connection.wire().encrypted()) {
      log_->warn("database.not_encrypted",
                 {{"do", "add ?sslmode=verify-full&sslrootcert=FILE to the database URL"}});
    }
    return {};
  }

  const Address address_;
  const Timeouts timeouts_;
  const unsigned readers_count_;
  Log* const log_;
  Closing closing_;
  std::unique_ptr<Listener> listener_;
  std::optional<BatchWriter> writer_;
  std::optional<Readers> readers_;
};

}  // namespace

Result<std::unique_ptr<Database>> open(const std::string& url, const OpenOptions& options) {
  WL_TRY(Address address, Address::parse(url));
  auto database = std::make_unique<PostgresDatabase>(std::move(address), options);
  WL_CHECK(database->start());
  return database;
}

}  // namespace wayleave::db::postgres
