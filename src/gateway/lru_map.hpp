#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/counter.hpp"

namespace wayleave::gateway {

/// How useful a map is; any thread may read it.
struct LruTally {
  Counter hits;
  Counter misses;
  Counter entries;
};

/// A map with at most `entries_max` entries that forgets the least recently used. A hit moves two
/// pointers and allocates nothing. Belongs to one worker.
template <class Value>
class LruMap {
 public:
  explicit LruMap(std::size_t entries_max) : entries_max_(entries_max) {}

  [[nodiscard]] Value* find(std::string_view key) {
    Value* held = look_up(key);
    (held != nullptr ? tally_.hits : tally_.misses).add();
    return held;
  }
  void put(std::string key, Value value) {
    if (Value* held = look_up(key)) {
      *held = std::move(value);
      return;
    }
    if (order_.size() >= entries_max_) {
      index_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(std::move(key), std::move(value));
    index_.emplace(order_.front().first, order_.begin());
    tally_.entries.set(order_.size());
  }
  void erase(std::string_view key) {
    const auto at = index_.find(key);
    if (at == index_.end()) return;
    const auto entry = at->second;
    index_.erase(at);
    order_.erase(entry);
    tally_.entries.set(order_.size());
  }
  /// Erases what `gone(key, value)` names.
  template <class Predicate>
  void erase_if(Predicate gone) {
    for (auto at = order_.begin(); at != order_.end();) {
      const auto entry = at++;
      if (!gone(entry->first, entry->second)) continue;
      index_.erase(entry->first);
      order_.erase(entry);
    }
    tally_.entries.set(order_.size());
  }
  void clear() {
    index_.clear();
    order_.clear();
    tally_.entries.set(0);
  }
  [[nodiscard]] std::size_t size() const { return order_.size(); }
  [[nodiscard]] const LruTally& tally() const { return tally_; }

 private:
  [[nodiscard]] Value* look_up(std::string_view key) {
    const auto at = index_.find(key);
    if (at == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, at->second);
    return &at->second->second;
  }

  using Entry = std::pair<std::string, Value>;
  LruTally tally_;
  std::size_t entries_max_;
  std::list<Entry> order_;
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;
};

}  // namespace wayleave::gateway
