#include "base/text.hpp"

#include <gtest/gtest.h>

#include "base/log.hpp"

namespace wayleave {
namespace {

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("a b+c/ü~"), "a%20b%2Bc%2F%C3%BC~");
  EXPECT_EQ(percent_decode("a%20b+c%2f"), "a b+c/");
}

TEST(PercentDecode, RefusesBrokenEscapes) {
  for (const auto* bad : {"%", "%2", "%zz", "a%2"}) EXPECT_FALSE(percent_decode(bad)) << bad;
}

TEST(ParseNumber, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_number<int>("-12"), -12);
  EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65535);
  for (const auto* bad : {"", " 1", "1 ", "+1", "0x1", "1.0", "65536", "-1"}) {
    EXPECT_FALSE(parse_number<std::uint16_t>(bad)) << bad;
  }
}

TEST(HasControl, LooksAtEveryByte) {
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, '\x80');
      EXPECT_FALSE(has_control(text));
      for (const char c : {'\0', '\x1f', '\x7f'}) {
        text[at] = c;
        EXPECT_TRUE(has_control(text)) << size << ' ' << at;
      }
    }
  }
  EXPECT_FALSE(has_control(" ~ abcdefgh ~ \xff\xe0"));
}

TEST(Utf8, LooksBehindLongStretchesOfAscii) {
  for (std::size_t size = 0; size < 20; ++size) {
    const std::string plain(size, 'a');
    EXPECT_TRUE(is_utf8(plain + "ü" + plain));
    EXPECT_FALSE(is_utf8(plain + "\xff" + plain));
    EXPECT_FALSE(is_utf8(plain + "ü"[0]));
  }
}

TEST(Form, RoundTripsInOrder) {
  const FormFields fields{{"a b", "1&2"}, {"c", ""}, {"a b", "ü+"}};
  EXPECT_EQ(parse_form(encode_form(fields)), fields);
  EXPECT_EQ(parse_form("x=1+2&y"), (FormFields{{"x", "1 2"}, {"y", ""}}));
  for (const auto* broken : {"x=%q", "%=1", "x=1&y=a%4"})
    EXPECT_FALSE(parse_form(broken)) << broken;
}

TEST(Utf8, RefusesOverlongSurrogatesAndCuts) {
  EXPECT_TRUE(is_utf8("aüß€😀"));
  for (const auto* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(AfterPrefix, IsWhatFollowsAllThatBeginSo) {
  EXPECT_EQ(after_prefix("ab"), "ac");
  EXPECT_EQ(after_prefix("a\x7f"), "a\u0080");
  EXPECT_EQ(after_prefix("ü"), "ý");
  EXPECT_EQ(after_prefix("\u07ff"), "\u0800");
  EXPECT_EQ(after_prefix("\ud7ff"), "\ue000");
  EXPECT_EQ(after_prefix("\uffff"), "\U00010000");
  EXPECT_EQ(after_prefix("a\U0010ffff"), "b");
  EXPECT_EQ(after_prefix("\U0010ffff"), std::nullopt);
  EXPECT_EQ(after_prefix(""), std::nullopt);
}

TEST(JsonQuote, KeepsOneLineAndValidUtf8) {
  EXPECT_EQ(json_quote("a\"b\\c\nd"), R"("a\"b\\c\u000ad")");
  EXPECT_EQ(json_quote("\xff"), "\"\xef\xbf\xbd\"");
}

TEST(HtmlEscape, LeavesNoMarkup) {
  EXPECT_EQ(html_escape("<a href='x'>\"&"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
}

TEST(Text, ComparesAndTrimsAsciiOnly) {
  EXPECT_TRUE(iequals("Content-Type", "content-type"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_EQ(trim(" \ta b\t "), "a b");
  EXPECT_TRUE(has_control(std::string_view("a\0b", 3)));
  EXPECT_EQ(split("a,,b", ',').size(), 3U);
}

}  // namespace
}  // namespace wayleave
