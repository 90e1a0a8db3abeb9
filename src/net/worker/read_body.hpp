#pragma once
// Session::read_body, shared by the files that implement a session.

#include "net/worker/session.hpp"

namespace wayleave::net {

template <class Use>
Session::Read Session::read_body(Use use) {
  std::span<char> bytes;
  if (const Read read = refill(bytes); read != Read::Some) return read;
  const bool from_scratch = bytes.data() != in_.data();
  const auto step = body_in_.feed(bytes);
  if (step.bad) {
    reject_body(400, "invalid_request", "the request body is not framed as HTTP/1.1 demands");
    return Read::Ended;
  }
  body_bytes_ += step.payload;
  if (step.payload > 0) use(bytes.first(step.payload));
  if (phase_ == Phase::Closed) return Read::Ended;
  if (from_scratch) {
    in_.assign(bytes.data() + step.consumed, bytes.size() - step.consumed);
  } else {
    in_.erase(0, step.consumed);
  }
  if (!body_in_.done() && too_slow()) {
    reject_body(408, "request_timeout", "the request body came too slowly");
    return Read::Ended;
  }
  return Read::Some;
}

}  // namespace wayleave::net
