// Answers that are made here: dispatcher answers, slow routes, refusals.
#include <algorithm>
#include <utility>

#include "net/http1/head_writer.hpp"
#include "net/worker/chunk.hpp"
#include "net/worker/session.hpp"

namespace wayleave::net {
namespace {

bool has_body(int status, std::string_view method) {
  return method != "HEAD" && status >= 200 && status != 204 && status != 304;
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
  drop_upstream();
  skip_rest_of_body();
  status_ = response.status;
  phase_ = Phase::Answering;
  loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);

  http1::HeadWriter head(out_);
  head.status_line(response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.fields) head.field(name, value);
  head.field("Date", loop_.http_date());
  head.field("Wayleave-Request-Id", request_id_);
  if (!head.ok()) {
    loop_.log.error("http.answer_unwritable", {{"status", response.status}});
    start_answer(host_.dispatcher().refuse(*this, 500, "internal", "internal error"));
    return;
  }
  const bool body = has_body(response.status, head_.method);
  const bool length_known = !response.stream || response.stream_bytes.has_value();
  source_chunked_ = body && !length_known && head_.minor_version == 1;
  if (body && !length_known && !source_chunked_) keep_alive_ = false;
  if (response.status >= 200 && response.status != 204 && response.status != 304) {
    if (length_known) {
      head.field("Content-Length",
                 response.stream ? *response.stream_bytes : std::uint64_t{response.body.size()});
    } else if (source_chunked_) {
      head.field("Transfer-Encoding", "chunked");
    }
  }
  if (!keep_alive_) {
    head.field("Connection", "close");
  } else if (head_.minor_version == 0) {
    head.field("Connection", "keep-alive");
  }
  head.end();

  source_left_ = response.stream_bytes;
  source_ = body ? std::move(response.stream) : nullptr;
  if (!body) response.body.clear();
  answer_bytes_ += response.body.size();
  cut_ = response.cut_after.has_value();
  if (cut_) {
    out_ += response.body;
    out_.resize(std::min<std::size_t>(out_.size(), *response.cut_after));
    response.body.clear();
    source_.reset();
  }
  const iovec pieces[] = {piece(out_), piece(response.body)};
  if (!outbox_.send(io_, pieces)) close();
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
