#include "crypto/aead.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"

namespace wayleave::crypto {
namespace {

// draft-irtf-cfrg-xchacha-03 appendix A.3.1.
TEST(Aead, MatchesTheVectorOfTheDraft) {
  require_sodium();
  const std::string key =
      *from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const std::string nonce = *from_hex("404142434445464748494a4b4c4d4e4f5051525354555657");
  const std::string associated = *from_hex("50515253c0c1c2c3c4c5c6c7");
  const std::string plain =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      "sunscreen would be it.";
  const std::string sealed = aead_seal(key, nonce, associated, plain);
  EXPECT_EQ(to_hex(sealed),
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
            "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
            "21f9664c97637da9768812f615c68b13b52e"
            "c0875924c1c7987947deafd8780acf49");
  const auto opened = aead_open(key, nonce, associated, sealed);
  ASSERT_TRUE(opened);
  opened->expose([&](std::string_view text) { EXPECT_EQ(text, plain); });
}

TEST(Aead, TextShorterThanATagDoesNotOpen) {
  require_sodium();
  const std::string key(aead_key_bytes, 'k');
  const std::string nonce(aead_nonce_bytes, 'n');
  EXPECT_FALSE(aead_open(key, nonce, "", ""));
  EXPECT_FALSE(aead_open(key, nonce, "", std::string(aead_tag_bytes - 1, 'x')));
}

TEST(Aead, NothingCanBeSealed) {
  require_sodium();
  const std::string key(aead_key_bytes, 'k');
  const std::string nonce(aead_nonce_bytes, 'n');
  const auto opened = aead_open(key, nonce, "", aead_seal(key, nonce, "", ""));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->empty());
}

}  // namespace
}  // namespace wayleave::crypto
