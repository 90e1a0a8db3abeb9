// Answers that are made here: dispatcher answers, slow routes, refusals.
#include <algorithm>
#include <utility>

#include "net/http1/head_writer.hpp"
#include "net/worker/buffer.hpp"
#include "net/worker/chunk.hpp"
#include "net/worker/session.hpp"

namespace wayleave::net {
namespace {

bool may_tell_length(int status) { return status >= 200 && status != 204 && status != 304; }

bool has_body(int status, std::string_view method) {
  return method != "HEAD" && may_tell_length(status);
}

}  // namespace

void Session::skip_rest_of_body() {
  // What already came of the request's body is taken, so that the next request starts in its place;
  // a body still on its way closes the connection instead (HT-10).
  while (!body_in_.done() && !in_.empty()) {
    const auto step = body_in_.feed(std::span<char>(in_));
    if (step.bad) break;
    in_.erase(0, step.consumed);
  }
  if (!body_in_.done()) keep_alive_ = false;
}

void Session::start_answer(Response response) {
  begin_answer(response.status);
  http1::HeadWriter head(out_);
  head.status_line(response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.fields) head.field(name, value);
  if (!head.ok()) {
    loop_.log.error("http.answer_unwritable", {{"status", response.status}});
    start_answer(host_.dispatcher().refuse(*this, 500, "internal", "internal error"));
    return;
  }
  const bool streamed = response.stream != nullptr;
  end_head(streamed ? response.stream_bytes : std::uint64_t{response.body.size()});
  source_left_ = response.stream_bytes;
  cut_ = response.cut_after.has_value();
  if (cut_) {
    send_cut_answer(response.body, *response.cut_after);
    return;
  }
  if (has_body(status_, method_)) source_ = std::move(response.stream);
  send_answer({response.body});
}

/// The head that the dispatcher wrote when collecting began, and what it makes of the body.
void Session::answer_collected() {
  const Wrapping around = host_.dispatcher().upstream_body(*this, collected_);
  begin_answer(status_);
  end_head(around.before.size() + collected_.size() + around.after.size());
  send_answer({around.before, collected_, around.after});
  recycle(collected_);  // what the client has not taken yet waits in the outbox
}

void Session::begin_answer(int status) {
  drop_upstream();
  skip_rest_of_body();
  status_ = status;
  phase_ = Phase::Answering;
  loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
}

/// Adds to the head in `out_` what every answer made here has: whose it is, its framing (`length`
/// is null when nobody knows it yet), the connection's fate.
void Session::end_head(std::optional<std::uint64_t> length) {
  http1::append_field(out_, "Date", loop_.http_date());
  http1::append_field(out_, "Wayleave-Request-Id", request_id_);
  const bool streamed = !length && has_body(status_, method_);
  source_chunked_ = streamed && minor_version_ == 1;
  if (streamed && !source_chunked_) keep_alive_ = false;
  if (length && may_tell_length(status_)) {
    http1::append_field(out_, "Content-Length", *length);
  } else if (source_chunked_) {
    out_ += "Transfer-Encoding: chunked\r\n";
  }
  end_fields();
}

/// The connection's fate and the end of the head in `out_`.
void Session::end_fields() {
  if (!keep_alive_) {
    out_ += "Connection: close\r\n";
  } else if (minor_version_ == 0) {
    out_ += "Connection: keep-alive\r\n";
  }
  out_ += "\r\n";
}

/// Sends the head in `out_` and the body, if this answer may have one.
void Session::send_answer(std::array<std::string_view, 3> body) {
  if (!has_body(status_, method_)) body = {};
  const std::size_t bytes = body[0].size() + body[1].size() + body[2].size();
  answer_bytes_ += bytes;
  if (bytes <= kJoinedBytesMax) {
    out_.append(body[0]).append(body[1]).append(body[2]);
    body = {};
  }
  const iovec pieces[] = {piece(out_), piece(body[0]), piece(body[1]), piece(body[2])};
  if (!outbox_.send(io_, pieces)) close();
}

/// Sends so many bytes of head and body and no more; `flush_answer` then cuts the connection.
void Session::send_cut_answer(std::string_view body, std::uint64_t bytes) {
  if (has_body(status_, method_)) out_ += body;
  out_.resize(std::min<std::size_t>(out_.size(), bytes));
  const iovec whole = piece(out_);
  if (!outbox_.send(io_, {&whole, 1})) close();
}

bool Session::flush_answer() {
  if (!outbox_.empty()) return false;
  if (source_) return fill_from_source();
  end_exchange();
  return true;
}

bool Session::fill_from_source() {
  const std::size_t got = source_->read(loop_.scratch);
  const std::string_view content(loop_.scratch.data(), got);
  loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
  if (got == 0) {
    source_.reset();
    if (source_left_ && *source_left_ > 0) {  // shorter than it said: it must look cut (HT-20)
      close();
      return true;
    }
  }
  answer_bytes_ += got;
  if (source_left_) *source_left_ -= std::min<std::uint64_t>(got, *source_left_);
  bool sent = true;
  if (source_chunked_) {
    const ChunkLine line(got);  // of zero bytes: the last chunk
    const iovec pieces[] = {piece(line.text()), piece(content), piece("\r\n")};
    sent = outbox_.send(io_, pieces);
  } else if (got > 0) {
    const iovec whole = piece(content);
    sent = outbox_.send(io_, {&whole, 1});
  }
  if (!sent) close();
  return true;
}

}  // namespace wayleave::net
