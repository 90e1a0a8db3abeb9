#pragma once
// Raw sockets for tests of the data plane: they see exact bytes and block until something happens.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace wayleave::net::test {

/// One end of a TCP connection on loopback; a read gives up after ten seconds.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)), held_(std::move(other.held_)) {}
  Peer& operator=(Peer&&) = delete;
  ~Peer() { close(); }

  static Peer connect(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
    return Peer(fd);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  /// Reads until `mark` has come; gives everything up to and including it.
  std::string read_to(std::string_view mark) {
    while (true) {
      const auto at = held_.find(mark);
      if (at != std::string::npos) return take(at + mark.size());
      if (!fill()) return std::exchange(held_, {});
    }
  }
  std::string read(std::size_t bytes) {
    while (held_.size() < bytes && fill()) {
    }
    return take(std::min(bytes, held_.size()));
  }
  std::string read_to_end() {
    while (fill()) {
    }
    return std::exchange(held_, {});
  }
  /// A head and the body its Content-Length tells.
  std::string read_message() {
    std::string head = read_to("\r\n\r\n");
    const auto at = head.find("Content-Length: ");
    if (at == std::string::npos) return head;
    return head + read(std::stoul(head.substr(at + 16)));
  }
  [[nodiscard]] int fd() const { return fd_; }
  void shutdown_write() { ::shutdown(fd_, SHUT_WR); }
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  bool fill() {
    char bytes[64 * 1024];
    const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    held_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t bytes) {
    std::string out = held_.substr(0, bytes);
    held_.erase(0, bytes);
    return out;
  }

  int fd_;
  std::string held_;
};

/// Accepts connections one after another and gives each, with its number from 0, to `serve`.
class Listener {
 public:
  explicit Listener(std::function<void(Peer&, int number)> serve) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(fd_, 64) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      for (int number = 0;; ++number) {
        const int fd = ::accept(fd_, nullptr, nullptr);
        if (fd < 0) return;
        Peer peer(fd);
        serve(peer, number);
      }
    });
  }
  ~Listener() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace wayleave::net::test
