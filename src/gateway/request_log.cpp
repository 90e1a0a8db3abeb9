#include "gateway/request_log.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/thread.hpp"

namespace wayleave::gateway {
namespace {

// The database has one writer: others get their turn between two of these.
constexpr std::size_t kRowsPerWrite = 250;
constexpr std::int64_t kDeletedPerWrite = 500;
constexpr Millis kPruneTime{200};  // per round
constexpr std::size_t kRingBytesMin = 64 * 1024;
constexpr std::size_t kRingBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kRecordBytes = 256;  // of a usual record

std::size_t ring_bytes(std::uint32_t rate) {
  return std::clamp(2 * std::size_t{rate} * kRecordBytes, kRingBytesMin, kRingBytesMax);
}

/// What is chosen of one round's records: the failed ones first.
class Choice {
 public:
  explicit Choice(std::size_t room) : room_(room) {}

  void offer(const RequestRecord& record) {
    ++offered_;
    auto& kind = record.facts.failed ? failed_ : others_;
    if (kind.size() < room_) {
      kind.push_back({offered_, OwnedRequest(record)});
    } else {
      ++(record.facts.failed ? dropped_failed : dropped_others);
    }
  }
  /// Both kinds, in the order in which they ended; those of one turn of a worker's loop as it put
  /// them.
  std::vector<OwnedRequest> take() {
    const std::size_t kept = std::min(others_.size(), room_ - failed_.size());
    dropped_others += others_.size() - kept;
    failed_.insert(failed_.end(),
                   std::make_move_iterator(others_.begin()),
                   std::make_move_iterator(others_.begin() + static_cast<std::ptrdiff_t>(kept)));
    std::ranges::sort(failed_, [](const Offered& a, const Offered& b) {
      return std::pair(a.request.facts.ended, a.number) <
             std::pair(b.request.facts.ended, b.number);
    });
    std::vector<OwnedRequest> taken;
    taken.reserve(failed_.size());
    for (Offered& each : failed_) taken.push_back(std::move(each.request));
    return taken;
  }
  std::uint64_t dropped_failed = 0;
  std::uint64_t dropped_others = 0;

 private:
  struct Offered {
    std::uint64_t number;
    OwnedRequest request;
  };
  std::size_t room_;
  std::uint64_t offered_ = 0;
  std::vector<Offered> failed_;
  std::vector<Offered> others_;
};

}  // namespace

RequestLog::RequestLog(db::Database& database, const Clock& clock, Log& log, Options options)
    : database_(database),
      clock_(clock),
      log_(log),
      options_(options),
      budget_(options.rate, clock.tick()) {}

RequestLog::~RequestLog() { stop(); }

RequestInlet* RequestLog::add_inlet() {
  if (options_.rate == 0) return nullptr;
  auto inlet = std::make_unique<RequestInlet>(ring_bytes(options_.rate));
  inlet->grant(budget_.left());
  const std::lock_guard lock(mutex_);
  inlets_.push_back(std::move(inlet));
  return inlets_.back().get();
}

void RequestLog::start() {
  thread_ = std::thread([this] { loop(); });
}

void RequestLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  // What was admitted for the rest of the interval is there already.
  drain_up_to(budget_.left_in(options_.interval));
}

void RequestLog::loop() {
  name_background_thread("request-log");
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, options_.interval, [this] { return stopping_; })) {
    lock.unlock();
    drain();
    prune();
    lock.lock();
  }
}

void RequestLog::drain() {
  budget_.refill(clock_.tick());
  drain_up_to(budget_.left());
}

void RequestLog::drain_up_to(std::size_t rows) {
  Choice choice(rows);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& inlet : inlets_) {
      inlet->ring().take([&](const RequestRecord& record) { choice.offer(record); });
    }
  }
  std::vector<OwnedRequest> chosen = choice.take();
  dropped_failed_.add(choice.dropped_failed);
  dropped_other_.add(choice.dropped_others);
  budget_.spend(chosen.size());

  const Instant now = clock_.now();
  const Tick tick = clock_.tick();
  std::vector<DatedRequest> dated;
  dated.reserve(chosen.size());
  for (OwnedRequest& request : chosen) {
    const auto ago = std::chrono::duration_cast<Millis>(tick - request.facts.ended);
    dated.push_back({now - ago, std::move(request)});
  }
  store(std::move(dated));

  // Every worker may leave what all together may store: most of the time only some are busy.
  const std::size_t next = budget_.left_in(options_.interval);
  const std::lock_guard lock(mutex_);
  for (const auto& inlet : inlets_) inlet->grant(next);
}

void RequestLog::store(std::vector<DatedRequest> requests) {
  // Shared with the function given to the database, which may run again.
  const auto all = std::make_shared<const std::vector<DatedRequest>>(std::move(requests));
  for (std::size_t at = 0; at < all->size(); at += kRowsPerWrite) {
    const std::size_t count = std::min(kRowsPerWrite, all->size() - at);
    auto work = [all, at, count](db::Transaction& tx) {
      return store_requests(tx, std::span(*all).subspan(at, count));
    };
    const Result<> outcome = database_.write_blocking(std::move(work));
    (outcome ? stored_ : dropped_not_stored_).add(count);
    note_outcome(outcome);
  }
}

void RequestLog::prune() {
  const Instant oldest = clock_.now() - std::chrono::days(options_.days);
  auto look = [oldest, rows = options_.rows](db::Transaction& tx) {
    return needs_pruning(tx, oldest, rows);
  };
  const Result<bool> due = database_.read_blocking(std::move(look));
  if (!due || !*due) return;
  const Tick until = clock_.tick() + kPruneTime;
  std::int64_t deleted = kDeletedPerWrite;
  while (deleted == kDeletedPerWrite && clock_.tick() < until) {
    auto work = [oldest, rows = options_.rows](db::Transaction& tx) {
      return prune_requests(tx, oldest, rows, kDeletedPerWrite);
    };
    const Result<std::int64_t> outcome = database_.write_blocking(std::move(work));
    if (!outcome) {
      note_outcome(std::unexpected(outcome.error()));
      return;
    }
    deleted = *outcome;
    deleted_.add(static_cast<std::uint64_t>(deleted));
  }
}

void RequestLog::note_outcome(const Result<>& outcome) {
  if (!outcome && !failing_) {
    log_.warn("request_log.not_stored",
              {{"code", outcome.error().code}, {"detail", outcome.error().operator_detail}});
  }
  if (outcome && failing_) log_.info("request_log.stored_again");
  failing_ = !outcome;
}

RequestLog::Totals RequestLog::totals() const {
  Totals sum;
  sum.stored = stored_.value();
  sum.deleted = deleted_.value();
  sum.dropped_failed_rate = dropped_failed_.value();
  sum.dropped_other_rate = dropped_other_.value();
  sum.dropped_not_stored = dropped_not_stored_.value();
  const std::lock_guard lock(mutex_);
  for (const auto& inlet : inlets_) {
    sum.dropped_failed_rate += inlet->turned_away(true);
    sum.dropped_other_rate += inlet->turned_away(false);
    sum.dropped_ring_full += inlet->overflown();
  }
  return sum;
}

}  // namespace wayleave::gateway
