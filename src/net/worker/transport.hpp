#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/tls.hpp"
#include "net/upstream.hpp"
#include "net/worker/socket.hpp"

namespace wayleave::net {

/// A socket, plain or with TLS on it. Belongs to one worker.
class Transport {
 public:
  using State = Socket::State;
  using Outcome = Socket::Outcome;

  Transport() = default;
  explicit Transport(int fd) : socket_(fd) {}
  ~Transport() { close(); }

  /// Starts a connection; the result shows as writable, then `finish_connect`.
  [[nodiscard]] bool connect(const Endpoint& endpoint) { return socket_.connect(endpoint); }
  [[nodiscard]] bool finish_connect() { return socket_.finish_connect(); }
  /// Puts TLS on the socket, on the side that `ssl` was made for. Then either `handshake` until Ok,
  /// or read: a first read does the handshake too. `to_plain_peer` is said in the open to a client
  /// that begins with something else than TLS; it must outlive the transport.
  void start_tls(TlsContext::Ssl ssl, std::string_view to_plain_peer = {});
  [[nodiscard]] State handshake();
  /// Why the handshake failed; empty without TLS.
  [[nodiscard]] std::string tls_error() const;

  /// Remembers what an event says.
  void note(std::uint32_t events);
  [[nodiscard]] bool tls() const { return ssl_ != nullptr; }
  [[nodiscard]] bool open() const { return socket_.fd() >= 0; }
  [[nodiscard]] int fd() const { return socket_.fd(); }
  /// A read may bring something: bytes, the end or an error. With TLS that stays true while OpenSSL
  /// holds bytes, although the socket is silent.
  [[nodiscard]] bool readable() const { return ssl_ ? tls_readable_ : socket_.readable(); }
  /// The connection is broken both ways (reset, or both directions closed).
  [[nodiscard]] bool broken() const { return socket_.broken(); }
  [[nodiscard]] bool peer_closed() const { return socket_.peer_closed(); }

  /// Closed is an end that the peer meant: under TLS its close_notify. Failed is every other end,
  /// so that a cut is never taken for an end (HT-20).
  [[nodiscard]] Outcome read(std::span<char> into);
  /// Writes the pieces, at least one and none of them empty, in order; may take only a part.
  [[nodiscard]] Outcome write(std::span<const iovec> pieces);
  /// No more bytes from this side; the peer may still send.
  void shutdown_write();
  /// Tells the peer of a quiet connection that it ends here and not by a cut; then `close`.
  void say_goodbye();
  void close();
  [[nodiscard]] const Socket::Calls& calls() const { return socket_.calls(); }

 private:
  Outcome read_tls(std::span<char> into);
  Outcome write_tls(std::span<const iovec> pieces);
  Outcome write_record(const void* from, std::size_t size, bool more);
  bool await(int result);
  [[nodiscard]] bool is_drained() const;
  void answer_plain_peer();

  Socket socket_;
  TlsContext::Ssl ssl_;
  std::string_view to_plain_peer_;
  bool tls_readable_ = false;
  bool write_to_read_ = false;  ///< OpenSSL has to write before it can read on (a key update)
  State tls_end_ = State::Ok;   ///< Closed or Failed: what every further read says
};

/// Bytes on their way out of a connection: what the kernel did not take at once waits here, and the
/// source is not read while something waits, so that memory stays bounded.
class Outbox {
 public:
  /// Sends `pieces`, at most eight of which are not empty, if nothing waits; keeps the rest. False
  /// when the connection failed.
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
