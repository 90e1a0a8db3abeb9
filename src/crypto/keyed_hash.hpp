#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/random.hpp"

namespace wayleave::crypto {

/// SipHash-2-4 with 128 bits of output under a secret made anew with each object. Finds in memory
/// what is stored by digest only, at a fraction of the digest's cost: who does not know the secret
/// cannot make two texts agree. Never stored. Const members: any thread.
class KeyedHash {
 public:
  using Value = std::array<char, 16>;
  explicit KeyedHash(Random& random);
  KeyedHash(const KeyedHash&) = delete;
  KeyedHash& operator=(const KeyedHash&) = delete;
  ~KeyedHash();  ///< wipes the secret
  [[nodiscard]] Value operator()(std::string_view text) const;

 private:
  std::array<std::uint8_t, 16> secret_{};
};

}  // namespace wayleave::crypto
