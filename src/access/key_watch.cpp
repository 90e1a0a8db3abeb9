#include "access/key_watch.hpp"

namespace wayleave::access {

std::shared_ptr<KeyUse> KeyWatch::use_of(const ApiKey& key) {
  const KeyId& counted = key.parent.empty() ? key.id : key.parent;
  const std::lock_guard lock(mutex_);
  return uses_[counted.str()].use;
}

std::vector<std::pair<KeyId, Instant>> KeyWatch::take_uses() {
  std::vector<std::pair<KeyId, Instant>> taken;
  const std::lock_guard lock(mutex_);
  for (auto at = uses_.begin(); at != uses_.end();) {
    Seen& seen = at->second;
    const Millis::rep used = seen.use->at();
    if (used > seen.taken) taken.emplace_back(KeyId{at->first}, from_millis(used));
    // Nobody keeps it any more, and it cannot be given out while the list is locked.
    const bool idle = used <= seen.taken && seen.use.use_count() == 1;
    seen.taken = used;
    at = idle ? uses_.erase(at) : std::next(at);
  }
  return taken;
}

bool KeyWatch::is_news(const KeyId& key, std::string_view address, Instant now) {
  const std::string name = key.str() + " " + std::string(address);
  const std::lock_guard lock(mutex_);
  const auto known = refusals_.find(name);
  if (known != refusals_.end() && now < known->second + kRefusalEvery) return false;
  if (refusals_.size() >= kRefusalsMax) {
    std::erase_if(refusals_, [now](const auto& it) { return now >= it.second + kRefusalEvery; });
  }
  if (refusals_.size() >= kRefusalsMax) return false;
  refusals_[name] = now;
  return true;
}

}  // namespace wayleave::access
