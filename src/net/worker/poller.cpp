#include "net/worker/poller.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace wayleave::net {
namespace {

bool add(int set, int fd, Pollable& receiver, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &receiver;
  return ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

Result<Poller> Poller::create() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return internal(std::string("epoll_create1: ") + std::strerror(errno));
  return Poller(fd);
}

Poller::Poller(Poller&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Poller::~Poller() {
  if (fd_ >= 0) ::close(fd_);
}

bool Poller::watch(int fd, Pollable& receiver) {
  return add(fd_, fd, receiver, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

bool Poller::watch_level(int fd, Pollable& receiver) { return add(fd_, fd, receiver, EPOLLIN); }

void Poller::unwatch(int fd) { ::epoll_ctl(fd_, EPOLL_CTL_DEL, fd, nullptr); }

}  // namespace wayleave::net
