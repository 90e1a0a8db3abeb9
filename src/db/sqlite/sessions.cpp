#include "db/sqlite/sessions.hpp"

#include <utility>

#include "db/caller_transaction.hpp"

namespace wayleave::db::sqlite {
namespace {

Error stopped() {
  return {ErrorKind::Retry,
          "database_unavailable",
          "the database failed and takes no writes until Wayleave is restarted"};
}

}  // namespace

Result<> SqliteWriteSession::begin(std::size_t) {
  if (!writable_) return std::unexpected(stopped());
  Result<> begun = control("BEGIN IMMEDIATE");
  stop_when_damaged(begun);
  return begun;
}

Result<> SqliteWriteSession::run(Job& job) {
  Result<> outcome = run_in_savepoint(job);
  if (!outcome) stop_when_damaged(outcome);
  return outcome;
}

Result<> SqliteWriteSession::run_in_savepoint(Job& job) {
  WL_CHECK(control("SAVEPOINT caller"));
  CallerTransaction tx(*connection_);
  Result<> outcome = run_guarded(job, tx);
  if (outcome) outcome = tx.health();
  if (!in_transaction()) return outcome;
  Result<> left = outcome ? Result<>() : control("ROLLBACK TO caller");
  if (left) left = control("RELEASE caller");
  if (left) return outcome;
  // What this caller did can no longer be told from the work of the others.
  roll_back();
  return left;
}

Result<> SqliteWriteSession::commit() {
  const bool writable_before = writable_;
  Result<> done = writable_before ? control("COMMIT") : std::unexpected(stopped());
  if (done) return done;
  stop_when_damaged(done);
  roll_back();
  if (connection_->damaged() && writable_before) {
    done.error().detail += "; whether this was kept shows after the restart";
  }
  return done;
}

void SqliteWriteSession::tidy() { stop_when_damaged(connection_->checkpoint_if_due()); }

Result<> SqliteWriteSession::control(std::string_view sql) {
  WL_CHECK(connection_->control(sql));
  return {};
}

void SqliteWriteSession::roll_back() {
  if (!in_transaction()) return;
  // SQLite ends the transaction even when it reports an error here.
  stop_when_damaged(control("ROLLBACK"));
}

void SqliteWriteSession::stop_when_damaged(const Result<>& why) {
  if (!connection_->damaged() || !writable_.exchange(false) || log_ == nullptr) return;
  log_->error("database.writes_stopped",
              {{"reason", why ? std::string() : why.error().operator_detail}});
}

Result<> SqliteReadSession::run(Job& job) {
  WL_CHECK(connection_->control("BEGIN DEFERRED"));
  CallerTransaction tx(*connection_);
  Result<> outcome = run_guarded(job, tx);
  if (outcome) outcome = tx.health();
  // Nothing was written, so this only lets go of the snapshot.
  if (connection_->in_transaction()) (void)connection_->control("ROLLBACK");
  return outcome;
}

}  // namespace wayleave::db::sqlite
