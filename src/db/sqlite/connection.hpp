#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/caller_transaction.hpp"
#include "db/sqlite/statement.hpp"

struct sqlite3;

namespace wayleave::db::sqlite {

/// One connection to the file, used by one thread at a time. In WAL mode with `synchronous=FULL`:
/// a commit that returns has been synced to the disk.
class Connection final : public Statements {
 public:
  /// Bytes one text or blob may have.
  static constexpr int value_bytes_max = 64 << 20;

  /// Opens a file that exists. A reading connection refuses to write.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::string& path,
                                                                bool reading,
                                                                Millis busy_timeout);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Statements of callers: they may not begin or end transactions or change settings.
  [[nodiscard]] Result<Rows> query(std::string_view sql, const std::vector<Value>& params) override;
  [[nodiscard]] Result<std::int64_t> execute(std::string_view sql,
                                             const std::vector<Value>& params) override;
  [[nodiscard]] Result<std::vector<Table>> tables() override;
  [[nodiscard]] Result<> begin_migration() override { return {}; }
  [[nodiscard]] Result<> check_column_types() override;
  /// Statements of the driver: `BEGIN`, `COMMIT`, `PRAGMA ...`.
  [[nodiscard]] Result<Rows> control(std::string_view sql);

  /// False when SQLite rolled the whole transaction back by itself.
  [[nodiscard]] bool in_transaction() const;
  /// The file can no longer be trusted with writes (OP-02).
  [[nodiscard]] bool damaged() const { return damaged_; }
  /// Moves the log into the file when it has grown long. Readers are waited for only when it has
  /// grown very long, and then briefly.
  [[nodiscard]] Result<> checkpoint_if_due();

 private:
  Connection(sqlite3* handle, Millis busy_timeout);
  [[nodiscard]] Result<> configure(bool reading);
  [[nodiscard]] Result<> enter_log_mode();
  [[nodiscard]] Result<> run(StatementCache& statements,
                             std::string_view sql,
                             const std::vector<Value>& params,
                             Rows* rows);

  void note_failure(int code);

  static int on_busy(void* self, int tries);
  static int on_commit(void* self, sqlite3* handle, const char* name, int frames);
  static int on_prepare(void* self, int action, const char*, const char*, const char*, const char*);

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
  // After handle_: statements go before their connection. Two caches, so that a caller cannot reach
  // a prepared COMMIT.
  StatementCache caller_statements_;
  StatementCache driver_statements_;
  Millis busy_timeout_;
  bool driver_speaks_ = true;
  bool damaged_ = false;
  int log_frames_ = 0;
};

}  // namespace wayleave::db::sqlite
