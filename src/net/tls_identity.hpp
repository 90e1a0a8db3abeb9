#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

struct ssl_ctx_st;

namespace wayleave::net {

/// The certificate that the server shows to its clients, with its chain and private key, read from
/// PEM files and checked to fit each other. Immutable; any thread may use it.
class TlsIdentity {
 public:
  struct Files {
    std::string certificate;  ///< the server's own first, then the intermediates
    std::string key;          ///< without a passphrase
  };
  /// Errors name the option at fault, `tls-cert` or `tls-key`, and what to do.
  [[nodiscard]] static Result<TlsIdentity> load(const Files& files);
  TlsIdentity(TlsIdentity&&) noexcept;
  TlsIdentity& operator=(TlsIdentity&&) noexcept;
  ~TlsIdentity();

  [[nodiscard]] Instant begins() const;
  [[nodiscard]] Instant ends() const;
  /// Whether clients that ask for this name or literal address accept the certificate.
  [[nodiscard]] bool covers(const std::string& host) const;
  /// Makes a context show it; false when OpenSSL refuses.
  [[nodiscard]] bool install(ssl_ctx_st* context) const;

 private:
  struct Impl;
  explicit TlsIdentity(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::net
