// The least that any proxy here can cost: bytes are received and sent on, one connection to the
// provider for each client, and nobody looks at them. What `script/bench gateway` shows beside it
// is the price of the work itself; what remains is the kernel's. For the bench alone.
//
//   relay PORT-OF-PROVIDER     listens on a free loopback port and prints it

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace {

struct End {
  int fd = -1;
  bool readable = false;
  std::string waiting;  ///< for this end, when its socket was full
  End* other = nullptr;
};

std::array<char, 64 * 1024> scratch;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int listen_on_free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 1024) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    give_up("listen");
  }
  std::printf("relay listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return fd;
}

void watch(int set, End& end) {
  const int on = 1;
  ::setsockopt(end.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &end}};
  if (::epoll_ctl(set, EPOLL_CTL_ADD, end.fd, &event) != 0) give_up("epoll_ctl");
}

void accept_all(int set, int listener, std::uint16_t provider_port) {
  int fd = -1;
  while ((fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
    auto* client = new End;
    auto* provider = new End;
    client->fd = fd;
    client->other = provider;
    provider->fd = ::socket(AF_INET, SOCK_STREAM, 0);
    provider->other = client;
    const sockaddr_in address = loopback(provider_port);
    if (::connect(provider->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      give_up("connect");
    }
    watch(set, *client);
    watch(set, *provider);
  }
}

void close_both(End& end) {  // their memory stays: the number of clients is the bench's
  for (End* each : {&end, end.other}) {
    if (each->fd >= 0) ::close(each->fd);
    each->fd = -1;
  }
}

/// False: the connection is gone.
bool put(End& to, const char* bytes, std::size_t size) {
  const auto sent = ::send(to.fd, bytes, size, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return false;
  const std::size_t done = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  std::string rest(bytes + done, size - done);
  to.waiting = std::move(rest);
  return true;
}

/// Moves what there is from `from` to its other end, unless bytes wait there already.
void move_on(End& from) {
  while (from.fd >= 0 && from.readable && from.other->waiting.empty()) {
    const auto got = ::recv(from.fd, scratch.data(), scratch.size(), 0);
    if (got < 0 && errno == EAGAIN) {
      from.readable = false;
      return;
    }
    if (got <= 0 || !put(*from.other, scratch.data(), static_cast<std::size_t>(got))) {
      close_both(from);
      return;
    }
    from.readable = static_cast<std::size_t>(got) == scratch.size();
  }
}

void on_events(End& end, std::uint32_t events) {
  if (end.fd < 0) return;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    close_both(end);
    return;
  }
  if ((events & EPOLLIN) != 0) end.readable = true;
  if ((events & EPOLLOUT) != 0 && !end.waiting.empty()) {
    const std::string waiting = std::exchange(end.waiting, {});
    if (!put(end, waiting.data(), waiting.size())) close_both(end);
    move_on(*end.other);
  }
  move_on(end);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t provider_port = 0;
  if (argc != 2 ||
      std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), provider_port).ec != std::errc{}) {
    std::fputs("usage: relay PORT-OF-PROVIDER\n", stderr);
    return 2;
  }
  const int set = ::epoll_create1(0);
  const int listener = listen_on_free_port();
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (::epoll_ctl(set, EPOLL_CTL_ADD, listener, &event) != 0) give_up("epoll_ctl");
  std::array<epoll_event, 256> events;
  while (true) {
    const int count = ::epoll_wait(set, events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) give_up("epoll_wait");
    for (int i = 0; i < count; ++i) {
      auto* end = static_cast<End*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (end == nullptr) {
        accept_all(set, listener, provider_port);
      } else {
        on_events(*end, events[static_cast<std::size_t>(i)].events);
      }
    }
  }
}
