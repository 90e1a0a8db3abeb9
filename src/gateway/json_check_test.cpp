#include "gateway/json_check.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

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

TEST(IsJson, LooksAtEveryByteOfAString) {
  constexpr std::string_view unfit("\0\x1f\n\"\\\xff", 6);
  for (std::size_t size = 1; size < 160; ++size) {
    const std::string plain(size, size % 2 == 0 ? ' ' : '#');
    EXPECT_TRUE(is_json('"' + plain + '"')) << size;
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : unfit) {
        std::string text = plain;
        text[at] = c;
        EXPECT_FALSE(is_json('"' + text + '"')) << size << ' ' << at << ' ' << int{c};
      }
    }
  }
  for (int c = 0x20; c < 0x80; ++c) {
    const bool plain = c != '"' && c != '\\';
    EXPECT_EQ(is_json('"' + std::string(99, static_cast<char>(c)) + '"'), plain) << c;
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

using Members = std::vector<std::pair<std::string, std::string>>;

/// nullopt when the text is not one whole object.
std::optional<Members> members_of(std::string_view text) {
  Members members;
  JsonObject object(text);
  for (JsonMember member; object.next(member);) {
    members.emplace_back(member.name, member.value);
  }
  JsonMember further;
  EXPECT_FALSE(object.next(further)) << text;
  if (!object.whole()) return std::nullopt;
  return members;
}

TEST(JsonObject, GivesItsMembersAsWritten) {
  EXPECT_EQ(members_of("{}"), Members{});
  EXPECT_EQ(members_of(" { } "), Members{});
  EXPECT_EQ(members_of(R"( {"a":1 , "b" : [ {"c":2} ] ,"":"", "a":"\u0041\"" } )"),
            (Members{{"a", "1"}, {"b", R"([ {"c":2} ])"}, {"", R"("")"}, {"a", R"("\u0041\"")"}}));
}

TEST(JsonObject, IsWholeExactlyWhenTheTextIsAnObjectInJson) {
  for (const std::string_view text : {"",
                                      "{",
                                      "}",
                                      "[]",
                                      "1",
                                      "{}{}",
                                      "{} 1",
                                      "{,}",
                                      R"({"a":1,})",
                                      R"({,"a":1})",
                                      R"({"a"})",
                                      R"({"a":})",
                                      R"({a:1})",
                                      R"({"a":1)",
                                      R"({"a":1]})",
                                      R"({"a":1;)",
                                      R"({"a" 1})",
                                      "{\"a\":\xff}",
                                      R"({"a":1 "b":2})",
                                      R"({"a":1}})",
                                      "\xff{}",
                                      R"({"\x":1})",
                                      R"({"a":"b)",
                                      R"({"a)",
                                      R"({"a":1}x)"}) {
    EXPECT_EQ(members_of(text), std::nullopt) << text;
  }
}

TEST(JsonObject, CountsItselfInTheDepth) {  // DS-07
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(members_of(nested(kJsonDepthMax - 1)));
  EXPECT_FALSE(members_of(nested(kJsonDepthMax)));
}

}  // namespace
}  // namespace wayleave::gateway
