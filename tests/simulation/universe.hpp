#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/provider.hpp"
#include "tests/simulation/replica.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/store.hpp"
#include "tests/simulation/world.hpp"

namespace wayleave::simulation {

/// All that there is in a run, and the judge of it: knows the truth that no replica knows.
class Universe {
 public:
  Universe(const Scenario& scenario, Mutation mutation, bool tracing);
  Report run();

  // For the replicas.
  World world;
  Store store;
  Provider provider;
  const Scenario& scenario;
  const Mutation mutation;
  Report report;

  enum class Fate { Pass, Refuse, Deny };
  int next_flight() { return ++flights_; }
  Fate next_statement(const Replica& sender);
  Lie next_lie(const Replica& sender);

  /// A token request leaves; `id` names the flight. Tells when two are under way at once. True:
  /// whoever else has sent this token was away for so long that it could be given up.
  bool sent(int id, const Replica& by, int token);
  /// Its sender has the answer, or knows that none comes.
  void answered(int id);
  /// The provider acts on a request: the new refresh token or nullopt. `late`: its sender is gone,
  /// and somebody else may have gone on. `excused`: what `sent` told.
  std::optional<int> present(int id, int token, bool late, bool excused);
  /// A refresh token that only this knew is gone.
  void lost(int token, const std::string& why);
  /// Somebody goes on: whoever can be given up by now no longer counts.
  void forsake();
  /// Away for so long that others may go on without it.
  [[nodiscard]] bool given_up(const Replica& replica) const;
  void condemned();
  void violate(const std::string& what);
  void note(const std::string& what) { world.note(what); }
  [[nodiscard]] bool rotates() const { return scenario.rotation != Rotation::None; }

 private:
  struct Request {
    int id;
    const Replica* by;
    std::string owner;
    Tick sent_at;
    bool overtaken = false;  // somebody else has sent a request since
    bool disturbed = false;  // its sender could not be expected to keep its lease
  };
  void trigger(bool statement, int number, const Replica& sender);
  void inject(const Fault& fault, Replica& replica);
  void disturb() { disturbances_.push_back(world.now()); }
  void call_now_and_then();
  void watch();
  void judge_end();
  [[nodiscard]] bool somebody_holds(int token) const;

  std::vector<std::unique_ptr<Replica>> replicas_;
  std::vector<Request> under_way_;
  std::vector<Tick> disturbances_;
  struct Loss {
    Tick at;
    int token;
    std::string why;
  };
  std::vector<Loss> losses_;
  bool unknowable_ = false;
  Tick store_down_until_{};
  int statements_ = 0;
  int requests_ = 0;
  int flights_ = 0;
};

}  // namespace wayleave::simulation
