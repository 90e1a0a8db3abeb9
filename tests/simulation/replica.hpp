#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/store.hpp"
#include "tests/simulation/world.hpp"

namespace wayleave::simulation {

class Universe;

/// One server process at a time at one place: it carries attempts out as `vault::Refresher` does,
/// in virtual time. Its journal outlives it.
class Replica {
 public:
  Replica(Universe& universe, int number) : universe_(universe), number_(number) {}

  void start();
  void crash();
  void freeze();
  void thaw();
  /// Somebody wants a token.
  void call();

  [[nodiscard]] bool up() const { return up_; }
  [[nodiscard]] bool frozen() const { return frozen_; }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] const std::string& owner() const { return owner_; }
  [[nodiscard]] bool busy() const { return flight_ != nullptr; }
  /// The process of that owner worked here and has ended.
  [[nodiscard]] bool inherits(const std::string& owner) const;
  /// That refresh token is here: in an answer under way to us, in memory or in the journal.
  [[nodiscard]] bool holds(int token) const;
  /// Somebody went on without us, as they may when we are away for long: what we hold no longer
  /// binds others.
  void forsake() { forsaken_ = flight_ || journal_; }
  [[nodiscard]] bool forsaken() const { return forsaken_; }
  [[nodiscard]] Tick away_since() const { return away_since_; }
  [[nodiscard]] Tick back_since() const { return back_since_; }
  Tick journal_full_until{};

 private:
  struct Flight {
    explicit Flight(Attempt::Terms terms) : attempt(terms) {}
    Attempt attempt;
    int id = 0;
    Store::Row loaded;
    std::int64_t fence = 0;
    std::int64_t asked_fence = 0;
    int sent_token = 0;         // 0: none
    std::optional<int> answer;  // the refresh token that came
    std::optional<int> coming;  // one that is on its way here
    bool safe = false;          // committed or kept
    bool noted = false;         // in the journal, not in sync
    bool beating = false;
    Millis cool_down{0};
  };
  using FlightPtr = std::shared_ptr<Flight>;
  struct Entry {
    int sent_token = 0;
    int answer = 0;
    std::int64_t fence = 0;
  };

  /// Happens here after a while, unless the process ends before; waits while it is frozen.
  void later(Millis delay, std::function<void()> happen);
  /// A statement of the database and, when it was answered, what it gave; nullopt: an error.
  template <class R>
  void statement(std::function<R()> carry_out, std::function<void(std::optional<R>)> done);

  void recover();
  void begin(Attempt::Terms terms, const Store::Row& seen, std::optional<Entry> entry = {});
  void step(FlightPtr flight, Attempt::Step next);
  void on(FlightPtr flight, Attempt::Load);
  void on(FlightPtr flight, Attempt::Claim);
  void on(FlightPtr flight, Attempt::Pause);
  void on(FlightPtr flight, Attempt::Ask);
  void on(FlightPtr flight, Attempt::Commit);
  void on(FlightPtr flight, Attempt::Keep keep);
  void on(FlightPtr flight, Attempt::Forget);
  void on(FlightPtr flight, Attempt::Settle);
  void on(FlightPtr flight, Attempt::Finish);
  void renew(FlightPtr flight);
  void send(FlightPtr flight);
  void answered(FlightPtr flight, Attempt::Answer answer, std::optional<int> token);

  Universe& universe_;
  int number_;
  int life_ = 0;  // how many processes there were
  bool up_ = false;
  bool frozen_ = false;
  bool serving_ = false;
  Tick away_since_{};
  Tick back_since_{};
  bool forsaken_ = false;
  std::string owner_;
  std::deque<std::function<void()>> waiting_;  // while frozen
  FlightPtr flight_;
  Tick cool_until_{};
  std::optional<Entry> journal_;
};

}  // namespace wayleave::simulation
