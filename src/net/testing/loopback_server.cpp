#include "net/testing/loopback_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace wayleave::net::testing {
namespace {

thread_local LoopbackServer* current_server = nullptr;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

std::size_t body_size(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  const auto at = head.find(name);
  return at == std::string_view::npos
             ? 0
             : static_cast<std::size_t>(std::atoll(head.data() + at + name.size()));
}

}  // namespace

Peer::Peer(int fd, SSL_CTX* tls) : fd_(fd), ssl_(tls ? SSL_new(tls) : nullptr, &SSL_free) {
  if (!ssl_) return;
  SSL_set_fd(ssl_.get(), fd_);
  ready_ = SSL_accept(ssl_.get()) == 1;
}

Peer::~Peer() { close(); }

long Peer::read_some(char* into, std::size_t size) {
  if (fd_ < 0) return 0;
  return ssl_ ? SSL_read(ssl_.get(), into, static_cast<int>(size)) : ::recv(fd_, into, size, 0);
}

std::string Peer::read_request() {
  std::array<char, 4096> chunk{};
  while (true) {
    if (const auto blank = pending_.find("\r\n\r\n"); blank != std::string::npos) {
      const std::size_t size = blank + 4 + body_size(std::string_view(pending_).substr(0, blank));
      if (pending_.size() >= size) {
        std::string request = pending_.substr(0, size);
        pending_.erase(0, size);
        ++current_server->requests_;
        return request;
      }
    }
    const long got = read_some(chunk.data(), chunk.size());
    if (got <= 0) return {};
    current_server->bytes_ += static_cast<std::uint64_t>(got);
    pending_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

bool Peer::write(std::string_view bytes) {
  while (!bytes.empty() && fd_ >= 0) {
    const long put = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return bytes.empty();
}

void Peer::close() {
  if (fd_ < 0) return;
  if (ssl_ && ready_) SSL_shutdown(ssl_.get());
  // The descriptor itself is the server's to close, which may be cutting it right now.
  ::shutdown(fd_, SHUT_RDWR);
  fd_ = -1;
}

void Peer::drop() {
  ready_ = false;
  close();
}

LoopbackServer::LoopbackServer(Script script) : script_(std::move(script)) { listen(); }

LoopbackServer::LoopbackServer(TlsOptions tls, Script script) : script_(std::move(script)) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  tls_.reset(SSL_CTX_new(TLS_server_method()));
  require(tls_ != nullptr, "no TLS context");
  SSL_CTX_set_security_level(tls_.get(), 0);
  SSL_CTX_set_min_proto_version(tls_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls_.get(), tls.version_max);
  SSL_CTX_set_client_hello_cb(tls_.get(), &LoopbackServer::judge_hello, this);
  SSL_CTX_use_certificate(tls_.get(), tls.certificate.x509.get());
  SSL_CTX_use_PrivateKey(tls_.get(), tls.certificate.key.get());
  listen();
}

int LoopbackServer::judge_hello(SSL* ssl, int*, void* self) {
  const unsigned char* offer = nullptr;
  std::size_t size = 0;
  const bool resuming = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_psk, &offer, &size) == 1;
  return resuming && static_cast<LoopbackServer*>(self)->refuses_resumption_
             ? SSL_CLIENT_HELLO_ERROR
             : SSL_CLIENT_HELLO_SUCCESS;
}

std::string LoopbackServer::url(std::string_view scheme, std::string_view path) const {
  return std::string(scheme) + "://localhost:" + std::to_string(port_) + std::string(path);
}

void LoopbackServer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  require(::bind(listener_, generic, size) == 0 && ::listen(listener_, 128) == 0 &&
              ::getsockname(listener_, generic, &size) == 0,
          "no loopback listener");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

void LoopbackServer::accept_all() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    sessions_.push_back({fd, std::thread([this, fd] { serve(fd); })});
  }
}

void LoopbackServer::serve(int fd) {
  current_server = this;
  Peer peer(fd, tls_.get());
  if (peer.ready()) script_(peer);
}

LoopbackServer::~LoopbackServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (auto& session : sessions_) ::shutdown(session.fd, SHUT_RDWR);
  for (auto& session : sessions_) {
    session.thread.join();
    ::close(session.fd);
  }
}

}  // namespace wayleave::net::testing
