#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/log.hpp"
#include "db/batch_writer.hpp"
#include "db/readers.hpp"
#include "db/sqlite/connection.hpp"

namespace wayleave::db::sqlite {

/// Writes to the file. Once the disk failed in a way that leaves the outcome of a commit open, it
/// refuses all further writes (OP-02) and logs that once.
class SqliteWriteSession final : public WriteSession {
 public:
  SqliteWriteSession(std::unique_ptr<Connection> connection, Log* log)
      : connection_(std::move(connection)), log_(log) {}

  [[nodiscard]] Result<> begin(std::size_t callers) override;
  [[nodiscard]] Result<> run(Job& job) override;
  [[nodiscard]] bool in_transaction() const override { return connection_->in_transaction(); }
  [[nodiscard]] Result<> commit() override;
  void tidy() override;
  [[nodiscard]] bool writable() const override { return writable_; }

 private:
  [[nodiscard]] Result<> run_in_savepoint(Job& job);
  [[nodiscard]] Result<> control(std::string_view sql);
  void roll_back();
  void stop_when_damaged(const Result<>& why);

  std::unique_ptr<Connection> connection_;
  Log* log_;
  std::atomic<bool> writable_ = true;
};

/// Reads one snapshot of the file per function.
class SqliteReadSession final : public ReadSession {
 public:
  explicit SqliteReadSession(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}
  [[nodiscard]] Result<> run(Job& job) override;

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace wayleave::db::sqlite
