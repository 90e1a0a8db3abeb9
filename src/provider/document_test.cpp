#include "provider/document.hpp"

#include <gtest/gtest.h>

#include "provider/section.hpp"
#include "provider/templates.hpp"

namespace wayleave::provider {
namespace {

Node parse(std::string_view text) {
  Node root;
  std::string fault;
  EXPECT_TRUE(parse_yaml("t.yaml", text, root, fault)) << fault;
  return root;
}

std::string fault_of(std::string_view text) {
  Node root;
  std::string fault;
  EXPECT_FALSE(parse_yaml("t.yaml", text, root, fault)) << text;
  return fault;
}

TEST(Document, KeepsOrderLinesAndKinds) {
  const Node root = parse("b: 1\na:\n  - x\n  - {k: 'v'}\nc: |\n  two\n  lines\n");
  EXPECT_EQ(root.members[0].first, "b");
  EXPECT_EQ(root.find("a")->items[1].find("k")->where(), "t.yaml:4");
  EXPECT_EQ(root.find("c")->text, "two\nlines\n");
  EXPECT_TRUE(root.find("c")->is_text());
}

// Plain scalars are read as YAML 1.2 reads them, so that `no` is a word and 5 is not.
TEST(Document, PlainScalarsFollowTheCoreSchema) {
  for (const char* text : {"a",
                           "no",
                           "yes",
                           "on",
                           "2026-09",
                           "1.2.3",
                           "0-1",
                           "x5",
                           "'5'",
                           "\"true\"",
                           "+",
                           ".",
                           "1e",
                           "127.0.0.1",
                           "0x",
                           "0o9"}) {
    EXPECT_TRUE(parse(text).is_text()) << text;
  }
  for (const char* text : {"5",
                           "-5",
                           "0.5",
                           ".5",
                           "5.",
                           "1e3",
                           "true",
                           "False",
                           "0x1F",
                           "0o7",
                           ".inf",
                           "-.Inf",
                           ".nan",
                           "007",
                           "+3"}) {
    EXPECT_FALSE(parse(text).is_text()) << text;
  }
  EXPECT_TRUE(parse("true").is_boolean());
  EXPECT_FALSE(parse("True").is_boolean());
  EXPECT_TRUE(parse("-15").is_integer());
  EXPECT_FALSE(parse("015").is_integer());
  EXPECT_FALSE(parse("1.0").is_integer());
}

TEST(Document, RefusesBrokenYamlWithItsLine) {
  EXPECT_TRUE(fault_of("a: [1, 2\nb: 3\n").starts_with("t.yaml:"));
  EXPECT_TRUE(fault_of("a: 1\n  b: 2\n").starts_with("t.yaml:2:"));
  EXPECT_EQ(fault_of("a: 1\nb: 2\na: 3\n"), "t.yaml:3: the key 'a' stands twice");
  EXPECT_NE(fault_of("? [a, b]\n: 1\n").find("a key must be plain text"), std::string::npos);
  EXPECT_NE(fault_of("? {a: b}\n: 1\n").find("a key must be plain text"), std::string::npos);
  EXPECT_NE(fault_of("~: 1\n").find("a key must be plain text"), std::string::npos);
}

TEST(Document, SurvivesDeepNesting) {
  EXPECT_NE(fault_of(std::string(300, '[') + std::string(300, ']')).find("nested more than"),
            std::string::npos);
  EXPECT_FALSE(fault_of(std::string(50'000, '[')).empty());
  EXPECT_FALSE(fault_of(std::string(50'000, '{')).empty());
}

TEST(Document, MergesMapsAndReplacesTheRest) {
  const Node merged = merge(parse("a: {x: 1, y: 2}\nl: [1, 2]\nw: {x: 1}\n"),
                            parse("a: {y: 3, z: 4}\nl: [5]\nw: {y: 2}\n"),
                            {"w"});
  EXPECT_EQ(to_json(merged), R"({"a":{"x":1,"y":3,"z":4},"l":[5],"w":{"y":2}})");
}

TEST(Document, BecomesJson) {
  EXPECT_EQ(to_json(parse(R"({t: "a\"b\\\n", n: 5, f: 1.5, b: true, q: "5", e: [], m: {}, z: ~})")),
            R"({"t":"a\"b\\\u000a","n":5,"f":"1.5","b":true,"q":"5","e":[],"m":{},"z":null})");
}

TEST(Templates, ListAndFillPlaceholders) {
  EXPECT_EQ(placeholders("a{b}c{d}"), (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(placeholders("none"), std::vector<std::string>{});
  for (const char* text : {"{", "}", "{a", "a}", "{}", "{{a}}", "{a b}"}) {
    EXPECT_EQ(placeholders(text), std::nullopt) << text;
  }
  EXPECT_EQ(fill("{a}-{b}-{a}", {{"a", "1"}}), "1-{b}-1");
  EXPECT_EQ(fill("{a}", {{"a", "{b}"}, {"b", "x"}}), "{b}");
}

TEST(Duration, HasUnits) {
  using std::chrono::seconds;
  EXPECT_EQ(parse_duration("90"), seconds{90});
  EXPECT_EQ(parse_duration("90s"), seconds{90});
  EXPECT_EQ(parse_duration("5m"), seconds{300});
  EXPECT_EQ(parse_duration("1h"), seconds{3600});
  EXPECT_EQ(parse_duration("90d"), seconds{90 * 86'400});
  for (const char* text : {"",
                           "s",
                           "-1",
                           "-1s",
                           "1.5h",
                           "1w",
                           "1 h",
                           "99999999999999999999",
                           "9223372036854775807d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace wayleave::provider
