#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace wayleave::net {

class TlsSessions;  // net/tls_sessions.hpp

/// TLS 1.2 and 1.3 to providers with certificate and host name verified, always (OA-15). Trusts the
/// system's store and, when given, the operator's extra certificates. Any thread may use it.
class TlsContext {
 public:
  struct Options {
    std::string extra_ca_file = {};  ///< PEM; for private certificate authorities and tests
  };
  [[nodiscard]] static Result<TlsContext> create(Options options);
  TlsContext(TlsContext&&) noexcept;
  TlsContext& operator=(TlsContext&&) noexcept;
  ~TlsContext();

  struct SslFree {
    void operator()(ssl_st* ssl) const;
  };
  using Ssl = std::unique_ptr<ssl_st, SslFree>;
  /// A new client connection object that will verify `host` (SNI for names, address match for
  /// literals) and offers `http/1.1` by ALPN. Throws when `host` is
  /// no lawful name (an Origin's always is) or OpenSSL has no memory.
  [[nodiscard]] Ssl new_connection(const std::string& host) const;
  /// The same, resuming one of `sessions` if the server agrees; those that it offers are kept
  /// there.
  [[nodiscard]] Ssl new_connection(const std::string& host, TlsSessions& sessions) const;
  /// The same rules for an Asio stream: the underlying context, owned by this object.
  [[nodiscard]] ssl_ctx_st* native() const;

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  static int keep_session(ssl_st* ssl, ssl_session_st* session);
  std::unique_ptr<Impl> impl_;
};

/// Why a handshake of `ssl` failed: from its verification result and `code`, OpenSSL's error, 0
/// when there was none. Kind Retry, with a code per cause: `tls_certificate_untrusted`,
/// `tls_certificate_expired`, `tls_host_mismatch`, `tls_version`, else `tls_failed`.
[[nodiscard]] Error handshake_error(const ssl_st* ssl, unsigned long code);

}  // namespace wayleave::net
