#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wayleave {

/// The source of randomness. Passed in; tokens come from the system, jitter may be seeded.
/// Any thread may call a SystemRandom; a SeededRandom belongs to one thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// The kernel's generator; never fails (aborts when the kernel has none).
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

/// SplitMix64, repeatable; for tests and generated data, never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;
  [[nodiscard]] std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

/// `bytes` random bytes as unpadded base64url: 32 bytes give 43 characters.
[[nodiscard]] std::string random_token(Random& random, std::size_t bytes);
/// A version 4 UUID in lower case (RFC 9562 section 5.4).
[[nodiscard]] std::string random_uuid(Random& random);
/// `prefix_` followed by 22 base62 characters (over 128 bits), for ids.
[[nodiscard]] std::string random_id(Random& random, std::string_view prefix);

}  // namespace wayleave
