#include "gateway/json_check.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace wayleave::gateway {
namespace {

/// The brackets that are open, one bit each, the innermost lowest.
class Brackets {
 public:
  explicit Brackets(std::size_t most) : most_(most) {}
  [[nodiscard]] bool none() const { return count_ == 0; }
  [[nodiscard]] bool in_object() const { return (objects_ & 1) != 0; }
  [[nodiscard]] char closing() const { return in_object() ? '}' : ']'; }
  [[nodiscard]] bool open(char bracket) {
    if (count_ == most_) return false;
    objects_ = objects_ << 1 | static_cast<std::uint64_t>(bracket == '{');
    ++count_;
    return true;
  }
  void close() {
    objects_ >>= 1;
    --count_;
  }

 private:
  static_assert(kJsonDepthMax <= 64);
  std::uint64_t objects_ = 0;
  std::size_t count_ = 0;
  const std::size_t most_;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return is_digit(c) || (lower >= 'a' && lower <= 'f');
}
bool is_plain(char c) { return static_cast<std::uint8_t>(c) >= 0x20 && c != '"' && c != '\\'; }

#ifdef __SSE2__
/// Zero for each of the 16 bytes at `at` that is not plain. With one bit of it flipped the quote
/// stands next to the controls, so one comparison is for both.
__m128i plain_bytes(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i flipped = _mm_xor_si128(bytes, _mm_set1_epi8('"' ^ ' '));
  const __m128i above_quote = _mm_subs_epu8(flipped, _mm_set1_epi8(' '));
  return _mm_min_epu8(above_quote, _mm_xor_si128(bytes, _mm_set1_epi8('\\')));
}
unsigned zeros(__m128i bytes) {
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128())));
}
bool is_plain_64(const char* at) {
  const __m128i first = _mm_min_epu8(plain_bytes(at), plain_bytes(at + 16));
  const __m128i second = _mm_min_epu8(plain_bytes(at + 32), plain_bytes(at + 48));
  return zeros(_mm_min_epu8(first, second)) == 0;
}
#endif

/// The first byte of [at, end) that is not plain text of a string, or `end`.
const char* find_string_mark(const char* at, const char* end) {
#ifdef __SSE2__
  while (end - at >= 16) {
    if (const unsigned marks = zeros(plain_bytes(at)); marks != 0) {
      return at + std::countr_zero(marks);
    }
    at += 16;
    while (end - at >= 64 && is_plain_64(at)) at += 64;
  }
#endif
  while (at != end && is_plain(*at)) ++at;
  return at;
}

const char* skip_blanks(const char* at, const char* end) {
  while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  return at;
}

// Each of the following passes what begins at `at` and returns its end; null when it is not valid.

const char* pass(char c, const char* at, const char* end) {
  return at != end && *at == c ? at + 1 : nullptr;
}

/// What follows a backslash.
const char* pass_escape(const char* at, const char* end) {
  if (at == end) return nullptr;
  switch (*at++) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return at;
    case 'u':
      return end - at >= 4 && std::all_of(at, at + 4, is_hex_digit) ? at + 4 : nullptr;
    default:
      return nullptr;
  }
}

const char* pass_string(const char* at, const char* end) {
  at = pass('"', at, end);
  while (at != nullptr) {
    at = find_string_mark(at, end);
    if (at == end) return nullptr;
    const char mark = *at++;
    if (mark == '"') return at;
    at = mark == '\\' ? pass_escape(at, end) : nullptr;
  }
  return nullptr;
}

const char* pass_digits(const char* at, const char* end) {
  const char* const from = at;
  while (at != end && is_digit(*at)) ++at;
  return at != from ? at : nullptr;
}

const char* pass_number(const char* at, const char* end) {
  const auto take = [&](char c) {
    const bool there = at != end && *at == c;
    if (there) ++at;
    return there;
  };
  take('-');
  if (!take('0')) at = pass_digits(at, end);
  if (at != nullptr && take('.')) at = pass_digits(at, end);
  if (at != nullptr && (take('e') || take('E'))) {
    if (!take('+')) take('-');
    at = pass_digits(at, end);
  }
  return at;
}

const char* pass_word(std::string_view word, const char* at, const char* end) {
  return std::string_view(at, end).starts_with(word) ? at + word.size() : nullptr;
}

const char* pass_scalar(const char* at, const char* end) {
  switch (*at) {
    case '"':
      return pass_string(at, end);
    case 't':
      return pass_word("true", at, end);
    case 'f':
      return pass_word("false", at, end);
    case 'n':
      return pass_word("null", at, end);
    default:
      return pass_number(at, end);
  }
}

/// The rest of a member's name: blanks, and the colon that ends it.
const char* pass_colon(const char* at, const char* end) {
  return pass(':', skip_blanks(at, end), end);
}

/// A member's name with its colon.
const char* pass_name(const char* at, const char* end) {
  at = pass_string(skip_blanks(at, end), end);
  return at != nullptr ? pass_colon(at, end) : nullptr;
}

/// After a value: the brackets that end with it and, if one is still open, the way to the next.
const char* pass_ends(const char* at, const char* end, Brackets& open) {
  while (!open.none()) {
    at = skip_blanks(at, end);
    if (at == end) return nullptr;
    const char c = *at++;
    if (c == ',') return open.in_object() ? pass_name(at, end) : at;
    if (c != open.closing()) return nullptr;
    open.close();
  }
  return at;
}

/// One value, at most `depth` brackets deep, and the blanks before it. Without recursion.
const char* pass_value(const char* at, const char* end, std::size_t depth) {
  Brackets open(depth);
  do {
    at = skip_blanks(at, end);
    if (at == end) return nullptr;
    if (*at != '{' && *at != '[') {
      at = pass_scalar(at, end);
      if (at == nullptr) return nullptr;
    } else {
      if (!open.open(*at)) return nullptr;
      at = skip_blanks(at + 1, end);
      if (at == end || *at != open.closing()) {  // it is not empty
        if (open.in_object()) at = pass_name(at, end);
        if (at == nullptr) return nullptr;
        continue;
      }
    }
    at = pass_ends(at, end, open);
    if (at == nullptr) return nullptr;
  } while (!open.none());
  return at;
}

}  // namespace

bool is_json(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return false;
  const char* const end = text.data() + text.size();
  const char* const at = pass_value(text.data(), end, kJsonDepthMax);
  return at != nullptr && skip_blanks(at, end) == end;
}

JsonObject::JsonObject(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return;
  at_ = pass('{', skip_blanks(at_, end_), end_);
  if (at_ != nullptr) state_ = State::First;
}

bool JsonObject::next(JsonMember& member) {
  if (state_ != State::First && state_ != State::Further) return false;
  const bool first = std::exchange(state_, State::Broken) == State::First;
  const char* at = skip_blanks(at_, end_);
  if (at != end_ && *at == '}') {
    if (skip_blanks(at + 1, end_) == end_) state_ = State::Whole;
    return false;
  }
  if (!first) at = pass(',', at, end_);
  if (at == nullptr) return false;
  const char* const name = skip_blanks(at, end_);
  at = pass_string(name, end_);
  if (at == nullptr) return false;
  member.name = {name + 1, at - 1};
  at = pass_colon(at, end_);
  if (at == nullptr) return false;
  const char* const value = skip_blanks(at, end_);
  at_ = pass_value(value, end_, kJsonDepthMax - 1);
  if (at_ == nullptr) return false;
  member.value = {value, at_};
  state_ = State::Further;
  return true;
}

}  // namespace wayleave::gateway
