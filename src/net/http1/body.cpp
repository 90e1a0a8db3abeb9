#include "net/http1/body.hpp"

#include <algorithm>
#include <cstring>

#include "net/http1/chars.hpp"

namespace wayleave::net::http1 {
namespace {

constexpr std::size_t kSizeDigitsMax = 15;  // below 2^60

/// The value of a hex digit, or -1.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

BodyDecoder::BodyDecoder(const Head& head, const Limits& limits)
    : framing_(head.framing),
      state_(head.framing == Framing::Chunked ? State::Size : State::Data),
      done_(head.framing == Framing::None ||
            (head.framing == Framing::Length && head.content_length == 0)),
      remaining_(head.framing == Framing::Length ? head.content_length : 0),
      extra_bytes_max_(limits.chunk_extra_bytes) {}

BodyDecoder::Step BodyDecoder::feed(std::span<char> bytes) {
  if (done_) return {};
  if (framing_ == Framing::UntilClose) return {.consumed = bytes.size(), .payload = bytes.size()};
  if (framing_ == Framing::Length) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    remaining_ -= size;
    done_ = remaining_ == 0;
    return {.consumed = size, .payload = size};
  }
  Step step;
  while (step.consumed < bytes.size() && !done_) {
    if (state_ != State::ChunkData) {
      if (!take_framing(bytes[step.consumed++])) {
        step.bad = true;
        return step;
      }
      continue;
    }
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size() - step.consumed));
    if (step.payload != step.consumed) {
      std::memmove(bytes.data() + step.payload, bytes.data() + step.consumed, size);
    }
    step.consumed += size;
    step.payload += size;
    remaining_ -= size;
    if (remaining_ == 0) state_ = State::DataCr;
  }
  return step;
}

bool BodyDecoder::take_size(char c) {
  if (const int digit = hex_value(c); digit >= 0) {
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
    return ++size_digits_ <= kSizeDigitsMax;
  }
  if (size_digits_ == 0) return false;
  if (c == ';') {
    state_ = State::Extension;
    return ++extra_bytes_ <= extra_bytes_max_;
  }
  state_ = State::SizeLf;
  return c == '\r';
}

bool BodyDecoder::take_extra(char c, State on_cr) {
  if (c == '\r') {
    state_ = on_cr;
    return true;
  }
  return !is_forbidden(c) && ++extra_bytes_ <= extra_bytes_max_;
}

bool BodyDecoder::take_framing(char c) {
  switch (state_) {
    case State::Size:
      return take_size(c);
    case State::Extension:
      return take_extra(c, State::SizeLf);
    case State::SizeLf:
      state_ = remaining_ == 0 ? State::TrailerStart : State::ChunkData;
      return c == '\n';
    case State::DataCr:
      state_ = State::DataLf;
      return c == '\r';
    case State::DataLf:
      state_ = State::Size;
      size_digits_ = 0;
      return c == '\n';
    case State::TrailerStart:
      if (c == '\r') {
        state_ = State::EndLf;
        return true;
      }
      state_ = State::TrailerName;
      return is(kTokenChar, c) && ++extra_bytes_ <= extra_bytes_max_;
    case State::TrailerName:
      if (c == ':') state_ = State::TrailerValue;
      return (c == ':' || is(kTokenChar, c)) && ++extra_bytes_ <= extra_bytes_max_;
    case State::TrailerValue:
      return take_extra(c, State::TrailerLf);
    case State::TrailerLf:
      state_ = State::TrailerStart;
      return c == '\n';
    case State::EndLf:
      done_ = c == '\n';
      return done_;
    case State::Data:
    case State::ChunkData:
      break;
  }
  return false;
}

bool BodyDecoder::end_of_stream() {
  if (framing_ == Framing::UntilClose) done_ = true;
  return done_;
}

}  // namespace wayleave::net::http1
