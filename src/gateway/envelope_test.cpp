#include "gateway/envelope.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace wayleave::gateway {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

TEST(Envelope, ReadsJsonWithTheBodyAsWritten) {
  const auto envelope = parse_envelope("application/json; charset=utf-8",
                                       R"({ "userForeignIdentifier":"u1","method":"post","url":"/x",
          "body": {"n":12345678901234567890, "f":4.250, "s":"\u00fc\/", "a":[ 1,2 ]} ,
          "headers":{"X-A":"b"}})");
  ASSERT_TRUE(envelope) << envelope.error().detail;
  EXPECT_EQ(envelope->method, "POST");
  EXPECT_EQ(envelope->body,
            R"({"n":12345678901234567890, "f":4.250, "s":"\u00fc\/", "a":[ 1,2 ]})");
  EXPECT_EQ(envelope->headers.front().second, "b");
}

TEST(Envelope, KeepsEveryKindOfBody) {
  const auto body = [](std::string_view value) {
    return parse_envelope(kJson,
                          R"({"userForeignIdentifier":"u","method":"PUT","url":"/","body":)" +
                              std::string(value) + " }")
        .value()
        .body;
  };
  EXPECT_EQ(body("123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(body("-1.50e+3"), "-1.50e+3");
  EXPECT_EQ(body("true"), "true");
  EXPECT_EQ(body("[ ]"), "[ ]");
  EXPECT_EQ(body(R"("a\nb")"), "a\nb");
  EXPECT_EQ(body("null"), std::nullopt);
}

TEST(Envelope, ReadsAForm) {
  const auto envelope = parse_envelope(
      kForm,
      "userForeignIdentifier=a%40b&method=get&url=%2Fcrm&headers=" +
          percent_encode(R"({"Accept":"text/plain"})") + "&body=" + percent_encode("{\"a\":1}"));
  ASSERT_TRUE(envelope) << envelope.error().detail;
  EXPECT_EQ(envelope->user, "a@b");
  EXPECT_EQ(envelope->body, "{\"a\":1}");
  EXPECT_EQ(envelope->headers.front().first, "Accept");
}

TEST(Envelope, PassesOverWhatItDoesNotKnow) {
  EXPECT_TRUE(parse_envelope(
      kJson, R"({"userForeignIdentifier":"u","x":1,"x":{"y":[2]},"method":"GET","url":"/"})"));
  EXPECT_TRUE(parse_envelope(kForm, "=&=&x=1&userForeignIdentifier=u&method=GET&url=/"));
}

TEST(Envelope, NamesTheFieldAtFault) {
  const auto field = [](std::string_view type, std::string_view text) {
    const auto envelope = parse_envelope(type, text);
    return envelope ? std::string("(accepted)") : envelope.error().field;
  };
  EXPECT_EQ(field(kJson, "{"), "body");
  EXPECT_EQ(field(kJson, "[]"), "body");
  EXPECT_EQ(field(kJson, std::string(1000, '[')), "body");  // DS-07
  EXPECT_EQ(field(kJson, "{}"), "userForeignIdentifier");
  EXPECT_EQ(field(kJson, R"({"userForeignIdentifier":1})"), "userForeignIdentifier");
  EXPECT_EQ(field(kJson, R"({"userForeignIdentifier":"u","url":"/"})"), "method");
  EXPECT_EQ(field(kJson, R"({"userForeignIdentifier":"u","method":"GET"})"), "url");
  EXPECT_EQ(field(kJson, R"({"userForeignIdentifier":"u","method":"G T","url":"/"})"), "method");
  EXPECT_EQ(field(kJson, R"({"userForeignIdentifier":"u","method":"TRACE","url":"/"})"), "method");
  EXPECT_EQ(field(kJson, R"({"method":"GET","method":"GET"})"), "method");
  EXPECT_EQ(field(kJson, R"({"userForeignIdentifier":"u","method":"GET","url":"/","headers":[1]})"),
            "headers");
  EXPECT_EQ(
      field(
          kJson,
          R"({"userForeignIdentifier":"u","method":"GET","url":"/","headers":{"X":"a\r\nB: c"}})"),
      "headers");  // HT-17
  EXPECT_EQ(
      field(kJson,
            R"({"userForeignIdentifier":"u","method":"GET","url":"/","headers":{"X\n":"a"}})"),
      "headers");
  EXPECT_EQ(field(kForm, "method=%zz"), "body");
  EXPECT_EQ(field(kForm, "userForeignIdentifier=u&method=GET&url=/&headers=nope"), "headers");
  EXPECT_EQ(field("text/xml", "<a/>"), "Content-Type");
}

TEST(WrapAnswer, KeepsJsonAndQuotesTheRest) {
  EXPECT_EQ(wrap_answer("application/json;charset=utf-8", R"({"id":12345678901234567890})"),
            R"({"data":{"id":12345678901234567890}})");
  EXPECT_EQ(wrap_answer("application/problem+json", "[1]"), R"({"data":[1]})");
  EXPECT_EQ(wrap_answer("application/json", "{broken"), R"({"data":"{broken"})");
  EXPECT_EQ(wrap_answer("text/html", "<a \"b\">"), R"({"data":"<a \"b\">"})");
  EXPECT_EQ(wrap_answer("", ""), R"({"data":""})");
  EXPECT_EQ(wrap_answer("image/jpeg", "\xff\xd8"), R"({"data":"/9g=","encoding":"base64"})");
}

}  // namespace
}  // namespace wayleave::gateway
