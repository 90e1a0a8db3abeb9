#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "db/database.hpp"

namespace wayleave::vault {

/// A database in front of a real one, with writes that fail when a test wants it. For tests.
class FlakyDatabase final : public db::Database {
 public:
  explicit FlakyDatabase(db::Database& real) : real_(real) {}

  enum class Fate {
    Pass,
    Refuse,  ///< not carried out, and said so
    Deny,    ///< carried out, and the answer is an error
    Hang,    ///< carried out and answered only when the test releases it
  };
  /// Judges each write by its number, from 0 on.
  void judge_writes(std::function<Fate(int)> judge) {
    const std::lock_guard lock(mutex_);
    judge_ = std::move(judge);
    writes_ = 0;
  }
  void pass() { judge_writes(nullptr); }
  [[nodiscard]] std::size_t hanging() {
    const std::lock_guard lock(mutex_);
    return hanging_.size();
  }
  /// Carries out what hangs, on the caller's thread.
  void release() {
    std::vector<std::pair<Work, Done>> hanging;
    {
      const std::lock_guard lock(mutex_);
      hanging.swap(hanging_);
    }
    for (auto& [work, done] : hanging) {
      done(real_.write_blocking([&](db::Transaction& tx) { return work(tx); }));
    }
  }

  Result<> migrate(const std::vector<db::Migration>& migrations,
                   std::vector<std::string>* applied) override {
    return real_.migrate(migrations, applied);
  }
  State state() const override { return real_.state(); }

 protected:
  void submit(Access access, Work work, Done done) override {
    const auto run = [&work](db::Transaction& tx) { return work(tx); };
    if (access == Access::Read) return done(real_.read_blocking(run));
    const Fate fate = next_fate();
    if (fate == Fate::Hang) {
      const std::lock_guard lock(mutex_);
      hanging_.emplace_back(std::move(work), std::move(done));
      return;
    }
    Result<> outcome;
    if (fate != Fate::Refuse) outcome = real_.write_blocking(run);
    if (fate != Fate::Pass) outcome = fail(ErrorKind::Retry, "database_unavailable", "as ordered");
    done(std::move(outcome));
  }

 private:
  Fate next_fate() {
    const std::lock_guard lock(mutex_);
    return judge_ ? judge_(writes_++) : Fate::Pass;
  }

  db::Database& real_;
  std::mutex mutex_;
  std::function<Fate(int)> judge_;
  int writes_ = 0;
  std::vector<std::pair<Work, Done>> hanging_;
};

}  // namespace wayleave::vault
