#include "net/worker/transport.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "net/worker/buffer.hpp"
#include "net/worker/socket_bio.hpp"

namespace wayleave::net {
namespace {

constexpr std::size_t kPiecesMax = 8;
constexpr std::size_t kRecordBytes = SSL3_RT_MAX_PLAIN_LENGTH;
// Four full records of TLS 1.3 (five bytes of head, one of type, sixteen of tag), as OpenSSL aligns
// them: large bodies then come four records by one receive, without a part of a fifth.
constexpr std::size_t kReadBytes = 4 * (kRecordBytes + 22) + 3;

}  // namespace

void Transport::start_tls(TlsContext::Ssl ssl, std::string_view to_plain_peer) {
  ssl_ = std::move(ssl);
  to_plain_peer_ = to_plain_peer;
  tls_readable_ = true;
  attach(ssl_.get(), socket_);
  SSL_set_read_ahead(ssl_.get(), 1);
  SSL_set_default_read_buffer_len(ssl_.get(), kReadBytes);
  SSL_set_mode(ssl_.get(),
               SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                   SSL_MODE_RELEASE_BUFFERS);
}

/// Whether OpenSSL, having given `result`, only waits for the socket.
bool Transport::await(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
  write_to_read_ = error == SSL_ERROR_WANT_WRITE;
  tls_readable_ = false;
  return true;
}

Transport::State Transport::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return State::Ok;
  if (await(result)) return State::Again;
  tls_end_ = State::Failed;
  return State::Failed;
}

std::string Transport::tls_error() const {
  return ssl_ ? handshake_error(ssl_.get(), ERR_peek_last_error()).detail : std::string();
}

void Transport::note(std::uint32_t events) {
  socket_.note(events);
  if (socket_.readable() || (write_to_read_ && (events & EPOLLOUT) != 0)) tls_readable_ = true;
}

/// Whether a further read is bound to find nothing: neither OpenSSL nor the socket has a byte.
bool Transport::is_drained() const {
  return !socket_.readable() && SSL_pending(ssl_.get()) == 0 && SSL_has_pending(ssl_.get()) == 0;
}

Transport::Outcome Transport::read(std::span<char> into) {
  return ssl_ ? read_tls(into) : socket_.receive(into);
}

Transport::Outcome Transport::read_tls(std::span<char> into) {
  std::size_t total = 0;
  ERR_clear_error();
  while (total < into.size() && tls_end_ == State::Ok) {
    std::size_t got = 0;
    if (SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &got) == 1) {
      total += got;
      if (is_drained()) {
        tls_readable_ = false;
        break;
      }
    } else if (await(0)) {
      return {total == 0 ? State::Again : State::Ok, total};
    } else {
      // What came before the end is delivered first.
      const bool meant = SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN;
      tls_end_ = meant ? State::Closed : State::Failed;
      answer_plain_peer();
    }
  }
  return total == 0 ? Outcome{tls_end_, 0} : Outcome{State::Ok, total};
}

void Transport::answer_plain_peer() {
  if (to_plain_peer_.empty() || SSL_in_init(ssl_.get()) == 0) return;
  const unsigned long error = ERR_peek_last_error();
  const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
  if (reason != SSL_R_HTTP_REQUEST && reason != SSL_R_WRONG_VERSION_NUMBER) return;
  const iovec text{const_cast<char*>(to_plain_peer_.data()), to_plain_peer_.size()};
  [[maybe_unused]] const auto sent = socket_.send({&text, 1});
  socket_.shutdown_write();
}

Transport::Outcome Transport::write(std::span<const iovec> pieces) {
  return ssl_ ? write_tls(pieces) : socket_.send(pieces);
}

Transport::Outcome Transport::write_tls(std::span<const iovec> pieces) {
  const iovec& first = pieces.front();
  if (pieces.size() == 1 || first.iov_len >= kRecordBytes) {
    const std::size_t size = std::min(first.iov_len, kRecordBytes);
    return write_record(first.iov_base, size, pieces.size() > 1 || size < first.iov_len);
  }
  // One record, and so one send, for a head and the first bytes of its body.
  std::array<char, kRecordBytes> record;
  std::size_t filled = 0;
  bool more = false;
  for (const iovec& part : pieces) {
    const std::size_t take = std::min(part.iov_len, record.size() - filled);
    more = more || take < part.iov_len;
    std::memcpy(record.data() + filled, part.iov_base, take);
    filled += take;
  }
  return write_record(record.data(), filled, more);
}

/// At most one record's worth; `more`: the next follows at once. When the socket is full OpenSSL
/// keeps the record that it has sealed, so the next write has to begin with the same bytes; an
/// Outbox does.
Transport::Outcome Transport::write_record(const void* from, std::size_t size, bool more) {
  std::size_t put = 0;
  ERR_clear_error();
  socket_.announce_more(more);
  const int result = SSL_write_ex(ssl_.get(), from, size, &put);
  socket_.announce_more(false);
  if (result == 1) return {State::Ok, put};
  const int error = SSL_get_error(ssl_.get(), 0);
  if (error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ) return {State::Again, 0};
  return {State::Failed, 0};
}

void Transport::say_goodbye() {
  if (!ssl_ || tls_end_ == State::Failed || SSL_is_init_finished(ssl_.get()) != 1) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void Transport::shutdown_write() {
  say_goodbye();
  socket_.shutdown_write();
}

void Transport::close() {
  if (ssl_ && tls_end_ != State::Failed) {
    // To OpenSSL a connection that ends without this has an unfit session, not to be resumed.
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }
  ssl_.reset();
  socket_.close();
  tls_readable_ = false;
  write_to_read_ = false;
  tls_end_ = State::Ok;
}

bool Outbox::send(Transport& to, std::span<const iovec> pieces) {
  std::array<iovec, kPiecesMax> rest;
  std::size_t count = 0;
  for (const iovec& part : pieces) {
    if (part.iov_len == 0) continue;
    if (count == rest.size()) return false;  // nothing is left out in silence
    rest[count++] = part;
  }
  std::size_t first = 0;
  while (empty() && first < count) {
    const auto put = to.write(std::span(rest).subspan(first, count - first));
    if (put.state == Transport::State::Failed) return false;
    if (put.state != Transport::State::Ok) break;
    sent_ += put.bytes;
    std::size_t bytes = put.bytes;
    while (first < count && bytes >= rest[first].iov_len) bytes -= rest[first++].iov_len;
    if (first == count) break;
    rest[first].iov_base = static_cast<char*>(rest[first].iov_base) + bytes;
    rest[first].iov_len -= bytes;
    if (!to.tls()) break;  // a short write means a full socket; a TLS record only holds 16 KiB
  }
  for (; first < count; ++first) {
    waiting_.append(static_cast<const char*>(rest[first].iov_base), rest[first].iov_len);
  }
  return true;
}

bool Outbox::flush(Transport& to) {
  while (!empty()) {
    const iovec rest = piece(std::string_view(waiting_).substr(at_));
    const auto put = to.write({&rest, 1});
    if (put.state == Transport::State::Failed) return false;
    if (put.state != Transport::State::Ok) return true;
    at_ += put.bytes;
    sent_ += put.bytes;
  }
  reset();
  return true;
}

void Outbox::reset() {
  recycle(waiting_);
  at_ = 0;
}

}  // namespace wayleave::net
