#include "gateway/json_check.hpp"

#include <simdjson.h>

#include <array>
#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace wayleave::gateway {
namespace {

/// Somewhere at or before the first quote, backslash or control of [at, end), past plain text.
const char* find_string_mark(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i control = _mm_set1_epi8(0x1f);
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i marks = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                                       _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(marks));
    if (found != 0) return at + std::countr_zero(found);
    at += 16;
  }
#endif
  return at;
}

/// Reads one value without recursion: `open_` holds which bracket each level waits for.
class Checker {
 public:
  explicit Checker(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool run() {
    while (true) {
      if (!value_or_open()) return false;
      if (opened_) continue;
      if (!after_value()) return false;
      if (done_) return at_ == end_;
    }
  }

 private:
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view text) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(text))
      return false;
    at_ += text.size();
    return true;
  }
  bool digits() {
    const char* from = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ != from;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      return digits();
    }
    return true;
  }

  bool string() {
    if (!take('"')) return false;
    while (true) {
      at_ = find_string_mark(at_, end_);
      if (at_ == end_) return false;
      const auto c = static_cast<unsigned char>(*at_++);
      if (c == '"') return true;
      if (c < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
  }
  bool escape() {
    if (at_ == end_) return false;
    const char c = *at_++;
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (at_ == end_ ||
          std::string_view("0123456789abcdefABCDEF").find(*at_) == std::string_view::npos) {
        return false;
      }
      ++at_;
    }
    return true;
  }

  bool key() {
    blanks();
    if (!string()) return false;
    blanks();
    return take(':');
  }

  /// One scalar, one empty container, or one opening bracket (then `opened_`).
  bool value_or_open() {
    blanks();
    opened_ = false;
    if (at_ == end_) return false;
    switch (*at_) {
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      case '{':
      case '[':
        return open(*at_++);
      default:
        return number();
    }
  }
  bool open(char bracket) {
    const char closing = bracket == '{' ? '}' : ']';
    blanks();
    if (take(closing)) return depth_ < kJsonDepthMax;
    if (depth_ == kJsonDepthMax) return false;
    open_[depth_++] = closing;
    opened_ = true;
    return closing == ']' || key();
  }

  bool after_value() {
    while (true) {
      blanks();
      if (depth_ == 0) {
        done_ = true;
        return true;
      }
      const char closing = open_[depth_ - 1];
      if (take(closing)) {
        --depth_;
        continue;
      }
      return take(',') && (closing == ']' || key());
    }
  }

  const char* at_;
  const char* end_;
  std::array<char, kJsonDepthMax> open_{};
  std::size_t depth_ = 0;
  bool opened_ = false;
  bool done_ = false;
};

}  // namespace

bool is_json(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size()) && Checker(text).run();
}

}  // namespace wayleave::gateway
