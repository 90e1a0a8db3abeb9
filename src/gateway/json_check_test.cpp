#include "gateway/json_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wayleave::gateway {
namespace {

TEST(IsJson, TakesWhatRfc8259Allows) {
  for (const auto* text : {"0",
                           "-0",
                           "1.5e+30",
                           "123456789012345678901234567890",
                           "1E400",
                           "true",
                           "null",
                           "\"\"",
                           R"("\u00fc\n\/")",
                           "[]",
                           "{}",
                           " [ 1 , { \"a\" : [ ] } ] ",
                           R"({"a":{"a":1},"b":[{}]})",
                           "\"\xc3\xbc\""}) {
    EXPECT_TRUE(is_json(text)) << text;
  }
}

TEST(IsJson, RefusesEverythingElse) {
  for (const auto* text :
       {"",        " ",        "01",    "-",           "1.",      ".5",          "1e",
        "+1",      "0x1",      "NaN",   "tru",         "[1,]",    "[,1]",        "[1 2]",
        "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}",  "{,}",     "[",           "]",
        "{]",      "[}",       "\"a",   "\"\n\"",      R"("\x")", R"("\u12g4")", "1 2",
        "[]]",     "'a'",      "\xff",  "\"\xc0\x80\""}) {
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(IsJson, IsBoundedInDepth) {  // DS-07
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(is_json(nested(kJsonDepthMax)));
  EXPECT_FALSE(is_json(nested(kJsonDepthMax + 1)));
  EXPECT_FALSE(is_json(std::string(1'000'000, '[')));
}

}  // namespace
}  // namespace wayleave::gateway
