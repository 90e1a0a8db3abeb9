#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "db/database.hpp"
#include "gateway/request_inlet.hpp"
#include "gateway/request_store.hpp"
#include "gateway/row_budget.hpp"

namespace wayleave::gateway {

/// The request log: takes the workers' records every `interval` on its own thread, stores as many
/// as the rate allows (failed calls first) and deletes what is too old or too much. A worker never
/// waits for it; what it cannot take is dropped and counted. Everything passed in outlives it.
class RequestLog {
 public:
  struct Options {
    std::uint32_t rate = 1'000;  ///< rows per second; 0: no log
    int days = 7;                ///< a row is kept so long
    std::int64_t rows = 1'000'000;
    Millis interval{500};
  };
  RequestLog(db::Database& database, const Clock& clock, Log& log, Options options);
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  /// Where a worker leaves its records; null when there is no log. Lives as long as this. Before
  /// that worker starts.
  [[nodiscard]] RequestInlet* add_inlet();
  void start();
  /// Stores what the workers left, which must have ended. May be called twice.
  void stop();

  /// One round: what the thread does every `interval`. For tests; not while the thread runs.
  void drain();
  void prune();

  struct Totals {
    std::uint64_t stored = 0;
    std::uint64_t deleted = 0;
    std::uint64_t dropped_failed_rate = 0;  ///< beyond the rate, of failed calls
    std::uint64_t dropped_other_rate = 0;
    std::uint64_t dropped_ring_full = 0;
    std::uint64_t dropped_not_stored = 0;  ///< the database took them not
  };
  /// Any thread.
  [[nodiscard]] Totals totals() const;

 private:
  void loop();
  void drain_up_to(std::size_t rows);
  void store(std::vector<DatedRequest> requests);
  void note_outcome(const Result<>& outcome);

  db::Database& database_;
  const Clock& clock_;
  Log& log_;
  const Options options_;
  RowBudget budget_;
  bool failing_ = false;
  Counter stored_;
  Counter deleted_;
  Counter dropped_failed_;
  Counter dropped_other_;
  Counter dropped_not_stored_;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::unique_ptr<RequestInlet>> inlets_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wayleave::gateway
