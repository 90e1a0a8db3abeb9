#include "net/worker/session.hpp"

#include <algorithm>
#include <utility>

#include "net/tls_acceptor.hpp"
#include "net/worker/buffer.hpp"
#include "net/worker/read_body.hpp"

namespace wayleave::net {
namespace {

constexpr int kTurnsPerPump = 32;  // of at most one scratch each, then others get their turn
constexpr std::size_t kLingerBytesMax = 1 << 20;
constexpr Millis kLingerTime{2'000};

constexpr std::string_view kTlsWanted =
    "HTTP/1.1 400 Bad Request\r\nWayleave-Error: invalid_request\r\nContent-Type: text/plain\r\n"
    "Content-Length: 44\r\nConnection: close\r\n\r\nThis port speaks TLS: use an https:// URL.\r\n";

void move_view(std::string_view& view, const char* from, const char* to) {
  if (!view.empty()) view = {to + (view.data() - from), view.size()};
}

/// Makes the views of a head parsed at `from` point into its copy at `to`.
void rebase(http1::RequestHead& head, const char* from, const char* to) {
  for (std::size_t i = 0; i < head.field_count; ++i) {
    move_view(head.fields[i].name, from, to);
    move_view(head.fields[i].value, from, to);
  }
  for (auto* view : {&head.method, &head.target, &head.path, &head.query, &head.host}) {
    move_view(*view, from, to);
  }
}

}  // namespace

Session::Session(Loop& loop, SessionHost& host, int fd, std::string peer, std::uint64_t serial)
    : loop_(loop), host_(host), io_(fd), peer_(std::move(peer)), serial_(serial) {}

Session::~Session() = default;

void Session::start() {
  if (!loop_.poller.watch(io_.fd(), *this)) {
    close();
    return;
  }
  // TLS is shaken hands on within the deadline of the first head (DS-01).
  if (loop_.client_tls != nullptr) {
    io_.start_tls(loop_.client_tls->new_connection(loop_.now), kTlsWanted);
  }
  loop_.timers.arm(*this, loop_.now + loop_.limits.head_time);
  pump();
}

void Session::on_events(std::uint32_t events) {
  if (phase_ == Phase::Closed) return;
  io_.note(events);
  if (io_.broken()) {
    close();
  } else {
    pump();
  }
}

void Session::on_timeout() {
  switch (phase_) {
    case Phase::Head:
      if (in_.empty()) {
        close();
        return;
      }
      forget_head();
      refuse(408, "request_timeout", "the request head did not arrive in time");
      break;
    case Phase::Collecting:
      refuse(408, "request_timeout", "the request body stalled");
      break;
    case Phase::Forwarding:
      if (answer_ == Answer::Relaying) {
        close();
        return;
      }
      if (!request_sent_ && upstream_ != nullptr && upstream_->outbox.empty()) {
        drop_upstream();
        refuse(408, "request_timeout", "the request body stalled");
      } else {
        upstream_failed(UpstreamFault::Timeout, "the provider did not answer in time");
      }
      break;
    case Phase::Parked:
    case Phase::Closed:
      return;
    case Phase::Answering:
    case Phase::Lingering:
      close();
      return;
  }
  pump();
}

void Session::pump() {
  if (pumping_) return;  // a nested call changed the phase; the loop below sees it
  pumping_ = true;
  bool moved = true;
  int turns = 0;
  while (moved && phase_ != Phase::Closed) {
    if (!flush_outbox()) {
      close();
      break;
    }
    if (++turns > kTurnsPerPump) {
      host_.later(*this);
      break;
    }
    switch (phase_) {
      case Phase::Head:
        moved = read_head();
        break;
      case Phase::Collecting:
        moved = collect_body();
        break;
      case Phase::Forwarding:
        moved = forward();
        break;
      case Phase::Answering:
        moved = flush_answer();
        break;
      case Phase::Lingering:
        moved = linger_read();
        break;
      case Phase::Parked:
      case Phase::Closed:
        moved = false;
        break;
    }
  }
  pumping_ = false;
}

bool Session::flush_outbox() {
  if (outbox_.empty()) return true;
  const std::uint64_t before = outbox_.sent();
  if (!outbox_.flush(io_)) return false;
  // A slow reader that keeps reading is served; one that stopped runs into the deadline (DS-03).
  if (outbox_.sent() != before && (phase_ == Phase::Answering || answer_ == Answer::Relaying)) {
    loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
  }
  return true;
}

bool Session::read_head() {
  std::span<char> bytes(in_);
  bool worth_parsing = !in_.empty();
  while (true) {
    if (worth_parsing) {
      const bool from_scratch = bytes.data() != in_.data();
      forget_head();
      const auto parsed =
          http1::parse({bytes.data(), bytes.size()}, loop_.limits, loop_.request_head);
      if (parsed.state == http1::Parsed::State::Bad) {
        refuse(parsed.status, "invalid_request", parsed.detail);
        return true;
      }
      if (parsed.state == http1::Parsed::State::Complete) {
        keep_head(bytes.first(parsed.size));
        if (from_scratch) {
          in_.append(bytes.data() + parsed.size, bytes.size() - parsed.size);
        } else {
          in_.erase(0, parsed.size);
        }
        begin_exchange();
        return true;
      }
      if (from_scratch) in_.assign(bytes.data(), bytes.size());
    }
    if (!io_.readable()) return false;
    const auto got = io_.read(loop_.scratch);
    if (got.state == Transport::State::Again) return false;
    if (got.state != Transport::State::Ok) {
      close();
      return false;
    }
    const std::string_view fresh(loop_.scratch.data(), got.bytes);
    if (in_.empty()) {
      // The first head is due by the deadline that began with the connection.
      if (exchange_number_ > 0) loop_.timers.arm(*this, loop_.now + loop_.limits.head_time);
      bytes = std::span(loop_.scratch).first(got.bytes);
      worth_parsing = true;
    } else {
      // Trickled bytes are parsed again only when a line ended, so that a slow head stays cheap.
      in_.append(fresh);
      bytes = std::span<char>(in_);
      worth_parsing = fresh.find('\n') != std::string_view::npos ||
                      in_.size() > loop_.limits.request_line_bytes;
    }
  }
}

/// Of the head that was just parsed from those bytes.
void Session::keep_head(std::span<const char> from) {
  http1::RequestHead& head = loop_.request_head;
  head_bytes_.assign(from.data(), from.size());
  rebase(head, from.data(), head_bytes_.data());
  loop_.request_head_of = serial_;
  method_ = head.method;
  minor_version_ = head.minor_version;
}

void Session::forget_head() {
  loop_.request_head_of = 0;
  recycle(head_bytes_);
  method_ = {};
  minor_version_ = 1;
}

const http1::RequestHead& Session::head() const {
  http1::RequestHead& head = loop_.request_head;
  if (loop_.request_head_of == serial_) return head;
  // Another session's head took its place while this one waited: read it again where it was kept.
  // It was lawful then, and its views are the same as before.
  const auto parsed = http1::parse(head_bytes_, loop_.limits, head);
  if (parsed.state != http1::Parsed::State::Complete) head = {};  // there is none
  loop_.request_head_of = serial_;
  return head;
}

void Session::open_exchange() {
  ++exchange_number_;
  host_.next_request_id(request_id_);
  started_ = loop_.now;
  body_bytes_ = 0;
  answer_bytes_ = 0;
  provider_wait_ = {};
  active_ = true;
}

void Session::begin_exchange() {
  open_exchange();
  const http1::RequestHead& head = loop_.request_head;
  body_in_ = http1::BodyDecoder(head, loop_.limits);
  body_kept_ = true;
  keep_alive_ = head.keep_alive && !host_.retiring();
  continue_due_ = head.expect_continue && !body_in_.done();
  status_ = 0;
  apply(host_.dispatcher().begin(*this));
}

void Session::apply(Step step) {
  if (auto* answer = std::get_if<net::Answer>(&step)) {
    start_answer(std::move(answer->response));
  } else if (auto* collect = std::get_if<CollectBody>(&step)) {
    body_max_ = collect->bytes_max;
    if (head().framing == http1::Framing::Length && head().content_length > body_max_) {
      refuse(413, "request_too_large", "the request body is too large");
      return;
    }
    make_room(body_, head().content_length);
    phase_ = Phase::Collecting;
    loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
  } else if (auto* sink = std::get_if<SinkBody>(&step)) {
    sink_ = std::move(sink->sink);
    phase_ = Phase::Collecting;
    loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
  } else if (auto* park = std::get_if<Park>(&step)) {
    phase_ = Phase::Parked;
    loop_.timers.disarm(*this);
    host_.park(*this, std::move(park->job));
  } else {
    start_forward(std::get<Forward>(step));
  }
}

bool Session::collect_body() {
  bool too_large = false;
  while (!body_in_.done()) {
    const Read read = read_body([&](std::span<char> content) {
      if (sink_) {
        sink_->write({content.data(), content.size()});
      } else if (body_.size() + content.size() > body_max_) {
        too_large = true;
      } else {
        body_.append(content.data(), content.size());
      }
    });
    if (read == Read::Wait) return false;
    if (read == Read::Ended) return true;
    if (too_large) {
      refuse(413, "request_too_large", "the request body is too large");
      return true;
    }
  }
  apply(host_.dispatcher().body_complete(*this));
  return true;
}

Session::Read Session::refill(std::span<char>& bytes) {
  if (!in_.empty()) {
    bytes = std::span<char>(in_);
    return Read::Some;
  }
  const auto got =
      io_.readable() ? io_.read(loop_.scratch) : Transport::Outcome{Transport::State::Again, 0};
  if (got.state == Transport::State::Again) {
    expect_continue();
    return Read::Wait;
  }
  if (got.state != Transport::State::Ok) {
    close();  // the request is cut: nobody waits for an answer
    return Read::Ended;
  }
  loop_.timers.arm(*this, loop_.now + loop_.limits.body_idle_time);
  bytes = std::span(loop_.scratch).first(got.bytes);
  return Read::Some;
}

bool Session::too_slow() const {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(loop_.now - started_).count();
  return loop_.now - started_ > loop_.limits.body_idle_time &&
         body_bytes_ < loop_.limits.body_rate_floor * static_cast<std::uint64_t>(seconds);
}

void Session::expect_continue() {
  if (!std::exchange(continue_due_, false)) return;
  const iovec line = piece("HTTP/1.1 100 Continue\r\n\r\n");
  if (!outbox_.send(io_, {&line, 1})) close();
}

void Session::resumed(std::uint64_t exchange_number, std::unique_ptr<Job> job) {
  if (phase_ != Phase::Parked || exchange_number != exchange_number_) return;
  if (job) {
    apply(host_.dispatcher().resume(*this, std::move(job)));
  } else {
    start_answer(host_.dispatcher().refuse(*this, 500, "internal", "internal error"));
  }
  pump();
}

void Session::refuse(int status, std::string_view code, std::string_view detail) {
  if (!active_) open_exchange();
  keep_alive_ = false;
  start_answer(host_.dispatcher().refuse(*this, status, code, detail));
}

void Session::tell_finished(bool cut) {
  const bool answering =
      phase_ == Phase::Answering ||
      (phase_ == Phase::Forwarding && answer_ == Answer::Relaying && !relay_head_due_);
  active_ = false;
  provider_spoke();
  Outcome outcome;
  outcome.status = answering ? status_ : 0;
  outcome.cut = cut;
  outcome.request_bytes = body_bytes_;
  outcome.answer_bytes = answer_bytes_;
  outcome.started = started_;
  outcome.ended = loop_.now;
  outcome.provider_wait = provider_wait_;
  host_.dispatcher().finished(*this, outcome);
}

void Session::reject_body(int status, std::string_view code, std::string_view detail) {
  if (phase_ == Phase::Forwarding && answer_ == Answer::Relaying) {
    close();
    return;
  }
  drop_upstream();
  refuse(status, code, detail);
}

void Session::end_exchange() {
  tell_finished(cut_);
  call.reset();
  source_.reset();
  sink_.reset();
  override_body_.reset();
  forget_head();
  recycle(body_);
  recycle(out_);
  recycle(collected_);
  if (cut_) {
    close();
  } else if (!keep_alive_ || host_.stopping()) {
    linger();
  } else {
    phase_ = Phase::Head;
    loop_.timers.arm(*this, loop_.now + loop_.limits.keep_alive_time);
  }
}

void Session::linger() {
  // Closing with unread bytes would reset the connection and could destroy the answer on its way,
  // so wait a moment for the peer to close. What it still sends is never a request (HT-09).
  phase_ = Phase::Lingering;
  linger_bytes_ = 0;
  io_.shutdown_write();
  loop_.timers.arm(*this, loop_.now + kLingerTime);
}

bool Session::linger_read() {
  if (!io_.readable()) return false;
  const auto got = io_.read(loop_.scratch);
  if (got.state == Transport::State::Again) return false;
  linger_bytes_ += got.bytes;
  if (got.state == Transport::State::Ok && linger_bytes_ <= kLingerBytesMax) return true;
  close();
  return false;
}

void Session::wind_down() {
  keep_alive_ = false;
  if (phase_ == Phase::Head && in_.empty()) close();
}

void Session::close() {
  if (phase_ == Phase::Closed) return;
  if (active_) tell_finished(true);
  if (phase_ == Phase::Head && in_.empty()) io_.say_goodbye();  // between exchanges: no cut
  phase_ = Phase::Closed;
  drop_upstream();
  io_.close();
  loop_.timers.disarm(*this);
  host_.remove(*this);
}

bool Session::can_replay() const { return body_in_.done() && body_kept_; }

bool Session::untouched() const { return !head_sent_; }

}  // namespace wayleave::net
