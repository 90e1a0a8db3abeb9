#include "gateway/json_string.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wayleave::gateway {
namespace {

std::optional<std::string> unescaped(std::string text) {
  const auto result = unescape(text);
  if (!result) return std::nullopt;
  return std::string(*result);
}

TEST(Unescape, KnowsEveryEscape) {
  EXPECT_EQ(unescaped(""), "");
  EXPECT_EQ(unescaped("plain"), "plain");
  EXPECT_EQ(unescaped(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(unescaped(R"(a\\nb)"), R"(a\nb)");
  EXPECT_EQ(unescaped(R"(x\u0041y)"), "xAy");
  EXPECT_EQ(unescaped(R"(\u0000)"), std::string(1, '\0'));
  EXPECT_EQ(unescaped(R"(\u007f\u0080\u07ff\u0800\uFFFF)"), "\x7f\u0080\u07ff\u0800\uffff");
  EXPECT_EQ(unescaped(R"(\ud800\udc00\uDBFF\uDFFF!)"), "\U00010000\U0010ffff!");
}

TEST(Unescape, RefusesHalfASurrogatePair) {
  for (const auto* half : {R"(\ud800)",
                           R"(\ud800x)",
                           R"(\udc00)",
                           R"(\ud800\ud800)",
                           R"(\ud800\n)",
                           R"(\ud83d\u0041)",
                           R"(\udc00\ud800)"}) {
    EXPECT_EQ(unescaped(half), std::nullopt) << half;
  }
}

}  // namespace
}  // namespace wayleave::gateway
