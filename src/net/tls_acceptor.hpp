#pragma once

#include <memory>
#include <mutex>

#include "base/clock.hpp"
#include "net/tls.hpp"
#include "net/tls_identity.hpp"

namespace wayleave::net {

/// TLS 1.2 and 1.3 for clients, `http/1.1` by ALPN, forward secrecy only (OP-08). Any thread may
/// use it.
class TlsAcceptor {
 public:
  /// How long one key seals session tickets. Old tickets then mean a full handshake, and whoever
  /// reads this process' memory cannot open what was sent before.
  static constexpr std::chrono::hours kTicketKeyLife{12};

  [[nodiscard]] static Result<std::unique_ptr<TlsAcceptor>> create(TlsIdentity identity, Tick now);
  ~TlsAcceptor();

  /// The server's side of a new connection. Throws std::bad_alloc when OpenSSL has no memory.
  [[nodiscard]] TlsContext::Ssl new_connection(Tick now);
  /// New connections show this identity; those that exist keep theirs. On an error nothing has
  /// changed.
  [[nodiscard]] Result<> replace(TlsIdentity identity, Tick now);

 private:
  struct ContextFree {
    void operator()(ssl_ctx_st* context) const;
  };
  using Context = std::unique_ptr<ssl_ctx_st, ContextFree>;
  static Result<Context> make_context(const TlsIdentity& identity);
  TlsAcceptor(TlsIdentity identity, Context context, Tick now);

  std::mutex mutex_;  // for everything below; held for no I/O
  TlsIdentity identity_;
  Context context_;
  Tick made_at_;
};

}  // namespace wayleave::net
