#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

/// Test support: certificates made on the spot, so that none lies about and expires.
namespace wayleave::net::testing {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

struct Certificate {
  std::unique_ptr<EVP_PKEY, KeyFree> key;
  std::unique_ptr<X509, CertificateFree> x509;

  [[nodiscard]] std::string pem() const;
  /// The private key, locked with `passphrase` unless that is empty.
  [[nodiscard]] std::string key_pem(const std::string& passphrase = {}) const;
};

struct CertificateOptions {
  std::string common_name = "localhost";
  std::string alt_names = "DNS:localhost";  ///< OpenSSL's notation; empty: none
  long begins_s = -3600;                    ///< relative to now
  long ends_s = 3600;
  bool authority = false;
  unsigned rsa_bits = 0;  ///< 0: an elliptic curve instead
};

/// Signed by `issuer`, or by itself when there is none. Throws on any failure.
[[nodiscard]] Certificate make_certificate(const CertificateOptions& options,
                                           const Certificate* issuer = nullptr);

/// A file under the test's temporary folder, removed when it dies.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace wayleave::net::testing
