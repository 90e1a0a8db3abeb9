#include <gtest/gtest.h>

#include <string>

#include "net/http1/head.hpp"
#include "net/http1/split_feed.hpp"

namespace wayleave::net::http1 {
namespace {

using namespace std::string_literals;

struct KeptHead : ResponseHead {
  std::string bytes;
};

Parsed parse_response(std::string bytes,
                      KeptHead& head,
                      const std::string& method = "GET",
                      const Limits& limits = {}) {
  head.bytes = std::move(bytes);
  const Parsed outcome = parse_in_pieces(head.bytes, [&](std::string_view front) {
    ResponseHead scratch;
    return parse(front, limits, method, scratch);
  });
  EXPECT_TRUE(same(outcome, parse(head.bytes, limits, method, head)));
  return outcome;
}

TEST(ResponseHead, ReadsEveryPart) {
  KeptHead head;
  const Parsed parsed = parse_response(
      "HTTP/1.1 404 Not \xe9 Found\t\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello", head);
  ASSERT_EQ(parsed.state, Parsed::State::Complete) << parsed.detail;
  EXPECT_EQ(parsed.size, head.bytes.size() - 5);
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason, "Not \xe9 Found\t");
  EXPECT_EQ(head.get("server"), "x");
  EXPECT_EQ(head.framing, Framing::Length);
  EXPECT_EQ(head.content_length, 5U);
  EXPECT_TRUE(head.keep_alive);
}

TEST(ResponseHead, TakesAMissingReason) {
  for (const std::string line : {"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.0 999"}) {
    KeptHead head;
    EXPECT_EQ(parse_response(line + "\r\n\r\n", head).state, Parsed::State::Complete) << line;
    EXPECT_EQ(head.reason, "");
  }
}

TEST(ResponseHead, RefusesWhatCouldBeReadInTwoWays) {  // HT-18, HT-19
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes : {"\r\n" + ok + "\r\n",
                                   " " + ok + "\r\n",
                                   "HTTP/1.1  200 OK\r\n\r\n"s,
                                   "HTTP/1.1 20 OK\r\n\r\n"s,
                                   "HTTP/1.1 2000 OK\r\n\r\n"s,
                                   "HTTP/1.1 099 OK\r\n\r\n"s,
                                   "HTTP/1.1 +20 OK\r\n\r\n"s,
                                   "HTTP/1.1 200\tOK\r\n\r\n"s,
                                   "HTTP/1.1 200 O\x01K\r\n\r\n"s,
                                   "HTTP/1.1 200 O\0K\r\n\r\n"s,
                                   "HTTP/1.1 200 OK\n\n"s,
                                   "HTTP/1.1 200 OK\r\r\n\r\n"s,
                                   "HTTP/2.0 200 OK\r\n\r\n"s,
                                   "HTTP/1.2 200 OK\r\n\r\n"s,
                                   "HTTP/0.9 200 OK\r\n\r\n"s,
                                   "ICY 200 OK\r\n\r\n"s,
                                   "<html>"s,
                                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"s,
                                   "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"s,
                                   ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                                   ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                                   ok + "Content-Length: 5, 5\r\n\r\n",
                                   ok + "Content-Length: -5\r\n\r\n",
                                   ok + "Content-Length: x\r\n\r\n",
                                   ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
                                   ok + "Transfer-Encoding: identity\r\n\r\n",
                                   ok + "Transfer_Encoding: chunked\r\n\r\n",
                                   ok + "X: a\r\n b\r\n\r\n",
                                   ok + "X : a\r\n\r\n",
                                   ok + "X: a\rb\r\n\r\n",
                                   ok + "X: a\nb\r\n\r\n",
                                   ok + "X: a\0b\r\n\r\n"s,
                                   ok + ": a\r\n\r\n",
                                   ok + "no colon\r\n\r\n"}) {
    SCOPED_TRACE(testing::PrintToString(bytes));
    for (const auto* method : {"GET", "HEAD"}) {
      KeptHead head;
      const Parsed parsed = parse_response(bytes, head, method);
      EXPECT_EQ(parsed.state, Parsed::State::Bad);
      EXPECT_EQ(parsed.status, 502);
    }
  }
}

struct FramingCase {
  std::string head;
  const char* method;
  Framing framing;
  bool keep_alive;
};

TEST(ResponseHead, KnowsWhichAnswersHaveABody) {  // HT-21, RFC 9112 section 6.3
  const std::string length = "\r\nContent-Length: 5";
  const std::string chunked = "\r\nTransfer-Encoding: chunked";
  const std::vector<FramingCase> table{
      {"HTTP/1.1 200 OK" + length, "GET", Framing::Length, true},
      {"HTTP/1.1 200 OK" + chunked, "GET", Framing::Chunked, true},
      {"HTTP/1.1 200 OK", "GET", Framing::UntilClose, false},
      {"HTTP/1.1 200 OK\r\nConnection: keep-alive", "GET", Framing::UntilClose, false},
      {"HTTP/1.1 200 OK" + length + "\r\nConnection: close", "GET", Framing::Length, false},
      {"HTTP/1.0 200 OK" + length, "GET", Framing::Length, false},
      {"HTTP/1.0 200 OK" + length + "\r\nConnection: keep-alive", "GET", Framing::Length, true},
      {"HTTP/1.0 200 OK", "GET", Framing::UntilClose, false},
      {"HTTP/1.1 200 OK" + length, "HEAD", Framing::None, true},
      {"HTTP/1.1 200 OK" + chunked, "HEAD", Framing::None, true},
      {"HTTP/1.1 200 OK", "HEAD", Framing::None, true},
      {"HTTP/1.1 200 OK" + length, "head", Framing::Length, true},
      {"HTTP/1.1 304 Not Modified" + length, "GET", Framing::None, true},
      {"HTTP/1.1 204 No Content", "GET", Framing::None, true},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 0", "GET", Framing::None, true},
      {"HTTP/1.1 204 No Content" + length, "GET", Framing::None, false},
      {"HTTP/1.1 204 No Content" + chunked, "GET", Framing::None, false},
      {"HTTP/1.1 100 Continue", "POST", Framing::None, true},
      {"HTTP/1.1 103 Early Hints" + chunked, "POST", Framing::None, false},
      {"HTTP/1.1 500 x" + length, "POST", Framing::Length, true}};
  for (const auto& [bytes, method, framing, keep_alive] : table) {
    KeptHead head;
    const Parsed parsed = parse_response(bytes + "\r\n\r\n", head, method);
    EXPECT_EQ(parsed.state, Parsed::State::Complete) << bytes << parsed.detail;
    EXPECT_EQ(head.framing, framing) << bytes << method;
    EXPECT_EQ(head.keep_alive, keep_alive) << bytes << method;
  }
}

TEST(ResponseHead, IsBounded) {  // HT-18
  const auto sized = [](std::size_t size) {
    const std::string start = "HTTP/1.1 200 OK\r\nX: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  };
  const Limits limits{.head_bytes = 200};
  KeptHead head;
  EXPECT_EQ(parse_response(sized(200), head, "GET", limits).size, 200U);
  EXPECT_EQ(parse_response(sized(201), head, "GET", limits).status, 502);
  EXPECT_EQ(parse_response("HTTP/1.1 200 " + std::string(300, 'x'), head, "GET", limits).status,
            502);
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 101; ++i) many += "X: y\r\n";
  EXPECT_EQ(parse_response(many + "\r\n", head).status, 502);
}

}  // namespace
}  // namespace wayleave::net::http1
