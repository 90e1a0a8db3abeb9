#include "oauth/flat_json.hpp"

#include <gtest/gtest.h>

namespace wayleave::oauth {
namespace {

bool sound(std::string_view text) { return FlatObject::parse(text).has_value(); }

TEST(FlatJson, ReadsScalarsArraysAndSkipsObjects) {
  const auto object =
      FlatObject::parse(R"( {"s":"a\u00e9\n","n":-1.5e3,"t":true,"f":false,"z":null,)"
                        R"("a":["x",1,["deep"],{"k":"v"},"y"],"o":{"s":"inner","a":["q"]}} )");
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(object->members().size(), 7u);
  EXPECT_EQ(object->string("s"), "a\xc3\xa9\n");
  object->find("n")->text.expose([](std::string_view text) { EXPECT_EQ(text, "-1.5e3"); });
  EXPECT_TRUE(object->is_false("f"));
  EXPECT_FALSE(object->is_false("t"));
  EXPECT_EQ(object->find("z")->kind, Member::Kind::Null);
  EXPECT_EQ(object->find("a")->items, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(object->find("o")->kind, Member::Kind::Object);
  EXPECT_TRUE(object->find("o")->items.empty());
  EXPECT_EQ(object->string("n"), std::nullopt);
  EXPECT_EQ(object->find("absent"), nullptr);
}

TEST(FlatJson, RefusesEverythingButOneObject) {
  for (const char* text : {"",
                           " ",
                           "[]",
                           "[{}]",
                           "1",
                           "\"x\"",
                           "null",
                           "true",
                           "{} {}",
                           "{}x",
                           "{",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":01}",
                           "{\"a\":NaN}",
                           "// c\n{}",
                           "{\"a\":\"\x80\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\n\"}",
                           "\xef\xbb\xbf{}",
                           "<html></html>"}) {
    EXPECT_FALSE(sound(text)) << text;
  }
  EXPECT_TRUE(sound("{}"));
  EXPECT_TRUE(sound("\n{ } \t"));
}

// OA-18: a parser that keeps the last of two keys and one that keeps the first disagree.
TEST(FlatJson, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_FALSE(sound(R"({"a":1,"a":1})"));
  EXPECT_FALSE(sound(R"({"a":1,"\u0061":2})"));
  EXPECT_FALSE(sound(R"({"x":{"a":1,"b":{},"a":2}})"));
  EXPECT_FALSE(sound(R"({"x":[{"a":1,"a":2}]})"));
  EXPECT_TRUE(sound(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"));
}

TEST(FlatJson, RefusesWhatIsTooDeepOrTooWide) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(sound(nested(FlatObject::kDepthMax - 1)));
  EXPECT_FALSE(sound(nested(FlatObject::kDepthMax)));
  EXPECT_FALSE(sound(nested(100'000)));
  EXPECT_FALSE(sound("{\"" + std::string(FlatObject::kNameBytesMax + 1, 'k') + "\":1}"));
  std::string wide = "{";
  for (std::size_t i = 0; i <= FlatObject::kMembersMax; ++i) {
    wide += "\"" + std::to_string(i) + "\":1,";
  }
  wide.back() = '}';
  EXPECT_FALSE(sound(wide));
}

TEST(FlatJson, ReadsFormsAsStrings) {
  const auto object = FlatObject::parse_form("access_token=a%2Bb&scope=x+y");
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(object->string("access_token"), "a+b");
  EXPECT_EQ(object->string("scope"), "x y");
  EXPECT_FALSE(FlatObject::parse_form("a=1&a=2").has_value());
  EXPECT_FALSE(FlatObject::parse_form("a=%zz").has_value());
  EXPECT_FALSE(FlatObject::parse_form("").has_value());
}

}  // namespace
}  // namespace wayleave::oauth
