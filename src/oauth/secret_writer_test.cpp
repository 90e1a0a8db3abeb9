#include "oauth/secret_writer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wayleave::oauth {
namespace {

TEST(SecretWriter, GrowsBeyondItsFirstCapacity) {
  SecretWriter writer(2);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    writer.append("piece");
    expected += "piece";
  }
  EXPECT_EQ(writer.view(), expected);
}

TEST(SecretWriter, TakeLeavesWipedMemoryBehind) {
  SecretWriter writer(64);
  writer.append("top secret");
  const char* bytes = writer.view().data();
  const SecretString secret = writer.take();
  EXPECT_EQ(std::string(bytes, 10), std::string(10, '\0'));
  EXPECT_TRUE(writer.empty());
  secret.expose([](std::string_view text) { EXPECT_EQ(text, "top secret"); });
}

TEST(SecretWriter, EncodesBytesAboveAscii) {
  SecretWriter writer;
  writer.append_percent("a b\xc3\xb6~");
  EXPECT_EQ(writer.view(), "a%20b%C3%B6~");
}

}  // namespace
}  // namespace wayleave::oauth
