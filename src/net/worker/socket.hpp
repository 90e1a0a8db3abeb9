#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "net/upstream.hpp"

namespace wayleave::net {

/// A non-blocking TCP socket in an edge-triggered epoll set, with what was told and nobody used
/// yet. A receive that filled less than its buffer has drained the socket, so the next one is not
/// tried before an event tells of more: no receive is issued that is bound to fail. Owns the
/// descriptor. Belongs to one worker.
class Socket {
 public:
  enum class State { Ok, Again, Closed, Failed };
  struct Outcome {
    State state = State::Again;
    std::size_t bytes = 0;
  };
  /// System calls so far, for tests of what a request costs.
  struct Calls {
    std::uint32_t receives = 0;
    std::uint32_t failed_receives = 0;  ///< of these, those that found nothing
    std::uint32_t sends = 0;
  };

  Socket() = default;
  /// Takes a connected socket on which bytes may wait already.
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(); }

  /// Starts a connection; the result shows as writable, then `finish_connect`.
  [[nodiscard]] bool connect(const Endpoint& endpoint);
  [[nodiscard]] bool finish_connect();

  /// Remembers what an event says.
  void note(std::uint32_t events);
  [[nodiscard]] int fd() const { return fd_; }
  /// A receive may bring something: bytes, the end or an error.
  [[nodiscard]] bool readable() const { return readable_; }
  /// Broken both ways: reset, or both directions closed.
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] bool peer_closed() const { return peer_closed_; }

  [[nodiscard]] Outcome receive(std::span<char> into);
  /// Sends the pieces in order; may take only a part. Again: the socket is full.
  [[nodiscard]] Outcome send(std::span<const iovec> pieces);
  /// While `on`, a send is followed by another at once, so the kernel may fill its segment first.
  void announce_more(bool on) { more_ = on; }
  /// No more bytes from this side; the peer may still send.
  void shutdown_write();
  void close();
  [[nodiscard]] const Calls& calls() const { return calls_; }

 private:
  int fd_ = -1;
  bool readable_ = true;
  bool peer_closed_ = false;
  bool broken_ = false;
  bool more_ = false;
  Calls calls_;
};

}  // namespace wayleave::net
