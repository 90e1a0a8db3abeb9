#include "gateway/envelope.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "gateway/json_check.hpp"

namespace wayleave::gateway {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

/// An envelope and the bytes that it shows.
struct Parsed {
  std::string text;
  Envelope envelope;
  Result<> result;

  Parsed(std::string_view content_type, std::string_view from)
      : text(from), result(read_envelope(content_type, text, envelope)) {}
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;
  [[nodiscard]] std::string field() const { return result ? "(accepted)" : result.error().field; }
};

std::string field_at_fault(std::string_view type, std::string_view text) {
  return Parsed(type, text).field();
}

std::string with(std::string_view members) {
  return R"({"userForeignIdentifier":"u","method":"PUT","url":"/")" + std::string(members) + "}";
}

TEST(Envelope, ReadsJsonWithTheBodyAsWritten) {
  const Parsed parsed("application/json; charset=utf-8",
                      R"({ "userForeignIdentifier":"u1","method":"post","url":"/x",
          "body": {"n":12345678901234567890, "f":4.250, "s":"\u00fc\/", "a":[ 1,2 ]} ,
          "headers":{"X-A":"b"}})");
  ASSERT_TRUE(parsed.result) << parsed.result.error().detail;
  const Envelope& envelope = parsed.envelope;
  EXPECT_EQ(envelope.user, "u1");
  EXPECT_EQ(envelope.method, "POST");
  EXPECT_EQ(envelope.url, "/x");
  EXPECT_EQ(envelope.body, R"({"n":12345678901234567890, "f":4.250, "s":"\u00fc\/", "a":[ 1,2 ]})");
  ASSERT_EQ(envelope.headers.size(), 1U);
  EXPECT_EQ(envelope.headers.front().name, "X-A");
  EXPECT_EQ(envelope.headers.front().value, "b");
}

