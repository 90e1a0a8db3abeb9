#include <gtest/gtest.h>
#include <stdio.h>

#include <array>
#include <string>

namespace wayleave::architecture {
namespace {

// Compiles what changed since the last time; the first run takes minutes.
TEST(Headers, CompileAlone) {
  std::FILE* build = ::popen(WAYLEAVE_BUILD_HEADERS " 2>&1", "r");
  ASSERT_NE(build, nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), build) != nullptr) output += buffer.data();
  EXPECT_EQ(::pclose(build), 0) << output;
}

}  // namespace
}  // namespace wayleave::architecture
