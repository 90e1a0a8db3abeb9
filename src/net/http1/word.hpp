#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wayleave::net::http1 {

/// The bytes at `at` as one word.
template <class Word>
[[nodiscard]] inline Word load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// A literal of lower-case letters, digits and `-`, `/`, `+`, `.`; anything else does not compile.
class LowerWord {
 public:
  consteval LowerWord(const char* text) : text_(text) {
    for (const char c : text_) {
      if ((c | 0x20) != c || c > 'z') throw "not in lower case";
    }
  }
  [[nodiscard]] std::string_view str() const { return text_; }

 private:
  std::string_view text_;
};

/// Compares with such a literal without regard to case. Exact for every byte but controls, which
/// neither names nor values that came this far hold.
[[nodiscard]] inline bool same_word(std::string_view text, std::string_view lower) {
  const std::size_t size = lower.size();
  if (text.size() != size) return false;
  const auto same = [&]<class Word>(Word mask, std::size_t at) {
    return (load<Word>(text.data() + at) | mask) == load<Word>(lower.data() + at);
  };
  if (size >= 8) {
    constexpr std::uint64_t mask = 0x2020202020202020;
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (!same(mask, at)) return false;
    }
    return same(mask, size - 8);
  }
  if (size >= 4) {
    constexpr std::uint32_t mask = 0x20202020;
    return same(mask, 0) && same(mask, size - 4);
  }
  for (std::size_t at = 0; at < size; ++at) {
    if ((text[at] | 0x20) != lower[at]) return false;
  }
  return true;
}

}  // namespace wayleave::net::http1
