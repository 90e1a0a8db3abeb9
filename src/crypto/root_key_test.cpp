#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "crypto/key_ring.hpp"

namespace wayleave::crypto {
namespace {

Result<RootKey> parse(std::string_view text) { return RootKey::from_base64(SecretString(text)); }

std::string refusal(std::string_view text) {
  const auto key = parse(text);
  if (key) return "accepted";
  EXPECT_EQ(key.error().code, "root_key_invalid");
  EXPECT_EQ(key.error().kind, ErrorKind::Reject);
  return key.error().detail;
}

std::string shown(const RootKey& key) {
  return key.to_base64().expose([](std::string_view text) { return std::string(text); });
}

// VT-05: missing, short or all-equal keys are refused, and the message says what a key looks like.
TEST(RootKey, MissingKeyIsRefused) {
  EXPECT_NE(refusal("").find("is missing"), std::string::npos);
  EXPECT_NE(refusal(" \n").find("is missing"), std::string::npos);
  EXPECT_NE(refusal("").find("openssl rand -base64 32"), std::string::npos);
}

TEST(RootKey, ShortOrLongKeyIsRefused) {
  std::string bytes;
  for (int i = 0; i < 64; ++i) {
    if (i != 32) {
      const std::string text = refusal(to_base64(bytes));
      EXPECT_NE(text, "accepted") << i;
      EXPECT_NE(text.find("32 random bytes"), std::string::npos) << i;
    }
    bytes += static_cast<char>(i);
  }
  EXPECT_NE(refusal(to_base64("0123456789abcdef")).find("has only 16 bytes"), std::string::npos);
  EXPECT_NE(refusal(to_base64(bytes)).find("longer than 32"), std::string::npos);
}

TEST(RootKey, EqualBytesAreRefused) {
  for (const char byte : {'\0', '\xff', 'a'}) {
    EXPECT_NE(refusal(to_base64(std::string(32, byte))).find("placeholder"), std::string::npos);
  }
}

TEST(RootKey, TextThatIsNoBase64IsRefusedWithoutShowingIt) {
  const std::string wrong = "correct horse battery staple, and then some";
  const std::string text = refusal(wrong);
  EXPECT_NE(text.find("is not base64"), std::string::npos);
  EXPECT_EQ(text.find("horse"), std::string::npos);
  SystemRandom random;
  const std::string good = shown(RootKey::generate(random));
  EXPECT_NE(refusal(good.substr(0, 20) + "\n" + good.substr(20)), "accepted");
  EXPECT_NE(refusal(good.substr(0, 43)), "accepted");  // padding cut off
}

TEST(RootKey, AKeyFileMayEndWithANewline) {
  SystemRandom random;
  const RootKey key = RootKey::generate(random);
  const auto read = parse(shown(key) + "\r\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(shown(*read), shown(key));
}

TEST(RootKey, FingerprintTellsKeysApartAndIsNoPartOfThem) {
  SeededRandom random(7);
  const RootKey a = RootKey::generate(random);
  const RootKey b = RootKey::generate(random);
  EXPECT_EQ(a.fingerprint(), parse(shown(a))->fingerprint());
  EXPECT_NE(a.fingerprint(), b.fingerprint());
  EXPECT_EQ(a.fingerprint().size(), 16U);
  EXPECT_EQ(to_hex(*from_base64(shown(a))).find(a.fingerprint()), std::string::npos);
}

}  // namespace
}  // namespace wayleave::crypto
