#include "crypto/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <string>

#include "base/bytes.hpp"

namespace wayleave::crypto {
namespace {

constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr std::size_t kCoordinate = 32;

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* held) const {
    free_function(held);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

std::unexpected<Error> unusable() {
  ERR_clear_error();
  return reject("keys", "a key of the provider cannot be used");
}

Number to_number(std::string_view bytes) {
  return Number(BN_bin2bn(as_bytes(bytes).data(), static_cast<int>(bytes.size()), nullptr));
}

/// The key those parameters describe; null when they describe none.
Key make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  Key key(made);
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return key;
}

/// The two numbers side by side (RFC 7518 section 3.4) as OpenSSL wants them; empty when they are
/// of another length.
std::string to_der(std::string_view signature) {
  if (signature.size() != 2 * kCoordinate) return {};
  Number r = to_number(signature.substr(0, kCoordinate));
  Number s = to_number(signature.substr(kCoordinate));
  const EcSignature both(ECDSA_SIG_new());
  if (r == nullptr || s == nullptr || both == nullptr) return {};
  if (ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(both.get(), &der);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

struct PublicKey::Impl {
  Key key;
  bool is_rsa;
};

PublicKey::PublicKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PublicKey::PublicKey(PublicKey&&) noexcept = default;
PublicKey& PublicKey::operator=(PublicKey&&) noexcept = default;
PublicKey::~PublicKey() = default;

std::optional<SignatureAlgorithm> parse_signature_algorithm(std::string_view name) {
  if (name == "RS256") return SignatureAlgorithm::Rs256;
  if (name == "PS256") return SignatureAlgorithm::Ps256;
  if (name == "ES256") return SignatureAlgorithm::Es256;
  return std::nullopt;
}

Result<PublicKey> PublicKey::rsa(std::string_view n, std::string_view e) {
  if (n.size() > kRsaBitsMax / 8 + 1 || e.empty() || e.size() > 8) return unusable();
  const Number modulus = to_number(n);
  const Number exponent = to_number(e);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (modulus == nullptr || exponent == nullptr || builder == nullptr ||
      BN_num_bits(modulus.get()) < kRsaBitsMin || BN_num_bits(modulus.get()) > kRsaBitsMax ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return unusable();
  }
  Key key = make_key("RSA", builder.get());
  if (key == nullptr) return unusable();
  return PublicKey(std::make_unique<Impl>(Impl{std::move(key), true}));
}

Result<PublicKey> PublicKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinate || y.size() != kCoordinate) return unusable();
  const std::string point = "\x04" + std::string(x) + std::string(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(
          builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return unusable();
  }
  Key key = make_key("EC", builder.get());
  if (key == nullptr) return unusable();
  return PublicKey(std::make_unique<Impl>(Impl{std::move(key), false}));
}

bool PublicKey::verify(SignatureAlgorithm algorithm,
                       std::string_view bytes,
                       std::string_view signature) const {
  const bool wants_rsa = algorithm != SignatureAlgorithm::Es256;
  if (wants_rsa != impl_->is_rsa) return false;
  const std::string der = wants_rsa ? std::string() : to_der(signature);
  const std::string_view checked = wants_rsa ? signature : std::string_view(der);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to `context`
  bool ready =
      context != nullptr && !checked.empty() &&
      EVP_DigestVerifyInit(context.get(), &settings, EVP_sha256(), nullptr, impl_->key.get()) == 1;
  if (ready && algorithm == SignatureAlgorithm::Ps256) {
    ready = EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  const bool right = ready && EVP_DigestVerify(context.get(),
                                               as_bytes(checked).data(),
                                               checked.size(),
                                               as_bytes(bytes).data(),
                                               bytes.size()) == 1;
  ERR_clear_error();
  return right;
}

}  // namespace wayleave::crypto
