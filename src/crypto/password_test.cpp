#include "crypto/password.hpp"

#include <gmock/gmock.h>
#include <sodium.h>

#include <array>

namespace wayleave::crypto {
namespace {

SecretString secret(std::string_view text) { return SecretString(text); }

// AD-02
TEST(Password, IsStoredAsAnArgon2idHashOfItsOwn) {
  const std::string stored = hash_password(secret("correct horse battery")).value();
  EXPECT_THAT(stored, testing::StartsWith("$argon2id$v=19$m=32768,t=2,p=1$"));
  EXPECT_THAT(stored, testing::Not(testing::HasSubstr("horse")));
  EXPECT_NE(stored, hash_password(secret("correct horse battery")).value());
  EXPECT_TRUE(verify_password(stored, secret("correct horse battery")));
  EXPECT_FALSE(verify_password(stored, secret("correct horse batterx")));
  EXPECT_FALSE(verify_password(stored, secret("")));
  EXPECT_FALSE(password_needs_rehash(stored));
}

TEST(Password, AHashOfAnotherCostIsToBeMadeAnew) {
  std::array<char, crypto_pwhash_STRBYTES> cheap{};
  ASSERT_EQ(crypto_pwhash_str(
                cheap.data(), "a", 1, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
            0);
  EXPECT_TRUE(password_needs_rehash(cheap.data()));
  EXPECT_TRUE(verify_password(cheap.data(), secret("a")));
}

TEST(Password, WhatIsNoHashFitsNothing) {
  for (const std::string& stored : {std::string(), std::string("x"), std::string(500, '$')}) {
    EXPECT_FALSE(verify_password(stored, secret("")));
    EXPECT_TRUE(password_needs_rehash(stored));
  }
}

// Time must not tell who is a member, so the decoy is read as a hash of today's cost.
TEST(Password, TheDecoyCostsAsMuchAsAMembersHashAndFitsNothing) {
  EXPECT_FALSE(password_needs_rehash(password_decoy()));
  EXPECT_FALSE(verify_password(password_decoy(), secret("")));
  EXPECT_FALSE(verify_password(password_decoy(), secret("correct horse battery")));
}

}  // namespace
}  // namespace wayleave::crypto
