#include "net/worker/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace wayleave::net {
namespace {

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

bool Socket::connect(const Endpoint& endpoint) {
  close();
  fd_ = ::socket(endpoint.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  readable_ = false;  // what comes, comes with an event
  sockaddr_storage storage{};
  const socklen_t size = fill(storage, endpoint);
  return ::connect(fd_, reinterpret_cast<const sockaddr*>(&storage), size) == 0 ||
         errno == EINPROGRESS;
}

bool Socket::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

void Socket::note(std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) peer_closed_ = true;
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) broken_ = true;
}

Socket::Outcome Socket::receive(std::span<char> into) {
  if (!readable_) return {State::Again, 0};
  while (true) {
    ++calls_.receives;
    const auto got = ::recv(fd_, into.data(), into.size(), 0);
    if (got > 0) {
      // A short receive has drained the socket; the next bytes bring a new edge. A pending end
      // would not, so it keeps the flag.
      readable_ = static_cast<std::size_t>(got) == into.size() || peer_closed_;
      return {State::Ok, static_cast<std::size_t>(got)};
    }
    if (got == 0) return {State::Closed, 0};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      ++calls_.failed_receives;
      readable_ = false;
      return {State::Again, 0};
    }
    return {State::Failed, 0};
  }
}

Socket::Outcome Socket::send(std::span<const iovec> pieces) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  const int flags = MSG_NOSIGNAL | (more_ ? MSG_MORE : 0);
  while (true) {
    ++calls_.sends;
    // One piece goes without the kernel's copy of a message header.
    const auto put = pieces.size() == 1
                         ? ::send(fd_, pieces.front().iov_base, pieces.front().iov_len, flags)
                         : ::sendmsg(fd_, &message, flags);
    if (put >= 0) return {State::Ok, static_cast<std::size_t>(put)};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {State::Again, 0};
    return {State::Failed, 0};
  }
}

void Socket::shutdown_write() { ::shutdown(fd_, SHUT_WR); }

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  readable_ = true;
  peer_closed_ = false;
  broken_ = false;
  more_ = false;
}

}  // namespace wayleave::net
