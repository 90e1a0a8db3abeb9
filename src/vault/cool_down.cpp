#include "vault/cool_down.hpp"

namespace wayleave::vault {

void CoolDown::start(const std::string& name, Tick now, Tick until, Error outcome) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kEntriesMax) {
    std::erase_if(entries_, [now](const auto& entry) { return entry.second.until <= now; });
    if (entries_.size() >= kEntriesMax) entries_.clear();
  }
  entries_.insert_or_assign(name, Entry{until, std::move(outcome)});
}

void CoolDown::clear(const std::string& name) {
  const std::lock_guard lock(mutex_);
  entries_.erase(name);
}

std::optional<CoolDown::Entry> CoolDown::active(const std::string& name, Tick now) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.until <= now) return std::nullopt;
  return found->second;
}

}  // namespace wayleave::vault
