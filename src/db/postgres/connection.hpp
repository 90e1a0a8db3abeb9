#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/caller_transaction.hpp"
#include "db/postgres/address.hpp"
#include "db/postgres/statement_cache.hpp"
#include "db/postgres/values.hpp"
#include "db/postgres/wire.hpp"

namespace wayleave::db::postgres {

/// How long a session may keep others, or us, waiting.
struct Timeouts {
  static constexpr Millis connect{5'000};
  /// A process that stops in the middle of a transaction (frozen, or its host gone) loses it, and
  /// with it the lock that keeps other writers out.
  static constexpr Millis idle_in_transaction{5'000};
  Millis lock{10'000};
  /// What the server allows one statement; more than it may wait for a lock.
  [[nodiscard]] Millis statement() const { return lock + Millis{5'000}; }
  /// What we wait for any answer.
  [[nodiscard]] Millis answer() const { return statement() + Millis{5'000}; }
};

/// A session with the server. Statements travel in pipelines: what the driver has to say around a
/// caller's statement goes with it in one round trip. One thread at a time.
class Connection final : public Statements {
 public:
  static constexpr std::size_t rows_max = 100'000;

  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Address& address,
                                                                const Timeouts& timeouts);

  [[nodiscard]] Result<Rows> query(std::string_view sql, const std::vector<Value>& params) override;
  [[nodiscard]] Result<std::int64_t> execute(std::string_view sql,
                                             const std::vector<Value>& params) override;
  [[nodiscard]] Result<std::vector<Table>> tables() override;
  [[nodiscard]] Result<> begin_migration() override;
  [[nodiscard]] Result<> check_column_types() override;

  /// A statement of the driver (`BEGIN`, `SAVEPOINT ...`), sent with the next one.
  void defer(std::string_view sql) { deferred_.emplace_back(sql); }
  /// A statement of the driver, and what was deferred, sent now. Gives its rows.
  [[nodiscard]] Result<Rows> control(std::string_view sql);
  /// The same without waiting for the answer; the next call does that.
  [[nodiscard]] Result<> post(std::string_view sql);

  /// The connection is gone; make another one.
  [[nodiscard]] bool lost() const { return wire_.lost(); }
  /// Looks whether the server closed an idle connection. Does not wait.
  [[nodiscard]] bool still_there() { return wire_.read_arrived(); }
  /// Between BEGIN and the end of the transaction, failed or not.
  [[nodiscard]] bool in_transaction() const;
  /// The command the server says it carried out last: a COMMIT of a failed transaction is ROLLBACK.
  [[nodiscard]] const std::string& last_tag() const { return last_tag_; }
  /// Lost, and not by what a caller asked for: a second run may not meet that.
  [[nodiscard]] bool lost_by_chance() const { return lost() && !lost_by_caller_; }
  [[nodiscard]] Wire& wire() { return wire_; }

 private:
  enum class Step { Deferred, Control, Prepare, Execute };
  struct Sent {
    Step step;
    Statement* statement = nullptr;
  };
  /// Where the results of a pipeline go.
  struct Reply {
    std::string_view sql;
    Rows* rows = nullptr;
    std::int64_t touched = 0;
    Result<> outcome;
  };

  Connection(Wire wire, const Timeouts& timeouts)
      : wire_(std::move(wire)), timeouts_(timeouts), patience_(timeouts.answer()) {}
  [[nodiscard]] Result<> set_up();
  [[nodiscard]] Tick deadline() const;
  [[nodiscard]] Result<std::int64_t> run(std::string_view sql,
                                         const std::vector<Value>& params,
                                         Rows* rows);
  [[nodiscard]] Result<> send_deferred();
  [[nodiscard]] Result<> send_control(const std::string& sql);
  [[nodiscard]] Result<> send_statement(Statement& statement, const Parameters& parameters);
  [[nodiscard]] Result<> send_sync();
  [[nodiscard]] Result<> sent(int accepted, Step step, Statement* statement = nullptr);
  [[nodiscard]] Result<> collect(Reply& reply);
  [[nodiscard]] Result<> collect_one(const Sent& sent, Reply& reply);
  void take(const pg_result* result, const Sent& sent, Reply& reply);
  void note_failure(const pg_result* result, Reply& reply);
  [[nodiscard]] Result<> finish_posted();
  [[nodiscard]] Result<std::set<std::string>> odd_columns();

  Wire wire_;
  Timeouts timeouts_;
  Millis patience_;
  StatementCache statements_;
  std::vector<std::string> deferred_;
  std::deque<Sent> sent_;
  bool awaiting_sync_ = false;
  bool lost_by_caller_ = false;
  std::string last_tag_;
  std::set<std::string> odd_before_;  // columns of others, before a migration
};

}  // namespace wayleave::db::postgres
