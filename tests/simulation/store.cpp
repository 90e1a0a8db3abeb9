#include "tests/simulation/store.hpp"

namespace wayleave::simulation {

using vault::State;
using Written = Attempt::Written;
using Doubt = Attempt::Doubt;

bool Store::ours(const std::string& owner, std::int64_t fence) const {
  if (mutation_ == Mutation::Fence) return true;
  return held_ && holder_.owner == owner && holder_.fence == fence;
}

void Store::release(bool doubtful) {
  held_ = false;
  if (!doubtful) noted_ = 0;
}

void Store::set_state(State state) {
  if (row_.state == state) return;
  row_.state = state;
  ++row_.version;
}

Store::Claimed Store::claim(const std::string& owner,
                            const Row& loaded,
                            const std::optional<Holder>& over,
                            bool heir,
                            bool have_answer) {
  if (row_.version != loaded.version && mutation_ != Mutation::LookAgain) {
    return {.outcome = Attempt::Moved{}};
  }
  const bool free = !held_ || holder_.owner == owner || over == holder_ || heir;
  if (!free && mutation_ != Mutation::Watch) return {.outcome = holder_};
  Doubt doubt = Doubt::None;
  if (noted_ == loaded.token) doubt = held_ ? Doubt::Lost : Doubt::Odd;
  const bool inherited = held_ && holder_.owner != owner;
  const bool lost = held_ && doubt == Doubt::Lost;
  held_ = true;
  holder_ = {owner, holder_.fence + 1, 0};
  noted_ = loaded.token;
  if (lost && rotates_ && !have_answer && row_.state == State::Active) {
    set_state(State::RefreshUnknown);
    return {.outcome = Attempt::Moved{}, .inherited = inherited};
  }
  return {holder_.fence, Attempt::Claimed{doubt, holder_.fence}, inherited};
}

Written Store::beat(const std::string& owner, std::int64_t fence) {
  if (!ours(owner, fence)) return Written::Fenced;
  ++holder_.beat;
  return Written::Done;
}

Written Store::commit(const std::string& owner,
                      std::int64_t fence,
                      const Row& sent,
                      int token,
                      Tick expires_at,
                      bool contested) {
  const bool mine = ours(owner, fence);
  if (mine) release(false);
  if (row_.version != sent.version && row_.token != sent.token) return Written::Moved;
  if (!mine) return Written::Fenced;
  ++row_.version;
  row_.state = State::Active;
  row_.token = token;
  row_.expires_at = expires_at;
  if (contested) set_state(State::RefreshUnknown);
  return Written::Done;
}

Written Store::settle(const std::string& owner,
                      std::int64_t fence,
                      const Row& sent,
                      Attempt::Settlement as) {
  const bool mine = ours(owner, fence);
  if (mine) release(as == Attempt::Settlement::Doubtful);
  if (row_.version != sent.version) return Written::Moved;
  if (!mine) return Written::Fenced;
  if (as == Attempt::Settlement::Unknown) set_state(State::RefreshUnknown);
  if (as == Attempt::Settlement::Condemn) set_state(State::NeedsReauthorization);
  return Written::Done;
}

void Store::overtaken(std::int64_t fence) {
  if (holder_.fence != fence && row_.state == State::Active) set_state(State::RefreshUnknown);
}

bool Store::recover() {
  const bool same = noted_ == row_.token;
  release(false);
  if (!rotates_ || !same) return false;
  if (row_.state == State::Active) set_state(State::RefreshUnknown);
  return true;
}

void Store::lose_volatile(const std::string& owner) {
  if (mutation_ == Mutation::Intent && held_ && holder_.owner == owner) release(false);
}

}  // namespace wayleave::simulation
