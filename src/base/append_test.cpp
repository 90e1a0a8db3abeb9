#include "base/append.hpp"

#include <gtest/gtest.h>

namespace wayleave {
namespace {

TEST(Append, KeepsWhatStandsAndTheOrder) {
  std::string out("ab");
  append(out, "", std::string(200, 'c'), std::string_view(), "d");
  EXPECT_EQ(out, "ab" + std::string(200, 'c') + "d");
  out.resize(10);  // and into memory that is there already
  append(out, "e");
  EXPECT_EQ(out, "abcccccccce");
}

}  // namespace
}  // namespace wayleave
