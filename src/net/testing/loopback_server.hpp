#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "net/testing/certificate.hpp"

/// Test support: a blocking server on a free loopback port that does exactly what a test says, byte
/// by byte, with or without TLS.
namespace wayleave::net::testing {

/// One accepted connection as the test's script sees it.
class Peer {
 public:
  Peer(int fd, SSL_CTX* tls);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// What came up to and including the next blank line and the body that Content-Length announces;
  /// empty at the end of the stream.
  std::string read_request();
  /// False once the client is gone.
  bool write(std::string_view bytes);
  /// Ends the connection now: `close_notify` under TLS, then FIN.
  void close();
  /// Ends it without `close_notify`, as a cut does.
  void drop();
  [[nodiscard]] bool ready() const { return ready_; }
  /// Whether its TLS session is a resumed one.
  [[nodiscard]] bool resumed() const { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }

 private:
  friend class LoopbackServer;
  long read_some(char* into, std::size_t size);

  int fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  bool ready_ = true;
  std::string pending_;
};

struct TlsOptions {
  Certificate certificate;
  int version_max = TLS1_3_VERSION;
};

class LoopbackServer {
 public:
  /// Runs for each connection on a thread of its own.
  using Script = std::function<void(Peer&)>;
  explicit LoopbackServer(Script script);
  LoopbackServer(TlsOptions tls, Script script);
  ~LoopbackServer();  ///< cuts what is open and joins

  /// From now on a connection that wants to resume a TLS session is broken off.
  void refuse_resumption() { refuses_resumption_ = true; }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view scheme, std::string_view path = "/") const;
  [[nodiscard]] int connections() const { return connections_; }
  /// Whole requests that scripts have read.
  [[nodiscard]] int requests() const { return requests_; }
  /// Content bytes received over all connections; under TLS, after decryption.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Session {
    int fd;
    std::thread thread;
  };
  static int judge_hello(SSL* ssl, int* alert, void* self);
  void listen();
  void accept_all();
  void serve(int fd);

  friend class Peer;
  Script script_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_{nullptr, &SSL_CTX_free};
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> refuses_resumption_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::mutex mutex_;
  std::list<Session> sessions_;
  std::thread acceptor_;
};

}  // namespace wayleave::net::testing
