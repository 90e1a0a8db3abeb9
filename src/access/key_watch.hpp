#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/api_key.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

namespace wayleave::access {

/// When one key was last used. Whoever keeps a key in memory keeps this with it and notes each use.
/// Any thread.
class KeyUse {
 public:
  /// To the second: most calls only read, so that workers do not take the line from each other.
  void note(Instant now) {
    const Millis::rep at = to_millis(now);
    if (at - at_.load(std::memory_order_relaxed) < 1'000) return;
    at_.store(at, std::memory_order_relaxed);
  }
  [[nodiscard]] Millis::rep at() const { return at_.load(std::memory_order_relaxed); }

 private:
  std::atomic<Millis::rep> at_ = 0;
};

/// What a process has seen of its keys: their last uses, which are written now and then and not per
/// call (AK-05), and which refusals it has recorded. Any thread.
class KeyWatch {
 public:
  static constexpr std::size_t kRefusalsMax = 10'000;
  static constexpr Millis kRefusalEvery{60'000};

  /// For keeping with the key; a token's uses count for the key it was issued for.
  [[nodiscard]] std::shared_ptr<KeyUse> use_of(const ApiKey& key);
  /// A use by somebody who keeps nothing.
  void used(const ApiKey& key, Instant now) { use_of(key)->note(now); }
  /// The keys used since the last time this was asked.
  [[nodiscard]] std::vector<std::pair<KeyId, Instant>> take_uses();

  /// Whether a refusal of this key from there is to be recorded: once a minute for each.
  [[nodiscard]] bool is_news(const KeyId& key, std::string_view address, Instant now);

 private:
  struct Seen {
    std::shared_ptr<KeyUse> use = std::make_shared<KeyUse>();
    Millis::rep taken = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Seen, std::less<>> uses_;  ///< by id
  std::map<std::string, Instant, std::less<>> refusals_;
};

}  // namespace wayleave::access
