#include "net/tls_identity.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

#include "base/secret.hpp"
#include "net/tls_rules.hpp"

namespace wayleave::net {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kChainMax = 16;

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Certificate = std::unique_ptr<X509, X509Free>;
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;
using Pem = std::unique_ptr<BIO, BioFree>;

/// The text of a file, wiped when it dies: it may hold a private key.
struct FileText {
  FileText() = default;
  FileText(FileText&&) = default;
  FileText& operator=(FileText&&) = delete;
  ~FileText() { wipe(text.data(), text.size()); }
  std::string text;
};

Result<FileText> read_file(const std::string& option, const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  FileText read;
  int error = errno;
  if (file != nullptr) {
    errno = 0;
    read.text.resize(kFileBytesMax);
    read.text.resize(std::fread(read.text.data(), 1, read.text.size(), file));
    error = std::ferror(file) != 0 ? errno : 0;
    std::fclose(file);
  }
  if (file == nullptr || error != 0) {
    return reject(option,
                  "--" + option + ": cannot read " + path + ": " + std::strerror(error) +
                      "; check the path and that this user may read it");
  }
  return read;
}

Pem as_pem(const FileText& file) {
  return Pem(BIO_new_mem_buf(file.text.data(), static_cast<int>(file.text.size())));
}

/// Asked for a passphrase: notes that, and has none, for nobody sits at a server's terminal.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<std::vector<Certificate>> read_chain(const std::string& path) {
  WL_TRY(const FileText file, read_file("tls-cert", path));
  const Pem pem = as_pem(file);
  std::vector<Certificate> chain;
  bool asked = false;
  while (chain.size() < kChainMax) {
    Certificate next(PEM_read_bio_X509(pem.get(), nullptr, no_passphrase, &asked));
    if (!next) break;
    chain.push_back(std::move(next));
  }
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM &&
                      ERR_GET_REASON(error) == PEM_R_NO_START_LINE;  // nothing more follows
  if (chain.empty() || !at_end) {
    return reject("tls-cert",
                  "--tls-cert: " + path + " holds " +
                      (chain.empty() ? "no readable certificate" : "a broken certificate") +
                      "; it must be the server's certificate in PEM, then the intermediate ones");
  }
  return chain;
}

Result<Key> read_key(const std::string& path) {
  WL_TRY(const FileText file, read_file("tls-key", path));
  bool asked = false;
  Key key(PEM_read_bio_PrivateKey(as_pem(file).get(), nullptr, no_passphrase, &asked));
  ERR_clear_error();
  if (asked) {
    return reject("tls-key",
                  "--tls-key: " + path +
                      " is locked with a passphrase; unlock it with: openssl"
                      " pkey -in FILE -out NEW-FILE");
  }
  if (!key) {
    return reject("tls-key", "--tls-key: " + path + " holds no readable private key in PEM");
  }
  return key;
}

Instant to_instant(const ASN1_TIME* time) {
  std::tm fields{};
  ASN1_TIME_to_tm(time, &fields);
  return std::chrono::time_point_cast<Millis>(
      std::chrono::system_clock::from_time_t(::timegm(&fields)));
}

}  // namespace

struct TlsIdentity::Impl {
  std::vector<Certificate> chain;  ///< the server's own first
  Key key;
};

TlsIdentity::TlsIdentity(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsIdentity::TlsIdentity(TlsIdentity&&) noexcept = default;
TlsIdentity& TlsIdentity::operator=(TlsIdentity&&) noexcept = default;
TlsIdentity::~TlsIdentity() = default;

Result<TlsIdentity> TlsIdentity::load(const Files& files) {
  auto impl = std::make_unique<Impl>();
  WL_TRY(impl->chain, read_chain(files.certificate));
  WL_TRY(impl->key, read_key(files.key));
  if (X509_check_private_key(impl->chain.front().get(), impl->key.get()) != 1) {
    ERR_clear_error();
    return reject("tls-key",
                  "--tls-key: " + files.key + " is not the key of the first certificate in " +
                      files.certificate + "; give the two files that were issued together");
  }
  TlsIdentity identity(std::move(impl));
  const std::unique_ptr<SSL_CTX, ContextFree> probe(SSL_CTX_new(TLS_server_method()));
  if (!probe || !set_common_rules(probe.get())) return internal("OpenSSL: " + take_reason());
  if (!identity.install(probe.get())) {
    return reject("tls-cert",
                  "--tls-cert: the certificate in " + files.certificate +
                      " cannot be used: " + take_reason() +
                      "; it needs an RSA key of 2048 bits or an elliptic curve, and SHA-256");
  }
  return identity;
}

Instant TlsIdentity::begins() const {
  return to_instant(X509_get0_notBefore(impl_->chain.front().get()));
}

Instant TlsIdentity::ends() const {
  return to_instant(X509_get0_notAfter(impl_->chain.front().get()));
}

bool TlsIdentity::covers(const std::string& host) const {
  X509* shown = impl_->chain.front().get();
  return X509_check_host(shown,
                         host.data(),
                         host.size(),
                         X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                         nullptr) == 1 ||
         X509_check_ip_asc(shown, host.c_str(), 0) == 1;
}

bool TlsIdentity::install(ssl_ctx_st* context) const {
  if (SSL_CTX_use_certificate(context, impl_->chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, impl_->key.get()) != 1) {
    return false;
  }
  for (std::size_t i = 1; i < impl_->chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, impl_->chain[i].get()) != 1) return false;
  }
  return true;
}

}  // namespace wayleave::net
