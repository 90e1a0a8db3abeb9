#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "db/table.hpp"
#include "db/value.hpp"

namespace wayleave::db {

/// SQL inside one transaction. One dialect for both databases: `$1` parameters, `ON CONFLICT`,
/// `RETURNING`, text/bigint/blob columns only; text is UTF-8 without NUL. Valid only inside the
/// function it is passed to. After a failed statement the transaction is lost, as it is in
/// PostgreSQL: return the error (to tolerate a conflict, write `ON CONFLICT DO NOTHING`).
/// Error codes: `conflict` (a unique or foreign key), `database_unavailable`, `database_full`,
/// `database_busy` (a named limit), `internal`.
class Transaction {
 public:
  virtual ~Transaction() = default;
  /// Rows of a SELECT or of a RETURNING.
  [[nodiscard]] virtual Result<Rows> query(std::string_view sql,
                                           std::vector<Value> params = {}) = 0;
  /// How many rows an INSERT, UPDATE or DELETE touched.
  [[nodiscard]] virtual Result<std::int64_t> execute(std::string_view sql,
                                                     std::vector<Value> params = {}) = 0;
  /// Every table of the schema, in no order; for backups and copies (db/table_copy.hpp).
  [[nodiscard]] virtual Result<std::vector<Table>> tables() = 0;
  /// Tells listeners of this database (`Database::listen`) that something changed, once this is
  /// committed. `note_change` does it.
  virtual void announce_change() {}
  /// The first row, or nullopt.
  [[nodiscard]] Result<std::optional<Row>> query_one(std::string_view sql,
                                                     std::vector<Value> params = {});
};

/// One step of the schema's history. `room` and `number` name it for ever; `sql` holds statements
/// separated by `;` and a newline. Applied once, in order of registration.
struct Migration {
  std::string_view room;
  int number = 0;
  std::string_view sql;
};

/// A change that other processes must hear of: a topic (`connection`, `app`, `key`) and a key in
/// it. Written in the same transaction as what changed.
struct Change {
  std::int64_t sequence = 0;
  std::string topic;
  std::string key;
};

/// A database behind one SQL text. Functions given to `read` and `write` run on a thread of the
/// driver, never on a worker, and may run more than once (a serialisation conflict), so they must
/// only touch the transaction and what they own. Writes of many callers may share one commit (group
/// commit); each still succeeds or fails alone, and a result is given only after the commit is
/// durable. Any coroutine may call; they resume on their own executor. The destructor finishes what
/// was submitted; executors of callers must outlive it. Functions must not wait for this database.
class Database {
 public:
  virtual ~Database() = default;

  template <class F>
  [[nodiscard]] auto write(F work) -> Task<std::invoke_result_t<F&, Transaction&>> {
    return run<std::invoke_result_t<F&, Transaction&>>(Access::Write, std::move(work));
  }
  template <class F>
  [[nodiscard]] auto read(F work) -> Task<std::invoke_result_t<F&, Transaction&>> {
    return run<std::invoke_result_t<F&, Transaction&>>(Access::Read, std::move(work));
  }
  /// The same for callers without a coroutine (command line, start-up): blocks this thread.
  template <class F>
  [[nodiscard]] auto write_blocking(F work) -> std::invoke_result_t<F&, Transaction&> {
    return run_blocking<std::invoke_result_t<F&, Transaction&>>(Access::Write, std::move(work));
  }
  template <class F>
  [[nodiscard]] auto read_blocking(F work) -> std::invoke_result_t<F&, Transaction&> {
    return run_blocking<std::invoke_result_t<F&, Transaction&>>(Access::Read, std::move(work));
  }

  /// Applies what is missing, in one transaction; refuses a schema newer than this binary (code
  /// `schema_newer`). Two processes may do it at once. Blocks; for start-up. `applied`, when given,
  /// becomes the names of the steps that were missing (`vault 2`).
  [[nodiscard]] virtual Result<> migrate(const std::vector<Migration>& migrations,
                                         std::vector<std::string>* applied = nullptr) = 0;

  /// What happened since `open`, for readiness and metrics. Any thread.
  struct State {
    /// SQLite: false once a commit or the disk failed in a way that leaves the outcome open
    /// (OP-02); all writes are refused until the database is opened again, reads go on. PostgreSQL:
    /// false while the server cannot be reached; true again once it can.
    bool writable = true;
    std::uint64_t writes = 0;   ///< functions given to `write` that were carried out
    std::uint64_t commits = 0;  ///< transactions they shared
  };
  [[nodiscard]] virtual State state() const = 0;

  /// Calls `heard` on a thread of the driver soon after any process committed a noted change, where
  /// the database can tell (PostgreSQL); an empty function ends that. Not to be relied on: what was
  /// said while the line was down is lost, so whoever must know asks as well (ChangeWatcher). For
  /// one listener; not for several threads at once.
  virtual void listen(std::function<void()> heard) { (void)heard; }

 protected:
  enum class Access { Read, Write };
  using Work = std::move_only_function<Result<>(Transaction&)>;
  using Done = std::move_only_function<void(Result<>)>;
  /// Runs `work` and then `done` (after the commit), both on a driver thread. `done` is called
  /// exactly once, at once and on this thread when the queue is full.
  virtual void submit(Access access, Work work, Done done) = 0;

 private:
  Task<Result<>> perform(Access access, Work work);
  Result<> perform_blocking(Access access, Work work);
  template <class R, class F>
  Task<R> run(Access access, F work);
  template <class R, class F>
  R run_blocking(Access access, F work);
};

struct OpenOptions {
  unsigned readers = 4;         ///< threads for `read`, at least one; each has a connection
  Millis busy_timeout{10'000};  ///< how long a write waits for another process
  Log* log = nullptr;  ///< told once when writing stops for good (OP-02); outlives the database
};
/// Opens `sqlite:PATH` (made when missing, with mode 0600) or `postgres://…` (which must exist).
/// Starts the driver's threads.
[[nodiscard]] Result<std::unique_ptr<Database>> open(const std::string& url,
                                                     OpenOptions options = {});

/// Notes a change inside a transaction.
[[nodiscard]] Result<> note_change(Transaction& tx,
                                   std::string_view topic,
                                   std::string_view key,
                                   Instant now);
/// Changes after `sequence`, oldest first, at most `limit`.
[[nodiscard]] Result<std::vector<Change>> changes_after(Transaction& tx,
                                                        std::int64_t sequence,
                                                        int limit);
[[nodiscard]] Result<std::int64_t> last_change(Transaction& tx);
/// The migrations of this room itself (the change feed).
[[nodiscard]] std::vector<Migration> migrations();

}  // namespace wayleave::db

#include "db/run.ipp"
