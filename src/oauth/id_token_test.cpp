#include "oauth/id_token.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <map>
#include <memory>

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::oauth {
namespace {

/// A provider's key pair, to sign with.
class Signer {
 public:
  explicit Signer(std::string algorithm)
      : algorithm_(std::move(algorithm)),
        key_(is_ec() ? EVP_EC_gen("prime256v1") : EVP_RSA_gen(2048)) {}
  ~Signer() { EVP_PKEY_free(key_); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  [[nodiscard]] std::string jwk(const std::string& id = "k1") const {
    if (is_ec()) {
      return fmt::format(R"({{"kty":"EC","crv":"P-256","kid":"{}","x":"{}","y":"{}"}})",
                         id,
                         number(OSSL_PKEY_PARAM_EC_PUB_X, 32),
                         number(OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    }
    return fmt::format(R"({{"kty":"RSA","use":"sig","kid":"{}","n":"{}","e":"{}"}})",
                       id,
                       number(OSSL_PKEY_PARAM_RSA_N, 256),
                       number(OSSL_PKEY_PARAM_RSA_E, 3));
  }
  [[nodiscard]] KeySet keys(const std::string& id = "k1") const {
    return KeySet::parse(R"({"keys":[)" + jwk(id) + "]}").value();
  }
  [[nodiscard]] std::string token(const std::string& claims, std::string header = {}) const {
    if (header.empty()) header = R"({"alg":")" + algorithm_ + R"(","kid":"k1"})";
    const std::string bytes = to_base64url(header) + "." + to_base64url(claims);
    return bytes + "." + to_base64url(sign(bytes));
  }

 private:
  [[nodiscard]] bool is_ec() const { return algorithm_ == "ES256"; }
  [[nodiscard]] std::string number(const char* name, std::size_t size) const {
    BIGNUM* value = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key_, name, &value), 1);
    std::string out(size, '\0');
    EXPECT_GT(
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)),
        0);
    BN_free(value);
    return to_base64url(out);
  }
  [[nodiscard]] std::string sign(const std::string& bytes) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    EVP_PKEY_CTX* settings = nullptr;
    EXPECT_EQ(EVP_DigestSignInit(context.get(), &settings, EVP_sha256(), nullptr, key_), 1);
    if (algorithm_ == "PS256") {
      EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST);
    }
    std::string out(512, '\0');
    std::size_t size = out.size();
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    EXPECT_EQ(EVP_DigestSign(context.get(), to, &size, as_bytes(bytes).data(), bytes.size()), 1);
    out.resize(size);
    return is_ec() ? from_der(out) : out;
  }
  static std::string from_der(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* both = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string out(64, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(both), to, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(both), to + 32, 32);
    ECDSA_SIG_free(both);
    return out;
  }

  std::string algorithm_;
  EVP_PKEY* key_;
};

const Instant kNow = from_millis(1'700'000'000'000);

