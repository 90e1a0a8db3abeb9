// The provider's side of a session: send the request on, read the answer, relay or collect it.
// Both bodies are taken off their framing and framed again, so that no byte of one message can be
// understood as another (HT-12); while one side has not taken what it got, the other is not read.
#include <algorithm>
#include <utility>

#include "net/http1/head_writer.hpp"
#include "net/worker/buffer.hpp"
#include "net/worker/chunk.hpp"
#include "net/worker/read_body.hpp"
#include "net/worker/session.hpp"

namespace wayleave::net {

void Session::start_forward(const Forward& forward) {
  drop_upstream();
  pool_ = forward.pool;
  upstream_method_ = forward.method.empty() ? method_ : forward.method;
  override_body_ = forward.body;
  body_absent_ = forward.body_absent;
  keep_for_replay_ = forward.keep_for_replay;
  answer_time_ = forward.answer_time;
  head_sent_ = false;
  request_sent_ = false;
  upstream_cut_ = false;
  response_started_ = false;
  retried_stale_ = false;
  answer_ = Answer::Waiting;
  frame_request();
  phase_ = Phase::Forwarding;
  asked_ = loop_.now;
  loop_.timers.arm(*this, loop_.now + std::max(answer_time_, loop_.limits.connect_time));
  acquire(false);
}

/// Finishes the head that the dispatcher wrote with the framing of the body that will be sent.
void Session::frame_request() {
  upstream_head_.swap(out_);
  request_chunked_ = false;
  const auto length = [&](std::uint64_t bytes) {
    http1::append_field(upstream_head_, "Content-Length", bytes);
  };
  if (override_body_) {
    if (!body_absent_) length(override_body_->size());
  } else if (head().framing != http1::Framing::None) {
    if (body_in_.done()) {
      length(body_.size());
    } else if (head().framing == http1::Framing::Length) {
      length(head().content_length);
    } else {
      request_chunked_ = true;
      upstream_head_ += "Transfer-Encoding: chunked\r\n";
    }
  }
  upstream_head_ += "\r\n";
}

void Session::acquire(bool fresh) {
  // A failure at once has already taken the next step, so null must not overwrite its connection.
  if (auto* connection = pool_->acquire(*this, fresh)) upstream_ = connection;
}

void Session::upstream_ready() { pump(); }

void Session::upstream_lost(const UpstreamFailure& failure) {
  upstream_ = nullptr;
  provider_spoke();
  apply(host_.dispatcher().upstream_failed(*this, failure));
  pump();
}

bool Session::forward() {
  if (upstream_ == nullptr || !upstream_->ready()) return false;
  if (!upstream_->outbox.empty()) {
    const std::uint64_t before = upstream_->outbox.sent();
    if (!upstream_->outbox.flush(upstream_->io)) upstream_cut_ = true;
    if (upstream_->outbox.sent() != before && !request_sent_) {
      loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
    }
  }
  bool moved = false;
  if (!request_sent_) {
    moved = send_request();
    if (phase_ != Phase::Forwarding || upstream_ == nullptr) return true;
  }
  return (answer_ == Answer::Waiting ? receive_head() : receive_body()) || moved;
}

bool Session::send_upstream(std::span<const iovec> pieces) {
  head_sent_ = true;
  if (upstream_->outbox.send(upstream_->io, pieces)) return true;
  // It takes no more, but it may have answered already; the answer is read next.
  upstream_cut_ = true;
  request_sent_ = true;
  return false;
}

bool Session::send_request() {
  if (upstream_cut_) {
    request_sent_ = true;
    return true;
  }
  if (!upstream_->outbox.empty()) return false;
  const iovec head = piece(head_sent_ ? std::string_view() : std::string_view(upstream_head_));
  if (override_body_ || body_in_.done()) {
    const iovec pieces[] = {head, piece(override_body_.value_or(body_))};
    request_sent_ = true;
    loop_.timers.arm(*this, loop_.now + answer_time_);
    send_upstream(pieces);
    return true;
  }
  const Read read = read_body([&](std::span<char> content) {
    if (keep_for_replay_ && body_kept_ &&
        body_.size() + content.size() <= loop_.limits.replay_bytes) {
      body_.append(content.data(), content.size());
    } else {
      body_kept_ = false;
    }
    const std::string_view text(content.data(), content.size());
    const ChunkLine line(content.size());
    const iovec chunked[] = {head, piece(line.text()), piece(text), piece("\r\n")};
    const iovec plain[] = {head, piece(text)};
    if (request_chunked_) {
      send_upstream(chunked);
    } else {
      send_upstream(plain);
    }
  });
  if (read == Read::Ended) return true;
  if (read == Read::Wait) {
    if (head_sent_) return false;
    send_upstream({&head, 1});
    return true;
  }
  if (body_in_.done() && !request_sent_) {
    request_sent_ = true;
    loop_.timers.arm(*this, loop_.now + answer_time_);
    const iovec last[] = {piece(head_sent_ ? std::string_view() : std::string_view(upstream_head_)),
                          piece(request_chunked_ ? kLastChunk : std::string_view())};
    if (request_chunked_ || !head_sent_) send_upstream(last);
  }
  return true;
}

bool Session::receive_head() {
  if (!upstream_->io.readable()) return false;
  const auto got = upstream_->io.read(loop_.scratch);
  if (got.state == Transport::State::Again) return false;
  if (got.state != Transport::State::Ok) return upstream_ended(got.state);
  response_started_ = true;
  const auto fresh = std::span(loop_.scratch).first(got.bytes);
  if (upstream_->in.empty()) return take_head(fresh, true);
  upstream_->in.append(fresh.data(), fresh.size());
  return take_head(std::span<char>(upstream_->in), false);
}

bool Session::take_head(std::span<char> bytes, bool from_scratch) {
  http1::ResponseHead& head = loop_.response_head;
  while (true) {
    const auto parsed =
        http1::parse({bytes.data(), bytes.size()}, loop_.limits, upstream_method_, head);
    if (parsed.state == http1::Parsed::State::Bad) {
      return upstream_failed(UpstreamFault::Invalid, parsed.detail);
    }
    if (parsed.state == http1::Parsed::State::NeedMore) {
      std::string rest(bytes.data(), bytes.size());
      upstream_->in = std::move(rest);
      return true;
    }
    bytes = bytes.subspan(parsed.size);
    if (head.status >= 200) break;
    if (head.status == 101) {
      return upstream_failed(UpstreamFault::Invalid, "switching protocols was not asked for");
    }
  }
  provider_spoke();
  status_ = head.status;
  body_out_ = http1::BodyDecoder(head, loop_.limits);
  upstream_keep_alive_ = head.keep_alive;
  // The head's views point into `bytes`; what follows it may be overwritten only after the step.
  std::string held;
  if (!from_scratch) {
    held.swap(upstream_->in);
  }
  apply_upstream(host_.dispatcher().upstream_head(*this, head), head);
  if (phase_ != Phase::Forwarding || upstream_ == nullptr) return true;
  return deliver(bytes);
}

void Session::apply_upstream(UpstreamStep step, const http1::ResponseHead& head) {
  if (std::holds_alternative<Relay>(step)) {
    begin_relay(head);
  } else if (auto* collect = std::get_if<CollectUpstream>(&step)) {
    answer_ = Answer::Collecting;
    collected_.clear();
    make_room(collected_, head.content_length);
    collected_max_ = collect->bytes_max;
    loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
  } else if (auto* answer = std::get_if<net::Answer>(&step)) {
    start_answer(std::move(answer->response));
  } else {
    drop_upstream();
    apply(Park{std::move(std::get<Discard>(step).job)});
  }
}

void Session::begin_relay(const http1::ResponseHead& head) {
  answer_ = Answer::Relaying;
  http1::append_field(out_, "Wayleave-Request-Id", request_id_);
  relay_chunked_ = false;
  if (head.framing == http1::Framing::Length) {
    http1::append_field(out_, "Content-Length", head.content_length);
  } else if (head.framing == http1::Framing::None) {
    // An answer to HEAD and a 304 may tell the length that a body would have (RFC 9110 8.6).
    if (const auto length = head.get("content-length"); length && head.status != 204) {
      http1::append_field(out_, "Content-Length", *length);
    }
  } else if (minor_version_ == 1) {
    relay_chunked_ = true;
    out_ += "Transfer-Encoding: chunked\r\n";
  } else {
    keep_alive_ = false;
  }
  if (!request_sent_) keep_alive_ = false;
  end_fields();
  relay_head_due_ = true;
  loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
}

bool Session::receive_body() {
  if (!outbox_.empty() || !upstream_->io.readable()) return false;
  const auto got = upstream_->io.read(loop_.scratch);
  if (got.state == Transport::State::Again) return false;
  if (got.state != Transport::State::Ok) return upstream_ended(got.state);
  loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
  return deliver(std::span(loop_.scratch).first(got.bytes));
}

bool Session::deliver(std::span<char> bytes) {
  const auto step = body_out_.feed(bytes);
  const std::string_view content(bytes.data(), step.payload);
  if (answer_ == Answer::Collecting) {
    if (step.bad) return upstream_failed(UpstreamFault::Invalid, "broken body framing");
    if (collected_.size() + content.size() > collected_max_) {
      return upstream_failed(UpstreamFault::TooLarge, "the answer is too large to collect");
    }
    collected_.append(content);
    return body_out_.done() ? finish_upstream(step.consumed == bytes.size()) : true;
  }
  if (step.bad) {
    close();  // the head is out: only a cut connection tells the client (HT-18, HT-20)
    return true;
  }
  answer_bytes_ += content.size();
  if (!relay(content)) {
    close();
    return true;
  }
  return body_out_.done() ? finish_upstream(step.consumed == bytes.size()) : true;
}

bool Session::relay(std::string_view content) {
  std::string_view head;
  if (std::exchange(relay_head_due_, false)) {
    if (!relay_chunked_ && content.size() <= kJoinedBytesMax) {
      out_ += std::exchange(content, {});
    }
    head = out_;
  }
  const ChunkLine line(content.size());
  const bool chunk = relay_chunked_ && !content.empty();
  const iovec pieces[] = {
      piece(head),
      piece(chunk ? line.text() : std::string_view()),
      piece(content),
      piece(chunk ? std::string_view("\r\n") : std::string_view()),
      piece(relay_chunked_ && body_out_.done() ? kLastChunk : std::string_view())};
  return outbox_.send(io_, pieces);
}

bool Session::upstream_ended(Transport::State how) {
  if (answer_ == Answer::Waiting) {
    // A pooled connection may have been closed by the provider just as it was used. The request is
    // sent once more on a fresh one when that cannot do anything twice (HT-22).
    const bool whole = override_body_ || can_replay();
    if (!response_started_ && upstream_->reused() && !retried_stale_ && whole &&
        http1::is_idempotent(upstream_method_)) {
      drop_upstream();
      retried_stale_ = true;
      head_sent_ = false;
      request_sent_ = false;
      upstream_cut_ = false;
      acquire(true);
      return true;
    }
    return upstream_failed(UpstreamFault::Reset, "the connection ended before an answer came");
  }
  if (body_out_.end_of_stream() && how == Transport::State::Closed) {  // a cut is no end (HT-20)
    upstream_keep_alive_ = false;
    if (answer_ == Answer::Relaying) {
      const iovec last = piece(relay_chunked_ ? kLastChunk : std::string_view());
      if (!outbox_.send(io_, {&last, 1})) {
        close();
        return true;
      }
    }
    return finish_upstream(false);
  }
  if (answer_ == Answer::Relaying) {
    close();
    return true;
  }
  return upstream_failed(UpstreamFault::Reset, "the answer was cut");
}

bool Session::finish_upstream(bool clean) {
  const bool reusable = clean && upstream_keep_alive_ && request_sent_ && !upstream_cut_ &&
                        upstream_->outbox.empty() && upstream_->in.empty();
  if (reusable) {
    pool_->release(*upstream_);
    upstream_ = nullptr;
  } else {
    drop_upstream();
  }
  if (answer_ == Answer::Collecting) {
    answer_collected();
    return true;
  }
  if (!body_in_.done()) keep_alive_ = false;
  phase_ = Phase::Answering;
  return true;
}

bool Session::upstream_failed(UpstreamFault fault, std::string detail) {
  drop_upstream();
  provider_spoke();
  const UpstreamFailure failure{fault, std::move(detail)};
  apply(host_.dispatcher().upstream_failed(*this, failure));
  return true;
}

void Session::provider_spoke() {
  if (!asked_) return;
  provider_wait_ += loop_.now - *asked_;
  asked_.reset();
}

void Session::drop_upstream() {
  if (upstream_ == nullptr) return;
  UpstreamConnection& connection = *std::exchange(upstream_, nullptr);
  connection.pool().discard(connection);
}

}  // namespace wayleave::net
