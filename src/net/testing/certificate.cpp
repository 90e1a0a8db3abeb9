#include "net/testing/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <stdexcept>

namespace wayleave::net::testing {
namespace {

void require(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL could not make a test certificate");
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr);
  require(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(const Memory& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string Certificate::pem() const {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  require(PEM_write_bio_X509(memory.get(), x509.get()) == 1);
  return text_of(memory);
}

std::string Certificate::key_pem(const std::string& passphrase) const {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
  const auto size = static_cast<int>(passphrase.size());
  require(PEM_write_bio_PKCS8PrivateKey(
              memory.get(), key.get(), cipher, passphrase.data(), size, nullptr, nullptr) == 1);
  return text_of(memory);
}

Certificate make_certificate(const CertificateOptions& options, const Certificate* issuer) {
  static std::atomic<long> serial = 1;
  Certificate made;
  made.key.reset(options.rsa_bits == 0 ? EVP_EC_gen("P-256") : EVP_RSA_gen(options.rsa_bits));
  made.x509.reset(X509_new());
  X509* x509 = made.x509.get();
  require(made.key && x509 != nullptr);
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), options.begins_s);
  X509_gmtime_adj(X509_getm_notAfter(x509), options.ends_s);
  X509_set_pubkey(x509, made.key.get());
  X509_NAME* name = X509_get_subject_name(x509);
  const auto* text = reinterpret_cast<const unsigned char*>(options.common_name.c_str());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(x509, issuer ? X509_get_subject_name(issuer->x509.get()) : name);
  if (!options.alt_names.empty()) add_extension(x509, NID_subject_alt_name, options.alt_names);
  if (options.authority) {
    add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(x509, NID_key_usage, "critical,keyCertSign");
  }
  EVP_PKEY* signer = issuer ? issuer->key.get() : made.key.get();
  require(X509_sign(x509, signer, EVP_sha256()) > 0);
  return made;
}

TemporaryFile::TemporaryFile(const std::string& content) {
  static std::atomic<int> count = 0;
  path_ = ::testing::TempDir() + "wayleave-" + std::to_string(::getpid()) + "-" +
          std::to_string(++count);
  std::ofstream(path_, std::ios::binary) << content;
}

TemporaryFile::~TemporaryFile() { ::unlink(path_.c_str()); }

}  // namespace wayleave::net::testing
