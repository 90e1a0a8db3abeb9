#include "crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <zlib.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "base/bytes.hpp"

namespace wayleave::crypto {
namespace {

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* held) const {
    free_function(held);
  }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

// These fail only when OpenSSL is broken or memory has run out, and a digest that is not one must
// never be used.
void require(bool done) {
  if (!done) std::abort();
}

const EVP_MD* sha256_algorithm() {
  thread_local const std::unique_ptr<EVP_MD, Free<EVP_MD_free>> algorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));
  require(algorithm != nullptr);
  return algorithm.get();
}

Sha256 finish_digest(EVP_MD_CTX* context) {
  Sha256 out{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context, out.data(), &size) == 1 && size == out.size());
  return out;
}

/// One HMAC-SHA-256 context per thread.
class HmacContext {
 public:
  HmacContext() {
    const std::unique_ptr<EVP_MAC, Free<EVP_MAC_free>> algorithm(
        EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    require(algorithm != nullptr);
    context_.reset(EVP_MAC_CTX_new(algorithm.get()));
    require(context_ != nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    require(EVP_MAC_CTX_set_params(context_.get(), params) == 1);
  }

  Sha256 compute(std::string_view key, std::string_view bytes) {
    set_key(key);
    require(EVP_MAC_update(context_.get(), as_bytes(bytes).data(), bytes.size()) == 1);
    Sha256 out{};
    std::size_t size = 0;
    require(EVP_MAC_final(context_.get(), out.data(), &size, out.size()) == 1 &&
            size == out.size());
    set_key("-");  // the context outlives the call and must not keep the caller's key
    return out;
  }

 private:
  void set_key(std::string_view key) {
    // A null key would mean "the one before".
    const auto* data =
        key.empty() ? reinterpret_cast<const unsigned char*>("") : as_bytes(key).data();
    require(EVP_MAC_init(context_.get(), data, key.size(), nullptr) == 1);
  }
  std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>> context_;
};

}  // namespace

Sha256 sha256(std::string_view bytes) {
  thread_local const DigestContext context(EVP_MD_CTX_new());
  require(context != nullptr);
  require(EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1);
  require(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  return finish_digest(context.get());
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  thread_local HmacContext context;
  return context.compute(key, bytes);
}

std::uint32_t crc32(std::string_view bytes) {
  // zlib reads a null pointer as "give the start value".
  if (bytes.empty()) return 0;
  return static_cast<std::uint32_t>(::crc32_z(0, as_bytes(bytes).data(), bytes.size()));
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  auto* context = static_cast<EVP_MD_CTX*>(context_);
  require(context != nullptr);
  require(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1);
}
Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }
Sha256Stream::Sha256Stream(Sha256Stream&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)) {}
Sha256Stream& Sha256Stream::operator=(Sha256Stream&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}
void Sha256Stream::update(std::string_view bytes) {
  require(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1);
}
Sha256 Sha256Stream::finish() { return finish_digest(static_cast<EVP_MD_CTX*>(context_)); }

}  // namespace wayleave::crypto
