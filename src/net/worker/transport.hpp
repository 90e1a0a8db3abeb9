#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/tls.hpp"
#include "net/upstream.hpp"

namespace wayleave::net {

/// A non-blocking socket, plain or TLS, with what edge-triggered epoll told and nobody used yet.
/// Owns the descriptor. Belongs to one worker.
class Transport {
 public:
  enum class State { Ok, Again, Closed, Failed };
  struct Outcome {
    State state = State::Again;
    std::size_t bytes = 0;
  };

  Transport() = default;
  explicit Transport(int fd) : fd_(fd) {}
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport() { close(); }

  /// Starts a connection; the result shows as writable, then `finish_connect`.
  [[nodiscard]] bool connect(const Endpoint& endpoint);
  [[nodiscard]] bool finish_connect();
  /// Puts TLS on the socket; `handshake` until Ok.
  void start_tls(TlsContext::Ssl ssl);
  [[nodiscard]] State handshake();
  /// Why the handshake failed; empty without TLS.
  [[nodiscard]] std::string tls_error() const;

  /// Remembers what an event says.
  void note(std::uint32_t events);
  [[nodiscard]] bool tls() const { return ssl_ != nullptr; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }
  /// A read may bring something: bytes, the end or an error.
  [[nodiscard]] bool readable() const { return readable_; }
  /// The connection is broken both ways (reset, or both directions closed).
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] bool peer_closed() const { return peer_closed_; }

  [[nodiscard]] Outcome read(std::span<char> into);
  /// Writes the pieces in order; may take only a part.
  [[nodiscard]] Outcome write(std::span<const iovec> pieces);
  /// No more bytes from this side; the peer may still send.
  void shutdown_write();
  void close();

 private:
  Outcome read_tls(std::span<char> into);
  Outcome write_tls(std::span<const iovec> pieces);

  int fd_ = -1;
  TlsContext::Ssl ssl_;
  bool readable_ = true;
  bool peer_closed_ = false;
  bool broken_ = false;
};

/// Bytes on their way out of a connection: what the kernel did not take at once waits here, and the
/// source is not read while something waits, so that memory stays bounded.
class Outbox {
 public:
  /// Sends `pieces` if nothing waits, keeps the rest. False when the connection failed.
  [[nodiscard]] bool send(Transport& to, std::span<const iovec> pieces);
  /// Tries again to send what waits.
  [[nodiscard]] bool flush(Transport& to);
  [[nodiscard]] bool empty() const { return at_ == waiting_.size(); }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  void reset();

 private:
  std::string waiting_;
  std::size_t at_ = 0;
  std::uint64_t sent_ = 0;
};

[[nodiscard]] inline iovec piece(std::string_view text) {
  return {const_cast<char*>(text.data()), text.size()};
}

}  // namespace wayleave::net
