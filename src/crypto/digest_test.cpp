#include "crypto/digest.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/bytes.hpp"

namespace wayleave::crypto {
namespace {

std::string hex(const Sha256& digest) { return to_hex(as_text(digest)); }

// FIPS 180-4, example messages of the NIST computer security resource centre.
TEST(Sha256, MatchesTheVectorsOfFips180) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, AnEmptyViewWithoutMemoryIsAnEmptyText) {
  EXPECT_EQ(sha256(std::string_view()), sha256(""));
}

TEST(Sha256Stream, PiecesGiveTheDigestOfTheWhole) {
  const std::string text(1000, 'x');
  for (std::size_t cut = 0; cut <= text.size(); cut += 37) {
    Sha256Stream stream;
    stream.update(std::string_view(text).substr(0, cut));
    stream.update(std::string_view(text).substr(cut));
    EXPECT_EQ(stream.finish(), sha256(text)) << cut;
  }
}

TEST(Sha256Stream, MovesInTheMiddle) {
  Sha256Stream first;
  first.update("ab");
  Sha256Stream second(std::move(first));
  second.update("c");
  EXPECT_EQ(second.finish(), sha256("abc"));
}

struct HmacVector {
  std::string key;
  std::string data;
  std::string digest;
};

// RFC 4231 sections 4.2 to 4.8; 4.6 is compared over the 128 bits it gives.
TEST(HmacSha256, MatchesTheVectorsOfRfc4231) {
  const std::vector<HmacVector> vectors = {
      {std::string(20, '\x0b'),
       "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe",
       "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'),
       std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {*from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
       std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(20, '\x0c'), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
      {std::string(131, '\xaa'),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}};
  for (const HmacVector& vector : vectors) {
    const std::string digest = hex(hmac_sha256(vector.key, vector.data));
    EXPECT_EQ(digest.substr(0, vector.digest.size()), vector.digest);
  }
}

TEST(HmacSha256, AnEmptyKeyIsNotTheKeyBefore) {
  const Sha256 with_key = hmac_sha256("key", "data");
  const Sha256 without = hmac_sha256("", "data");
  EXPECT_NE(with_key, without);
  EXPECT_EQ(hex(without), "e528c4d99e6177f5841f712a143b90843299a4aa181a06501422d9ca862bd2a5");
}

TEST(Digests, ThreadsDoNotDisturbEachOther) {
  const Sha256 expected = sha256("abc");
  const Sha256 expected_mac = hmac_sha256("k", "abc");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& count : wrong) {
    threads.emplace_back([&count, &expected, &expected_mac] {
      for (int i = 0; i < 500; ++i) {
        count += sha256("abc") != expected;
        count += hmac_sha256("k", "abc") != expected_mac;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

// The check value every description of the IEEE polynomial gives.
TEST(Crc32, MatchesTheCheckValue) {
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32(""), 0U);
}

TEST(EqualConstantTime, ComparesBytesAndLength) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
  EXPECT_FALSE(equal_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

}  // namespace
}  // namespace wayleave::crypto
