#include "net/worker/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace wayleave::net {
namespace {

constexpr std::size_t kPiecesMax = 8;
constexpr std::size_t kKeptBytes = 16 * 1024;  // capacity an idle outbox may keep

socklen_t fill(sockaddr_storage& storage, const Endpoint& endpoint) {
  if (endpoint.v6) {
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, endpoint.bytes.data(), 16);
    return sizeof address;
  }
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  std::memcpy(&address.sin_addr, endpoint.bytes.data(), 4);
  return sizeof address;
}

}  // namespace

bool Transport::connect(const Endpoint& endpoint) {
  close();
  fd_ = ::socket(endpoint.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_storage storage{};
  const socklen_t size = fill(storage, endpoint);
  return ::connect(fd_, reinterpret_cast<const sockaddr*>(&storage), size) == 0 ||
         errno == EINPROGRESS;
}

bool Transport::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

void Transport::start_tls(TlsContext::Ssl ssl) {
  ssl_ = std::move(ssl);
  SSL_set_fd(ssl_.get(), fd_);
  SSL_set_connect_state(ssl_.get());
  SSL_set_mode(ssl_.get(),
               SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                   SSL_MODE_RELEASE_BUFFERS);
}

Transport::State Transport::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return State::Ok;
  const int error = SSL_get_error(ssl_.get(), result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? State::Again
                                                                       : State::Failed;
}

std::string Transport::tls_error() const {
  return ssl_ ? handshake_error(ssl_.get(), ERR_peek_last_error()).detail : std::string();
}

void Transport::note(std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) peer_closed_ = true;
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) broken_ = true;
}

Transport::Outcome Transport::read(std::span<char> into) {
  if (ssl_) return read_tls(into);
  while (true) {
    const auto got = ::recv(fd_, into.data(), into.size(), 0);
    if (got > 0) {
      // A short read has drained the socket; the next bytes bring a new edge. A pending end would
      // not, so it keeps the flag.
      readable_ = static_cast<std::size_t>(got) == into.size() || peer_closed_;
      return {State::Ok, static_cast<std::size_t>(got)};
    }
    if (got == 0) return {State::Closed, 0};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      readable_ = false;
      return {State::Again, 0};
    }
    return {State::Failed, 0};
  }
}

Transport::Outcome Transport::read_tls(std::span<char> into) {
  std::size_t total = 0;
  ERR_clear_error();
  while (total < into.size()) {
    std::size_t got = 0;
    if (SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &got) == 1) {
      total += got;
      continue;
    }
    switch (SSL_get_error(ssl_.get(), 0)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        readable_ = false;
        break;
      case SSL_ERROR_ZERO_RETURN:
        if (total == 0) return {State::Closed, 0};
        break;
      default:
        if (total == 0) return {State::Failed, 0};
    }
    break;
  }
  return {total == 0 ? State::Again : State::Ok, total};
}

Transport::Outcome Transport::write(std::span<const iovec> pieces) {
  if (ssl_) return write_tls(pieces);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  while (true) {
    const auto put = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (put >= 0) return {State::Ok, static_cast<std::size_t>(put)};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {State::Again, 0};
    return {State::Failed, 0};
  }
}

Transport::Outcome Transport::write_tls(std::span<const iovec> pieces) {
  // One record for head and first body bytes: gather what fits into a record first.
  std::array<char, 16 * 1024> record;
  std::size_t filled = 0;
  for (const iovec& part : pieces) {
    const std::size_t take = std::min(part.iov_len, record.size() - filled);
    if (take == 0) continue;  // an empty piece may have no address
    std::memcpy(record.data() + filled, part.iov_base, take);
    filled += take;
  }
  std::size_t put = 0;
  ERR_clear_error();
  if (SSL_write_ex(ssl_.get(), record.data(), filled, &put) == 1) return {State::Ok, put};
  const int error = SSL_get_error(ssl_.get(), 0);
  if (error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ) return {State::Again, 0};
  return {State::Failed, 0};
}

void Transport::shutdown_write() {
  if (ssl_) SSL_shutdown(ssl_.get());
  ::shutdown(fd_, SHUT_WR);
}

void Transport::close() {
  ssl_.reset();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  readable_ = true;
  peer_closed_ = false;
  broken_ = false;
}

bool Outbox::send(Transport& to, std::span<const iovec> pieces) {
  std::size_t taken = 0;
  if (empty()) {
    std::array<iovec, kPiecesMax> rest;
    const std::size_t count = std::min(pieces.size(), rest.size());
    std::copy_n(pieces.begin(), count, rest.begin());
    std::size_t first = 0;
    while (first < count) {
      const auto put = to.write(std::span(rest).subspan(first, count - first));
      if (put.state == Transport::State::Failed) return false;
      if (put.state != Transport::State::Ok) break;
      taken += put.bytes;
      std::size_t bytes = put.bytes;
      while (first < count && bytes >= rest[first].iov_len) bytes -= rest[first++].iov_len;
      // A short write on a plain socket means that it is full; a TLS record only holds 16 KiB.
      if (first == count || !to.tls()) break;
      rest[first].iov_base = static_cast<char*>(rest[first].iov_base) + bytes;
      rest[first].iov_len -= bytes;
    }
  }
  sent_ += taken;
  for (const iovec& part : pieces) {
    if (taken >= part.iov_len) {
      taken -= part.iov_len;
      continue;
    }
    waiting_.append(static_cast<const char*>(part.iov_base) + taken, part.iov_len - taken);
    taken = 0;
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
  waiting_.clear();
  if (waiting_.capacity() > kKeptBytes) waiting_.shrink_to_fit();
  at_ = 0;
}

}  // namespace wayleave::net
