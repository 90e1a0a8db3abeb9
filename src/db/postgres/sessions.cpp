#include "db/postgres/sessions.hpp"

#include <utility>

#include "db/caller_transaction.hpp"

namespace wayleave::db::postgres {
namespace {

constexpr int reads_max = 3;  // of one function whose connection was lost

// Any number will do as long as it stays; the second part keeps schemas apart.
constexpr std::string_view lock_sql =
    "SELECT pg_advisory_xact_lock(1467962188, hashtext(CAST(current_schema() AS text)))";

}  // namespace

// ---- writing ----

Result<PostgresWriteSession::Mark> PostgresWriteSession::open_transaction() {
  WL_TRY(Connection* const connection, link_.get());
  connection->defer("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  connection->defer(lock_sql);
  WL_TRY(const Rows rows,
         connection->control("SELECT CAST(pg_current_xact_id() AS text), "
                             "left(pg_walfile_name(pg_current_wal_lsn()), 8)"));
  if (rows.size() != 1) return internal("no answer to BEGIN");
  return Mark{rows.front()[0].text(), rows.front()[1].text()};
}

Result<> PostgresWriteSession::begin(std::size_t callers) {
  shared_ = callers > 1;
  clean_savepoint_ = false;
  announced_ = false;
  lost_by_chance_ = false;
  // A connection that sat idle may have been closed long ago; that shows only now.
  const bool fresh = link_.current() == nullptr;
  auto mark = open_transaction();
  if (!mark && !fresh && link_.current() != nullptr && link_.current()->lost()) {
    mark = open_transaction();
  }
  if (!mark) {
    roll_back();
    return std::unexpected(std::move(mark).error());
  }
  mark_ = *std::move(mark);
  return {};
}

bool PostgresWriteSession::in_transaction() const {
  return link_.current() != nullptr && link_.current()->in_transaction();
}

Result<> PostgresWriteSession::run(Job& job) {
  Connection& connection = *link_.current();
  if (shared_ && !clean_savepoint_) connection.defer("SAVEPOINT caller");
  clean_savepoint_ = false;
  CallerTransaction tx(connection);
  Result<> outcome = run_guarded(job, tx);
  if (outcome) outcome = tx.health();
  if (!outcome) return undo(std::move(outcome));
  announced_ |= tx.announced();
  if (shared_) connection.defer("RELEASE SAVEPOINT caller");
  return outcome;
}

Result<> PostgresWriteSession::undo(Result<> outcome) {
  Connection& connection = *link_.current();
  if (connection.lost() || !shared_) {
    // Read before the rollback, which is a statement of its own.
    lost_by_chance_ = connection.lost();
    roll_back();
    return outcome;
  }
  if (auto undone = connection.control("ROLLBACK TO SAVEPOINT caller"); !undone) {
    lost_by_chance_ = connection.lost();
    roll_back();
    return std::unexpected(std::move(undone).error());
  }
  clean_savepoint_ = true;
  return outcome;
}

Result<> PostgresWriteSession::commit() {
  Connection& connection = *link_.current();
  if (announced_) connection.defer(std::string("NOTIFY ") + change_channel);
  auto done = connection.control("COMMIT");
  if (done && connection.last_tag() == "COMMIT") return {};
  if (done) return internal("COMMIT was answered with " + connection.last_tag());
  if (connection.lost()) return find_out(std::move(done).error());
  roll_back();
  return std::unexpected(std::move(done).error());
}

Result<> PostgresWriteSession::find_out(Error why) {
  const Mark mark = std::exchange(mark_, {});
  std::string status;
  // Holding the lock means that the transaction in question is over.
  if (const auto now = open_transaction(); now && now->timeline == mark.timeline) {
    const auto rows =
        link_.current()->control("SELECT pg_xact_status(CAST('" + mark.transaction + "' AS xid8))");
    if (rows && rows->size() == 1) status = rows->front().front().text();
  }
  roll_back();
  if (status == "committed") return {};
  if (status == "aborted") {
    lost_by_chance_ = true;
  } else {
    why.detail =
        "the connection to the database was lost during the commit; this may have been kept";
  }
  return std::unexpected(std::move(why));
}

void PostgresWriteSession::roll_back() {
  if (in_transaction()) (void)link_.current()->control("ROLLBACK");
}

// ---- reading ----

Result<> PostgresReadSession::run(Job& job) {
  Result<> outcome;
  for (int tries = 0; tries < reads_max; ++tries) {
    WL_TRY(Connection* const connection, link_.get());
    outcome = run_once(*connection, job);
    if (outcome || !connection->lost()) break;
  }
  return outcome;
}

Result<> PostgresReadSession::run_once(Connection& connection, Job& job) {
  connection.defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  CallerTransaction tx(connection);
  Result<> outcome = run_guarded(job, tx);
  if (outcome) outcome = tx.health();
  // The caller need not wait for this; the next use of the connection does.
  if (!connection.lost()) (void)connection.post("ROLLBACK");
  return outcome;
}

}  // namespace wayleave::db::postgres
