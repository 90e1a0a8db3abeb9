#pragma once
// Two transports over a socket pair, driven by one thread: what each costs and says can be counted.

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/testing/certificate.hpp"
#include "net/tls_sessions.hpp"
#include "net/worker/transport.hpp"

namespace wayleave::net::test {

/// A certificate authority, what it signed for localhost, and a client context that trusts it.
struct TestTls {
  testing::Certificate authority =
      testing::make_certificate({.common_name = "Test CA", .alt_names = "", .authority = true});
  testing::Certificate leaf = testing::make_certificate({}, &authority);
  testing::TemporaryFile ca{authority.pem()};
  TlsContext client = TlsContext::create({.extra_ca_file = ca.path()}).value();
};

using ServerContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

inline ServerContext make_server(const testing::Certificate& certificate,
                                 int version_max = TLS1_3_VERSION) {
  ServerContext made(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX_set_max_proto_version(made.get(), version_max);
  SSL_CTX_use_certificate(made.get(), certificate.x509.get());
  SSL_CTX_use_PrivateKey(made.get(), certificate.key.get());
  return made;
}

/// One end. `tell` does what an epoll set would: it reports what has happened.
struct End {
  explicit End(int fd) : io(fd) {}
  void tell() {
    pollfd poll{.fd = io.fd(), .events = POLLIN | POLLOUT | POLLRDHUP, .revents = 0};
    ::poll(&poll, 1, 0);
    const auto seen = static_cast<unsigned>(poll.revents);
    // Poll and epoll name these alike, but for the types.
    io.note(seen & (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP | EPOLLERR));
  }
  [[nodiscard]] bool socket_has_bytes() const {
    pollfd poll{.fd = io.fd(), .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, 0) == 1;
  }
  /// Everything there is, as long as reading gives more.
  std::string read_all() {
    std::string all;
    std::vector<char> room(64 * 1024);
    while (io.readable()) {
      const auto got = io.read(room);
      end = got.state;
      if (got.state != Transport::State::Ok) break;
      all.append(room.data(), got.bytes);
    }
    return all;
  }
  bool write(std::initializer_list<std::string_view> texts) {
    std::vector<iovec> pieces;
    std::size_t size = 0;
    for (const auto text : texts) {
      pieces.push_back(piece(text));
      size += text.size();
    }
    const auto put = io.write(pieces);
    return put.state == Transport::State::Ok && put.bytes == size;
  }

  Transport io;
  SSL* ssl = nullptr;
  Transport::State end = Transport::State::Ok;  ///< what the last read said
};

/// A connection from `client` to `server` through a full handshake or a resumed one.
struct TlsPair {
  TlsPair(TlsContext::Ssl client_ssl, SSL_CTX* server_context)
      : TlsPair(std::move(client_ssl), accept(server_context)) {}
  TlsPair(TlsContext::Ssl client_ssl, TlsContext::Ssl server_ssl) {
    client->ssl = client_ssl.get();
    server->ssl = server_ssl.get();
    client->io.start_tls(std::move(client_ssl));
    server->io.start_tls(std::move(server_ssl));
  }
  /// False when either side refused the other.
  [[nodiscard]] bool handshake() {
    using State = Transport::State;
    State at_client = State::Again;
    State at_server = State::Again;
    for (int turn = 0; turn < 20; ++turn) {
      client->tell();
      if (at_client == State::Again) at_client = client->io.handshake();
      server->tell();
      if (at_server == State::Again) at_server = server->io.handshake();
      if (at_client == State::Failed || at_server == State::Failed) return false;
      if (at_client == State::Ok && at_server == State::Ok) return true;
    }
    return false;
  }
  /// One message from the server, so that its session tickets come as well.
  void greet() {
    EXPECT_TRUE(server->write({"hello"}));
    client->tell();
    EXPECT_EQ(client->read_all(), "hello");
  }

 private:
  static TlsContext::Ssl accept(SSL_CTX* context) {
    TlsContext::Ssl ssl(SSL_new(context));
    SSL_set_accept_state(ssl.get());
    return ssl;
  }
  static std::pair<int, int> sockets() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) {
      throw std::runtime_error("no socket pair");
    }
    return {fds[0], fds[1]};
  }
  std::pair<int, int> fds_ = sockets();

 public:
  std::unique_ptr<End> client = std::make_unique<End>(fds_.first);
  std::unique_ptr<End> server = std::make_unique<End>(fds_.second);
};

}  // namespace wayleave::net::test