TEST(Envelope, KeepsEveryKindOfBody) {
  const auto body = [](std::string_view value) -> std::optional<std::string> {
    const Parsed parsed(kJson, with(R"(,"body": )" + std::string(value) + " "));
    EXPECT_TRUE(parsed.result) << value;
    if (!parsed.envelope.body) return std::nullopt;
    return std::string(*parsed.envelope.body);
  };
  EXPECT_EQ(body("123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(body("-1.50e+3"), "-1.50e+3");
  EXPECT_EQ(body("true"), "true");
  EXPECT_EQ(body("[ ]"), "[ ]");
  EXPECT_EQ(body("\n[ 1\t]\r\n"), "[ 1\t]");
  EXPECT_EQ(body(R"("a\nb")"), "a\nb");
  EXPECT_EQ(body(R"("")"), "");
  EXPECT_EQ(body("null"), std::nullopt);
}

TEST(Envelope, UnderstandsEscapesEverywhere) {
  const Parsed parsed(
      kJson,
      R"({"userF\u006freignIdentifier":"\u00fc\ud83d\ude00","m\u0065thod":"\u0067et","url":"\/a",)"
      R"("headers":"{\"X-\\u0041\":\"\\\"q\\\"\"}"})");
  ASSERT_TRUE(parsed.result) << parsed.result.error().detail;
  EXPECT_EQ(parsed.envelope.user, "\u00fc\U0001f600");
  EXPECT_EQ(parsed.envelope.method, "GET");
  EXPECT_EQ(parsed.envelope.url, "/a");
  ASSERT_EQ(parsed.envelope.headers.size(), 1U);
  EXPECT_EQ(parsed.envelope.headers.front().name, "X-A");
  EXPECT_EQ(parsed.envelope.headers.front().value, "\"q\"");
}

TEST(Envelope, ReadsAForm) {
  const Parsed parsed(kForm,
                      "userForeignIdentifier=a%40b&method=get&url=%2Fcrm&headers=" +
                          percent_encode(R"({"Accept":"text/plain"})") +
                          "&body=" + percent_encode(R"({"a" : 1})"));
  ASSERT_TRUE(parsed.result) << parsed.result.error().detail;
  EXPECT_EQ(parsed.envelope.user, "a@b");
  EXPECT_EQ(parsed.envelope.body, R"({"a" : 1})");
  ASSERT_EQ(parsed.envelope.headers.size(), 1U);
  EXPECT_EQ(parsed.envelope.headers.front().name, "Accept");
  EXPECT_EQ(parsed.envelope.headers.front().value, "text/plain");
}

TEST(Envelope, KnowsTheMediaTypeInAnyCase) {
  for (const auto* type : {"application/json",
                           "Application/JSON ;charset=utf-8",
                           "TEXT/json",
                           "application/vnd.api+JSON",
                           ""}) {
    EXPECT_TRUE(Parsed(type, with("")).result) << type;
  }
  EXPECT_TRUE(Parsed("", "userForeignIdentifier=u&method=GET&url=/").result);
  for (const auto* type : {"text/xml", "json", "application/jsonx", "+jso"}) {
    EXPECT_EQ(field_at_fault(type, with("")), "Content-Type") << type;
  }
}

TEST(Envelope, PassesOverWhatItDoesNotKnow) {
  EXPECT_TRUE(Parsed(kJson, with(R"(,"x":1,"x":{"y":[2]})")).result);
  EXPECT_TRUE(Parsed(kJson, with(R"(,"x":"\ud800")")).result);  // nobody asks for its meaning
  EXPECT_TRUE(Parsed(kForm, "=&=&x=1&&userForeignIdentifier=u&method=GET&url=/&").result);
}

TEST(Envelope, NamesTheFieldAtFault) {
  const auto json = [](std::string_view text) { return field_at_fault(kJson, text); };
  EXPECT_EQ(json("{"), "body");
  EXPECT_EQ(json("[]"), "body");
  EXPECT_EQ(json(std::string(1000, '[')), "body");  // DS-07
  EXPECT_EQ(json("{}"), "userForeignIdentifier");
  EXPECT_EQ(json(R"({"userForeignIdentifier":1})"), "userForeignIdentifier");
  EXPECT_EQ(json(R"({"userForeignIdentifier":"\udc00"})"), "userForeignIdentifier");
  EXPECT_EQ(json(R"({"userForeignIdentifier":"u","url":"/"})"), "method");
  EXPECT_EQ(json(R"({"userForeignIdentifier":"u","method":"GET"})"), "url");
  EXPECT_EQ(json(R"({"userForeignIdentifier":"u","method":"G T","url":"/"})"), "method");
  EXPECT_EQ(json(R"({"userForeignIdentifier":"u","method":"TRACE","url":"/"})"), "method");
  EXPECT_EQ(json(with(R"(,"body":"\ud800")")), "body");
  EXPECT_EQ(json(with(R"(,"headers":[1])")), "headers");
  EXPECT_EQ(json(with(R"(,"headers":"nope")")), "headers");
  EXPECT_EQ(json(with(R"(,"headers":{"X":1})")), "headers");
  EXPECT_EQ(json(with(R"(,"headers":{"X":"a\r\nB: c"})")), "headers");  // HT-17
  EXPECT_EQ(json(with(R"(,"headers":{"X\n":"a"})")), "headers");
  EXPECT_EQ(field_at_fault(kForm, "method=%zz"), "body");
  EXPECT_EQ(field_at_fault(kForm, "x=%e"), "body");
  EXPECT_EQ(field_at_fault(kForm, "userForeignIdentifier=u&method=GET&url=/&headers=nope"),
            "headers");
  EXPECT_EQ(field_at_fault("text/xml", "<a/>"), "Content-Type");
}

TEST(Envelope, RefusesWhatStandsTwiceHoweverItIsSpelt) {
  EXPECT_EQ(field_at_fault(kJson, R"({"method":"GET","method":"GET"})"), "method");
  EXPECT_EQ(field_at_fault(kJson, with(R"(,"u\u0072l":"/other")")), "url");
  EXPECT_EQ(field_at_fault(kJson, with(R"(,"body":null,"body":null)")), "body");
  EXPECT_EQ(field_at_fault(kForm, "method=GET&meth%6fd=GET"), "method");
  EXPECT_EQ(field_at_fault(kForm, "url=&url="), "url");
}

TEST(Envelope, IsJudgedToItsEndBeforeAnyOfItIsUsed) {
  for (const std::string_view broken : {"}",
                                        ",",
                                        " 1",
                                        R"(,"x":tru)",
                                        R"(,"x":"\x")",
                                        "\xff",
                                        R"(,"x":01)",
                                        R"(,"x":[1,])",
                                        R"(,"x")",
                                        R"(,"a\q":1)"}) {
    EXPECT_EQ(field_at_fault(kJson, with(broken)), "body") << broken;
  }
  EXPECT_EQ(field_at_fault(kJson, with("") + "1"), "body");
  EXPECT_TRUE(Parsed(kJson, " \n" + with(" \t") + "\r\n").result);
}

TEST(Envelope, IsBoundedInDepthAndHeaders) {  // DS-07
  const auto nested = [](std::size_t depth) {
    return with(R"(,"body":)" + std::string(depth, '[') + std::string(depth, ']'));
  };
  EXPECT_TRUE(Parsed(kJson, nested(kJsonDepthMax - 1)).result);
  EXPECT_EQ(field_at_fault(kJson, nested(kJsonDepthMax)), "body");

  const auto headers = [](std::size_t count) {
    std::string members;
    for (std::size_t i = 0; i < count; ++i) {
      members += (i == 0 ? "\"X-" : ",\"X-") + std::to_string(i) + R"(":"v")";
    }
    return with(R"(,"headers":{)" + members + "}");
  };
  EXPECT_TRUE(Parsed(kJson, headers(kEnvelopeHeadersMax)).result);
  EXPECT_EQ(field_at_fault(kJson, headers(kEnvelopeHeadersMax + 1)), "headers");
}

std::string wrapped(std::string_view content_type, std::string body) {
  const auto around = wrap_answer(is_json_type(content_type), body);
  return std::string(around.before) + body + std::string(around.after);
}

TEST(WrapAnswer, KeepsJsonAndQuotesTheRest) {
  EXPECT_EQ(wrapped("application/json;charset=utf-8", R"({"id":12345678901234567890})"),
            R"({"data":{"id":12345678901234567890}})");
  EXPECT_EQ(wrapped("application/problem+json", "[1]"), R"({"data":[1]})");
  EXPECT_EQ(wrapped("application/json", "{broken"), R"({"data":"{broken"})");
  EXPECT_EQ(wrapped("text/html", "<a \"b\">"), R"({"data":"<a \"b\">"})");
  EXPECT_EQ(wrapped("", ""), R"({"data":""})");
  EXPECT_EQ(wrapped("image/jpeg", "\xff\xd8"), R"({"data":"/9g=","encoding":"base64"})");
}

}  // namespace
}  // namespace wayleave::gateway
