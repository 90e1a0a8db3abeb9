#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace wayleave::net {

/// The line that starts a chunk of `bytes` bytes, without allocation.
class ChunkLine {
 public:
  explicit ChunkLine(std::size_t bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    text_[--at_] = '\n';
    text_[--at_] = '\r';
    do {
      text_[--at_] = digits[bytes & 15];
      bytes >>= 4;
    } while (bytes > 0);
  }
  [[nodiscard]] std::string_view text() const { return {text_.data() + at_, text_.size() - at_}; }

 private:
  std::array<char, 18> text_{};
  std::size_t at_ = 18;
};

inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace wayleave::net