/// The claims of a token that holds, with some replaced; an empty one is left out.
std::string claims(const std::map<std::string, std::string>& instead = {}) {
  std::map<std::string, std::string> all = {{"iss", R"("https://id.example")"},
                                            {"aud", R"("client-1")"},
                                            {"sub", R"("ann")"},
                                            {"nonce", R"("n-1")"},
                                            {"exp", "1700000300"},
                                            {"iat", "1700000000"},
                                            {"email", R"("ann@acme.example")"},
                                            {"email_verified", "true"}};
  for (const auto& [name, value] : instead) all[name] = value;
  std::string out;
  for (const auto& [name, value] : all) {
    if (!value.empty()) out += (out.empty() ? "{\"" : ",\"") + name + "\":" + value;
  }
  return out + "}";
}

IdTokenRules rules() { return {"https://id.example", "client-1", "n-1", kNow}; }

std::string why(const Result<IdClaims>& result) {
  return result ? "accepted" : result.error().operator_detail;
}

TEST(IdToken, IsAcceptedWithEachAlgorithmOfTheList) {
  for (const char* algorithm : {"RS256", "PS256", "ES256"}) {
    const Signer signer(algorithm);
    const auto read = verify_id_token(signer.token(claims()), signer.keys(), rules());
    ASSERT_TRUE(read) << algorithm << ": " << why(read);
    EXPECT_EQ(read->subject, "ann");
    EXPECT_EQ(read->email, "ann@acme.example");
    EXPECT_TRUE(read->email_verified);
  }
}

// OpenID Connect Core section 3.1.3.7: one wrong claim is enough.
TEST(IdToken, IsRefusedWhenAClaimIsWrong) {
  const Signer signer("ES256");
  const std::map<std::string, std::string> wrong[] = {
      {{"iss", R"("https://id.example/")"}},
      {{"iss", ""}},
      {{"aud", R"("client-2")"}},
      {{"aud", R"(["client-2"])"}},
      {{"aud", R"(["client-1","client-2"])"}},
      {{"aud", R"(["client-1","client-2"])"}, {"azp", R"("client-2")"}},
      {{"aud", ""}},
      {{"azp", R"("client-2")"}},
      {{"nonce", R"("n-2")"}},
      {{"nonce", ""}},
      {{"exp", "1699999940"}},
      {{"exp", R"("1700000300")"}},
      {{"exp", ""}},
      {{"iat", "1700000061"}},
      {{"iat", ""}},
      {{"nbf", "1700000061"}},
      {{"sub", R"("")"}},
      {{"sub", ""}},
  };
  for (const auto& instead : wrong) {
    const std::string made = claims(instead);
    EXPECT_FALSE(verify_id_token(signer.token(made), signer.keys(), rules())) << made;
  }
  const std::map<std::string, std::string> several = {{"aud", R"(["client-2","client-1"])"},
                                                      {"azp", R"("client-1")"}};
  EXPECT_TRUE(verify_id_token(signer.token(claims(several)), signer.keys(), rules()));
}

TEST(IdToken, IsRefusedWhenItWasNotSignedByTheProvider) {
  const Signer signer("RS256");
  const Signer other("RS256");
  EXPECT_EQ(why(verify_id_token(other.token(claims()), signer.keys(), rules())),
            "the signature does not fit");
  std::string changed = signer.token(claims());
  const auto dot = changed.find('.');
  const std::string forged = to_base64url(claims({{"sub", R"("eve")"}}));
  changed = changed.substr(0, dot + 1) + forged + changed.substr(changed.rfind('.'));
  EXPECT_FALSE(verify_id_token(changed, signer.keys(), rules()));
}

// RFC 8725 section 3.1: neither unsigned, nor signed with the public key as a shared secret.
TEST(IdToken, IsRefusedWithAnAlgorithmThatAnybodyCouldSign) {
  const Signer signer("RS256");
  const std::string unsigned_token =
      to_base64url(R"({"alg":"none"})") + "." + to_base64url(claims()) + ".";
  EXPECT_FALSE(verify_id_token(unsigned_token, signer.keys(), rules()));
  const std::string bytes = to_base64url(R"({"alg":"HS256"})") + "." + to_base64url(claims());
  const auto mac = crypto::hmac_sha256(signer.jwk(), bytes);
  EXPECT_FALSE(verify_id_token(bytes + "." + to_base64url(as_text(mac)), signer.keys(), rules()));
  // Nor by a key of another kind than the algorithm's.
  const std::string header = R"({"alg":"ES256","kid":"k1"})";
  EXPECT_FALSE(verify_id_token(signer.token(claims(), header), signer.keys(), rules()));
  const std::string critical = R"({"alg":"RS256","kid":"k1","crit":["x"],"x":1})";
  EXPECT_FALSE(verify_id_token(signer.token(claims(), critical), signer.keys(), rules()));
}

TEST(IdToken, AKeyThatIsNotThereIsToldApart) {
  const Signer signer("ES256");
  const auto read = verify_id_token(signer.token(claims()), signer.keys("another"), rules());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "unknown_key");
}

TEST(IdToken, WhatIsNoTokenIsRefused) {
  const Signer signer("ES256");
  for (const std::string& text : {std::string(),
                                  std::string("a.b"),
                                  std::string("a.b.c.d"),
                                  std::string("e30.e30.!"),
                                  std::string("e30.e30."),
                                  std::string(kIdTokenBytesMax + 1, 'a')}) {
    EXPECT_FALSE(verify_id_token(text, signer.keys(), rules()));
  }
}

TEST(KeySet, LeavesOutWhatItCannotUse) {
  const Signer signer("RS256");
  const auto keys =
      KeySet::parse(R"({"keys":[{"kty":"oct","k":"AAAA"},{"kty":"RSA","n":"AQAB","e":"AQAB"},)"
                    R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"},7,)" +
                    signer.jwk() + "]}");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->entries().size(), 1U);
  EXPECT_FALSE(KeySet::parse("[]"));
  EXPECT_FALSE(KeySet::parse(R"({"keys":{}})"));
}

TEST(ProviderMetadata, IsOfTheIssuerThatWasAsked) {
  const std::string json = R"({"issuer":"https://id.example","jwks_uri":"https://id.example/jwks",
    "authorization_endpoint":"https://id.example/auth","token_endpoint":"https://id.example/token",
    "token_endpoint_auth_methods_supported":["client_secret_post"]})";
  const auto read = read_metadata(json, "https://id.example");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->secret_in_form);
  EXPECT_FALSE(read_metadata(json, "https://id.example/"));
  EXPECT_FALSE(read_metadata(json, "https://evil.example"));
  EXPECT_FALSE(read_metadata(R"({"issuer":"https://id.example"})", "https://id.example"));
}

TEST(UserInfo, IsAboutTheSamePerson) {
  EXPECT_TRUE(read_userinfo(R"({"sub":"ann","email":"a@b.example"})", "ann"));
  EXPECT_FALSE(read_userinfo(R"({"sub":"eve","email":"a@b.example"})", "ann"));
}

}  // namespace
}  // namespace wayleave::oauth
