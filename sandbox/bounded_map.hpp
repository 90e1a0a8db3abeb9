#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace wayleave::sandbox {

/// A map by text that holds at most `max` entries: a new one pushes out the oldest.
template <class Value>
class BoundedMap {
 public:
  explicit BoundedMap(std::size_t max) : max_(max) {}

  Value& put(const std::string& key, Value value) {
    const auto [at, is_new] = values_.insert_or_assign(key, std::move(value));
    if (is_new) order_.push_back(key);
    while (values_.size() > max_) pop_oldest();
    return at->second;
  }
  [[nodiscard]] Value* find(std::string_view key) {
    const auto at = values_.find(std::string(key));
    return at == values_.end() ? nullptr : &at->second;
  }
  template <class Use>
  void each(Use use) {
    for (auto& [key, value] : values_) use(value);
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  void pop_oldest() {
    values_.erase(order_.front());
    order_.pop_front();
  }

  std::size_t max_;
  std::unordered_map<std::string, Value> values_;
  std::deque<std::string> order_;  // of arrival
};

}  // namespace wayleave::sandbox
