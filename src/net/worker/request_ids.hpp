#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace wayleave::net {

/// Names for the requests of one worker: a prefix and a number in base 36. Counts on the text
/// itself, which is most often a change of its last digit.
class RequestIds {
 public:
  explicit RequestIds(std::string prefix)
      : last_(std::move(prefix) + '0'), digits_at_(last_.size() - 1) {}

  /// Valid until the next one.
  [[nodiscard]] const std::string& next() {
    std::size_t at = last_.size();
    while (at > digits_at_ && last_[at - 1] == 'z') last_[--at] = '0';
    if (at == digits_at_) {
      last_.insert(at, 1, '1');
    } else {
      char& digit = last_[at - 1];
      digit = digit == '9' ? 'a' : static_cast<char>(digit + 1);
    }
    return last_;
  }

 private:
  std::string last_;
  const std::size_t digits_at_;
};

}  // namespace wayleave::net
