#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/json_reader.hpp"
#include "api/json_writer.hpp"

namespace wayleave::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string fault_field(std::string_view body) {
  auto reader = JsonReader::parse(body);
  if (!reader) return reader.error().field;
  [[maybe_unused]] const auto name = reader->required_text("name");
  [[maybe_unused]] const auto scopes = reader->texts("scopes");
  [[maybe_unused]] const auto count = reader->integer("count", 1, 10);
  const auto end = reader->finish();
  return end ? "" : end.error().field;
}

TEST(JsonReader, ReadsWhatItIsAskedFor) {
  auto reader = JsonReader::parse(
      R"({"name":"a\u00e9","scopes":["x","y"],"count":3,"on":true,"gone":null,"s":"secret",
          "settings":{"authorize":"https://a","authorizeParams":{"a":"b c","d":"e"}}})");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->required_text("name"), "a\xc3\xa9");
  EXPECT_THAT(reader->texts("scopes").value(), ElementsAre("x", "y"));
  EXPECT_EQ(reader->integer("count", 0, 9), 3);
  EXPECT_EQ(reader->boolean("on"), true);
  EXPECT_FALSE(reader->text("gone"));
  EXPECT_TRUE(reader->secret("s")->expose([](std::string_view s) { return s == "secret"; }));
  const auto settings = reader->text_map("settings").value();
  EXPECT_EQ(settings.at("authorize"), "https://a");
  EXPECT_EQ(settings.at("authorizeParams"), "a=b%20c&d=e");
  EXPECT_TRUE(reader->finish());
}

TEST(JsonReader, NamesTheFieldAtFault) {
  EXPECT_EQ(fault_field(R"({"name":"a"})"), "");
  EXPECT_EQ(fault_field(R"({})"), "name");
  EXPECT_EQ(fault_field(R"({"name":5})"), "name");
  EXPECT_EQ(fault_field(R"({"name":"a","scopes":"x"})"), "scopes");
  EXPECT_EQ(fault_field(R"({"name":"a","scopes":["x",1]})"), "scopes");
  EXPECT_EQ(fault_field(R"({"name":"a","count":11})"), "count");
  EXPECT_EQ(fault_field(R"({"name":"a","count":1.5})"), "count");
  EXPECT_EQ(fault_field(R"({"name":"a","nmae":"b"})"), "nmae");
}

TEST(JsonReader, RefusesAMemberThatOccursTwice) {
  EXPECT_EQ(fault_field(R"({"name":"a","name":"b"})"), "name");
  EXPECT_EQ(fault_field(R"({"name":"a","scopes":[{"k":1,"k":2}]})"), "k");
  EXPECT_EQ(fault_field(R"({"name":"a","n\u0061me":"b"})"), "name");
}

TEST(JsonReader, RefusesWhatIsNoObject) {
  for (const char* body : {"", "[]", "\"x\"", "{", "{}{}", "nul", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(fault_field(body), "body") << body;
  }
}

// DS-07: deep nesting is refused without recursion overflow.
TEST(JsonReader, RefusesDeepNesting) {
  EXPECT_EQ(fault_field(R"({"name":)" + std::string(1'000'000, '[')), "body");
  const std::string levels(JsonReader::kDepthMax - 1, '[');
  const std::string closing(JsonReader::kDepthMax - 1, ']');
  auto reader = JsonReader::parse(R"({"x":)" + levels + closing + "}");
  EXPECT_TRUE(reader);
}

TEST(JsonWriter, WritesMembersInOrder) {
  JsonWriter out;
  out.text("a", "x\"y").number("n", -5).boolean("b", true).text_or_null("none", "");
  out.texts("list", {"p", "q"}).time("at", from_millis(0)).map("m", {{"k", "v"}});
  EXPECT_EQ(out.str(),
            R"({"a":"x\"y","n":-5,"b":true,"none":null,"list":["p","q"],)"
            R"("at":"1970-01-01T00:00:00.000Z","m":{"k":"v"}})");
  EXPECT_EQ(JsonWriter().str(), "{}");
}

}  // namespace
}  // namespace wayleave::api
