#pragma once

#include <memory>
#include <optional>
#include <string>

#include "db/batch_writer.hpp"
#include "db/postgres/link.hpp"
#include "db/readers.hpp"

namespace wayleave::db::postgres {

/// The name of the channel that a commit with a noted change speaks on.
inline constexpr const char* change_channel = "wayleave_change";

/// Writes. Each transaction takes one advisory lock first, so that all processes that write to this
/// schema do so one after the other, as with SQLite (decision 0024). A commit whose answer was lost
/// is asked for by its transaction's number; only when that cannot be done either do callers hear
/// that the outcome is open.
class PostgresWriteSession final : public WriteSession {
 public:
  PostgresWriteSession(const Address& address, const Timeouts& timeouts, Closing& closing, Log* log)
      : link_(address, timeouts, closing, log) {}
  void adopt(std::unique_ptr<Connection> connection) { link_.adopt(std::move(connection)); }

  [[nodiscard]] Result<> begin(std::size_t callers) override;
  [[nodiscard]] Result<> run(Job& job) override;
  [[nodiscard]] bool in_transaction() const override;
  [[nodiscard]] Result<> commit() override;
  [[nodiscard]] bool lost_by_chance() const override { return lost_by_chance_; }
  void idle() override { link_.look(); }
  [[nodiscard]] bool writable() const override { return link_.up(); }

 private:
  /// Which transaction it is, and in which stretch of the server's history. A new one begins when
  /// a standby is promoted, and when the server recovers from a crash (it resets its statistics
  /// then): numbers of transactions that were lost are given out again.
  struct Mark {
    std::string transaction;
    std::string history;
  };
  [[nodiscard]] Result<Mark> open_transaction();
  [[nodiscard]] Result<> undo(Result<> outcome);
  /// After the answer to a COMMIT was lost: success, or an error after which nothing or something
  /// unknown was kept.
  [[nodiscard]] Result<> find_out(Error why);
  /// `committed`, `aborted`, or empty when that cannot be said.
  [[nodiscard]] std::string look_up(const Mark& mark);
  void roll_back();

  Link link_;
  Mark mark_;
  bool shared_ = false;          // several callers, each in a savepoint
  bool clean_savepoint_ = true;  // nothing was done since the savepoint, or none is needed
  bool announced_ = false;
  bool lost_by_chance_ = false;
};

/// Reads, each function in one snapshot, on a connection that is made when it is first needed.
class PostgresReadSession final : public ReadSession {
 public:
  PostgresReadSession(const Address& address, const Timeouts& timeouts, Closing& closing)
      : link_(address, timeouts, closing) {}
  [[nodiscard]] Result<> run(Job& job) override;

 private:
  [[nodiscard]] Result<> run_once(Connection& connection, Job& job);

  Link link_;
};

}  // namespace wayleave::db::postgres
