#include "crypto/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.hpp"

namespace wayleave::crypto {
namespace {

/// Counts up from zero, so that the secret is that of the published vectors.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

std::string hex(const KeyedHash::Value& value) { return to_hex({value.data(), value.size()}); }

TEST(KeyedHash, AgreesWithThePublishedVectors) {  // SipHash-2-4-128: key 00…0f, input 00…
  CountingRandom random;
  const KeyedHash hash(random);
  EXPECT_EQ(hex(hash("")), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(hex(hash(std::string(1, '\0'))), "da87c1d86b99af44347659119b22fc45");
}

TEST(KeyedHash, DiffersFromObjectToObject) {
  SystemRandom random;
  const KeyedHash one(random);
  const KeyedHash other(random);
  EXPECT_EQ(one("text"), one("text"));
  EXPECT_NE(one("text"), one("texs"));
  EXPECT_NE(one("text"), other("text"));
}

}  // namespace
}  // namespace wayleave::crypto
