#include "net/http1/head_writer.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "net/http1/head.hpp"

namespace wayleave::net::http1 {
namespace {

using namespace std::string_view_literals;

TEST(HeadWriter, WritesARequestHead) {
  std::string out = "left over";
  HeadWriter writer(out);
  writer.request_line("POST", "/a?b=c");
  writer.field("Host", "api.example.com");
  writer.field("Authorization", "Bearer ", "t0ken");
  writer.field("Content-Length", std::numeric_limits<std::uint64_t>::max());
  writer.end();
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(out,
            "POST /a?b=c HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer t0ken\r\n"
            "Content-Length: 18446744073709551615\r\n\r\n");
}

TEST(HeadWriter, WritesAResponseHead) {
  std::string out;
  HeadWriter writer(out);
  writer.status_line(404, "Not Found");
  writer.end();
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\n\r\n");
}

TEST(HeadWriter, WhatItWritesIsWhatIsRead) {
  std::string out;
  HeadWriter writer(out);
  writer.request_line("OPTIONS", "*");
  writer.field("Host", "a");
  writer.field("X", "");
  writer.end();
  RequestHead head;
  ASSERT_EQ(parse(out, Limits{}, head).state, Parsed::State::Complete);
  EXPECT_EQ(head.target, "*");
  EXPECT_EQ(head.get("x"), "");
}

TEST(HeadWriter, PassesParsedFieldsOnAsItWouldWriteThem) {
  const std::string_view text =
      "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB:2\r\nC:  3 \t\r\nD: 4\r\nSecret: no\r\nE:\r\nF: "
      "\r\nG: 5"
      "\r\n\r\nH: next\r\n";
  RequestHead head;
  ASSERT_EQ(parse(text, Limits{}, head).state, Parsed::State::Complete);
  std::string out;
  HeadWriter writer(out);
  writer.request_line("GET", "/");
  writer.fields(head, [](const FieldView& field) { return field.name != "Secret"; });
  writer.end();
  EXPECT_EQ(
      out,
      "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: \r\nF: \r\nG: 5\r\n\r\n");
}

TEST(HeadWriter, APoisonedHeadTakesNothingMore) {
  RequestHead head;
  ASSERT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Limits{}, head).state,
            Parsed::State::Complete);
  std::string out;
  HeadWriter writer(out);
  writer.request_line("GET", "/a b");
  writer.fields(head, [](const FieldView&) { return true; });
  writer.written("X: y\r\n");
  writer.end();
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(out, "");
}

TEST(HeadWriter, NothingCanStartAnotherLine) {  // HT-17
  const std::vector<std::function<void(HeadWriter&)>> attacks{
      [](HeadWriter& w) { w.request_line("GET / HTTP/1.1\r\nX: y", "/"); },
      [](HeadWriter& w) { w.request_line("GET", "/\r\nX: y"); },
      [](HeadWriter& w) { w.request_line("GET", "/a b"); },
      [](HeadWriter& w) { w.request_line("GET", "http://evil/"); },
      [](HeadWriter& w) { w.request_line("GET", ""); },
      [](HeadWriter& w) { w.request_line("GET", "*"); },
      [](HeadWriter& w) { w.request_line("", "/"); },
      [](HeadWriter& w) { w.status_line(200, "OK\r\nX: y"); },
      [](HeadWriter& w) { w.status_line(99, "x"); },
      [](HeadWriter& w) { w.status_line(1000, "x"); },
      [](HeadWriter& w) { w.status_line(-200, "x"); },
      [](HeadWriter& w) { w.field("X\r\nY", "z"); },
      [](HeadWriter& w) { w.field("X:", "z"); },
      [](HeadWriter& w) { w.field("", "z"); },
      [](HeadWriter& w) { w.field("X Y", "z"); },
      [](HeadWriter& w) { w.field("X", "x\r\nX-Evil: 1"); },
      [](HeadWriter& w) { w.field("X", "x\n"); },
      [](HeadWriter& w) { w.field("X", "x\ry"); },
      [](HeadWriter& w) { w.field("X", "x\0y"sv); },
      [](HeadWriter& w) { w.field("X", "Bearer ", "x\r\n\r\nGET /"); },
      [](HeadWriter& w) { w.field("X", "Bearer\r\n", "x"); }};
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    std::string out;
    HeadWriter writer(out);
    writer.field("Before", "x");
    attacks[i](writer);
    EXPECT_FALSE(writer.ok()) << i;
    writer.field("After", "x");
    writer.end();
    EXPECT_FALSE(writer.ok()) << i;
    EXPECT_EQ(out, "") << i;
  }
}

}  // namespace
}  // namespace wayleave::net::http1
