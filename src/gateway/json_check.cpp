#include "gateway/json_check.hpp"

#include <simdjson.h>

#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace wayleave::gateway {
namespace {

struct Cursor {
  const char* at;
  const char* end;

  [[nodiscard]] bool ended() const { return at == end; }
  [[nodiscard]] bool sees(char c) const { return at != end && *at == c; }
  bool take(char c) {
    if (!sees(c)) return false;
    ++at;
    return true;
  }
  void blanks() {
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  }
};

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

bool pass_escape(Cursor& in) {
  if (in.ended()) return false;
  const char c = *in.at++;
  if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
  for (int i = 0; i < 4; ++i) {
    if (in.ended() ||
        std::string_view("0123456789abcdefABCDEF").find(*in.at) == std::string_view::npos) {
      return false;
    }
    ++in.at;
  }
  return true;
}

bool pass_string(Cursor& in) {
  if (!in.take('"')) return false;
  while (true) {
    in.at = find_string_mark(in.at, in.end);
    if (in.ended()) return false;
    const auto c = static_cast<std::uint8_t>(*in.at++);
    if (c == '"') return true;
    if (c < 0x20) return false;
    if (c == '\\' && !pass_escape(in)) return false;
  }
}

bool pass_digits(Cursor& in) {
  const char* from = in.at;
  while (!in.ended() && *in.at >= '0' && *in.at <= '9') ++in.at;
  return in.at != from;
}

bool pass_number(Cursor& in) {
  in.take('-');
  if (!in.take('0') && !pass_digits(in)) return false;
  if (in.take('.') && !pass_digits(in)) return false;
  if (!in.take('e') && !in.take('E')) return true;
  if (!in.take('+')) in.take('-');
  return pass_digits(in);
}

bool pass_word(Cursor& in, std::string_view word) {
  if (!std::string_view(in.at, in.end).starts_with(word)) return false;
  in.at += word.size();
  return true;
}

bool pass_scalar(Cursor& in) {
  switch (*in.at) {
    case '"':
      return pass_string(in);
    case 't':
      return pass_word(in, "true");
    case 'f':
      return pass_word(in, "false");
    case 'n':
      return pass_word(in, "null");
    default:
      return pass_number(in);
  }
}

/// A member's name and its colon.
bool pass_name(Cursor& in) {
  in.blanks();
  if (!pass_string(in)) return false;
  in.blanks();
  return in.take(':');
}

/// After a value: the brackets that end with it and, if one is still open, the way to the next.
bool pass_ends(Cursor& in, Brackets& open) {
  while (!open.none()) {
    in.blanks();
    if (in.take(',')) return !open.in_object() || pass_name(in);
    if (!in.take(open.closing())) return false;
    open.close();
  }
  return true;
}

/// One value, which begins here, at most `depth` brackets deep. Without recursion.
bool pass_value(Cursor& in, std::size_t depth) {
  Brackets open(depth);
  do {
    in.blanks();
    if (in.ended()) return false;
    if (*in.at != '{' && *in.at != '[') {
      if (!pass_scalar(in)) return false;
    } else {
      if (!open.open(*in.at++)) return false;
      in.blanks();
      if (!in.sees(open.closing())) {
        if (open.in_object() && !pass_name(in)) return false;
        continue;
      }
    }
    if (!pass_ends(in, open)) return false;
  } while (!open.none());
  return true;
}

}  // namespace

bool is_json(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return false;
  Cursor in{text.data(), text.data() + text.size()};
  if (!pass_value(in, kJsonDepthMax)) return false;
  in.blanks();
  return in.ended();
}

JsonObject::JsonObject(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return;
  Cursor in{at_, end_};
  in.blanks();
  if (in.take('{')) state_ = State::First;
  at_ = in.at;
}

bool JsonObject::next(JsonMember& member) {
  if (state_ != State::First && state_ != State::Further) return false;
  Cursor in{at_, end_};
  in.blanks();
  if (in.take('}')) {
    in.blanks();
    state_ = in.ended() ? State::Whole : State::Broken;
    return false;
  }
  const bool due = state_ == State::First || in.take(',');
  state_ = State::Broken;
  in.blanks();
  const char* name = in.at;
  if (!due || !pass_string(in)) return false;
  member.name = {name + 1, in.at - 1};
  in.blanks();
  if (!in.take(':')) return false;
  in.blanks();
  const char* value = in.at;
  if (!pass_value(in, kJsonDepthMax - 1)) return false;
  member.value = {value, in.at};
  at_ = in.at;
  state_ = State::Further;
  return true;
}

}  // namespace wayleave::gateway
