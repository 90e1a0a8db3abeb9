#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::crypto {

/// Signatures of JSON Web Tokens that are accepted (RFC 7518 section 3.1). Neither `none` nor a
/// symmetric one exists here, so that nobody can sign with what is public.
enum class SignatureAlgorithm { Rs256, Ps256, Es256 };
[[nodiscard]] std::optional<SignatureAlgorithm> parse_signature_algorithm(std::string_view name);

/// Somebody else's key, to check what they signed. Const members: any thread.
class PublicKey {
 public:
  PublicKey(PublicKey&&) noexcept;
  PublicKey& operator=(PublicKey&&) noexcept;
  ~PublicKey();

  /// Modulus and exponent, big-endian (RFC 7518 section 6.3.1); 2,048 to 8,192 bits.
  [[nodiscard]] static Result<PublicKey> rsa(std::string_view n, std::string_view e);
  /// A point of P-256, each coordinate of 32 bytes (RFC 7518 section 6.2.1).
  [[nodiscard]] static Result<PublicKey> p256(std::string_view x, std::string_view y);

  /// Whether `signature` was made over `bytes`. An algorithm of another kind of key never fits.
  [[nodiscard]] bool verify(SignatureAlgorithm algorithm,
                            std::string_view bytes,
                            std::string_view signature) const;

 private:
  struct Impl;
  explicit PublicKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::crypto
