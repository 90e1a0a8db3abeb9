#include "db/postgres/sessions.hpp"

#include <utility>

#include "db/caller_transaction.hpp"

namespace wayleave::db::postgres {
namespace {

// A server that restarts may end a new session as well. Link bounds the time.
constexpr int reads_max = 10;   // of one function whose connection was lost
constexpr int begins_max = 10;  // of one transaction that could not be begun for that reason
constexpr int looks_max = 10;   // for the outcome of one commit

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
                             "left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' ' || "
                             "CAST(pg_stat_get_bgwriter_stat_reset_time() AS text)"));
  if (rows.size() != 1) return internal("no answer to BEGIN");
  return Mark{rows.front()[0].text(), rows.front()[1].text()};
}

Result<> PostgresWriteSession::begin(std::size_t callers) {
  shared_ = callers > 1;
  clean_savepoint_ = false;
  announced_ = false;
  lost_by_chance_ = false;
  // A connection that sat idle may have been closed long ago; that shows only now.
  auto mark = open_transaction();
  for (int tries = 1; tries < begins_max && !mark; ++tries) {
    if (link_.current() == nullptr || !link_.current()->lost()) break;
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
    lost_by_chance_ = connection.lost_by_chance();
    roll_back();
    return outcome;
  }
  if (auto undone = connection.control("ROLLBACK TO SAVEPOINT caller"); !undone) {
    lost_by_chance_ = connection.lost_by_chance();
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
  // Also when the session ended right after it said so.
  if (connection.last_tag() == "COMMIT") {
    link_.note_use();
    return {};
  }
  if (done) return internal("COMMIT was answered with " + connection.last_tag());
  if (connection.lost()) return find_out(std::move(done).error());
  roll_back();
  return std::unexpected(std::move(done).error());
}

Result<> PostgresWriteSession::find_out(Error why) {
  const Mark mark = std::exchange(mark_, {});
  std::string status;
  for (int tries = 0; tries < looks_max && status.empty(); ++tries) {
    status = look_up(mark);
    roll_back();
    // Lost once more: a server that restarts ends sessions more than once.
    if (link_.current() == nullptr || !link_.current()->lost()) break;
  }
  if (status == "committed") return {};
  if (status == "aborted") {
    lost_by_chance_ = true;
  } else {
    why.detail =
        "the connection to the database was lost during the commit; this may have been kept";
  }
  return std::unexpected(std::move(why));
}

std::string PostgresWriteSession::look_up(const Mark& mark) {
  // Holding the lock means that the transaction in question is over.
  const auto now = open_transaction();
  if (!now || now->history != mark.history) return {};
  const auto rows =
      link_.current()->control("SELECT pg_xact_status(CAST('" + mark.transaction + "' AS xid8))");
  if (!rows || rows->size() != 1) return {};
  return rows->front().front().text();
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
    if (!connection->lost()) link_.note_use();
    if (outcome || !connection->lost_by_chance()) break;
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
