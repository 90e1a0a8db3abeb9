#include <gtest/gtest.h>

#include <string>

#include "net/http1/head.hpp"
#include "net/http1/split_feed.hpp"

namespace wayleave::net::http1 {
namespace {

using namespace std::string_literals;

/// A head together with the bytes it points into.
struct KeptHead : RequestHead {
  std::string bytes;
};

Parsed parse_request(std::string bytes, KeptHead& head, const Limits& limits = {}) {
  head.bytes = std::move(bytes);
  const Parsed outcome = parse_in_pieces(head.bytes, [&](std::string_view front) {
    RequestHead scratch;
    return parse(front, limits, scratch);
  });
  EXPECT_TRUE(same(outcome, parse(head.bytes, limits, head)));
  return outcome;
}

struct Refusal {
  std::string bytes;
  int status;
};

void expect_refused(const std::vector<Refusal>& table) {
  for (const auto& [bytes, status] : table) {
    SCOPED_TRACE(testing::PrintToString(bytes.substr(0, 200)));
    KeptHead head;
    const Parsed parsed = parse_request(bytes, head);
    EXPECT_EQ(parsed.state, Parsed::State::Bad);
    EXPECT_EQ(parsed.status, status) << parsed.detail;
    EXPECT_STRNE(parsed.detail, "");
  }
}

/// Wraps one field line into an otherwise faultless request.
std::string with_field(const std::string& line) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n";
}

std::vector<Refusal> with_fields(const std::vector<std::string>& lines, int status = 400) {
  std::vector<Refusal> table;
  for (const auto& line : lines) table.push_back({with_field(line), status});
  return table;
}

TEST(RequestHead, ReadsEveryPart) {
  const std::string bytes =
      "POST /crm/v3/objects?limit=1&x=? HTTP/1.1\r\nHost: api.example.com:8080\r\n"
      "X-Empty:\r\nX-Blanks: \t a b\t \r\nContent-Length: 12\r\nx-latin: \xe9\r\n\r\nbody";
  KeptHead head;
  const Parsed parsed = parse_request(bytes, head);
  ASSERT_EQ(parsed.state, Parsed::State::Complete) << parsed.detail;
  EXPECT_EQ(parsed.size, bytes.size() - 4);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/crm/v3/objects?limit=1&x=?");
  EXPECT_EQ(head.path, "/crm/v3/objects");
  EXPECT_EQ(head.query, "limit=1&x=?");
  EXPECT_EQ(head.host, "api.example.com:8080");
  EXPECT_EQ(head.field_count, 5U);
  EXPECT_EQ(head.get("x-empty"), "");
  EXPECT_EQ(head.get("x-blanks"), "a b");
  EXPECT_EQ(head.get("x-latin"), "\xe9");
  EXPECT_EQ(head.get("absent"), std::nullopt);
  EXPECT_EQ(head.framing, Framing::Length);
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expect_continue);
}

TEST(RequestHead, ForgetsTheRequestBefore) {
  KeptHead head;
  parse_request(with_field("Content-Length: 5\r\nConnection: close\r\nExpect: 100-continue"), head);
  ASSERT_TRUE(head.expect_continue);
  parse_request("GET /?q HTTP/1.0\r\n\r\n", head);
  EXPECT_EQ(head.framing, Framing::None);
  EXPECT_EQ(head.content_length, 0U);
  EXPECT_EQ(head.field_count, 0U);
  EXPECT_EQ(head.host, "");
  EXPECT_FALSE(head.expect_continue);
  EXPECT_FALSE(head.keep_alive);
  parse_request("GET / HTTP/1.1\r\nHost: a\r\n\r\n", head);
  EXPECT_EQ(head.query, "");
  EXPECT_TRUE(head.keep_alive);
}

TEST(RequestHead, SkipsOneLeadingEmptyLineOnly) {
  KeptHead head;
  const Parsed parsed = parse_request("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", head);
  EXPECT_EQ(parsed.state, Parsed::State::Complete);
  EXPECT_EQ(parsed.size, 29U);
  expect_refused({{"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400}});
}

TEST(RequestHead, TakesAnyMethodThatIsAToken) {
  for (const std::string method : {"GET",
                                   "PATCH",
                                   "OPTIONS",
                                   "get",
                                   "X!#$%&'*+-.^_`|~9",
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF"}) {
    KeptHead head;
    const Parsed parsed = parse_request(method + " / HTTP/1.1\r\nHost: a\r\n\r\n", head);
    EXPECT_EQ(parsed.state, Parsed::State::Complete) << method;
    EXPECT_EQ(head.method, method);
  }
}

TEST(RequestHead, RefusesTraceConnectAndEndlessMethods) {  // HT-24, PX-04
  expect_refused({{"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
                  {"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", 405},
                  {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
                  {std::string(10'000, 'M'), 501}});
}

TEST(RequestHead, RefusesBrokenRequestLines) {  // HT-05, HT-06, HT-08
  expect_refused({{" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
                  {"GET /\r\n", 400},
                  {"GET /\n", 400},
                  {"GET\r\n", 400},
                  {"G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
                  {"GET / HTTP/1.1\nHost: a\n\n", 400},
                  {"GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
                  {"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
                  {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET / HTTPS/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET / HTTP/+1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET / HTTP/1,1\r\nHost: a\r\n\r\n", 400},
                  {"GET / HTTP/4294967295.255\r\nHost: a\r\n\r\n", 400},
                  {"\x16\x03\x01\x02\x00\x01"s, 400}});  // a TLS greeting
}

TEST(RequestHead, RefusesOtherVersions) {  // HT-08
  expect_refused({{"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
                  {"GET / HTTP/1.32\r\nHost: a\r\n\r\n", 505},
                  {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
                  {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
                  {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400}});
}

TEST(RequestHead, TakesOriginFormOnly) {  // PX-03, PX-04
  expect_refused({{"GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET evil.example:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET ?q HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET /\\evil.example HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET \\\\evil.example HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
                  {"GET /a\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                  {"GET /\xc3\xbc HTTP/1.1\r\nHost: a\r\n\r\n", 400}});
  for (const std::string target : {"/", "//x/..", "/a%2Fb%20c?q=a%2Fb", "/?a=\\{|}^\"<>", "/%"}) {
    KeptHead head;
    parse_request("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n", head);
    EXPECT_EQ(head.target, target);
  }
  KeptHead head;
  const Parsed parsed = parse_request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", head);
  EXPECT_EQ(parsed.state, Parsed::State::Complete);
}

TEST(RequestHead, RefusesLengthWithTransferEncoding) {  // HT-01
  expect_refused(with_fields({"Content-Length: 6\r\nTransfer-Encoding: chunked",
                              "Transfer-Encoding: chunked\r\nContent-Length: 6",
                              "Transfer-Encoding: chunked\r\nContent-Length: 0"}));
}

TEST(RequestHead, RefusesEveryTransferEncodingButOneChunked) {  // HT-02
  expect_refused(with_fields({"Transfer-Encoding : chunked",
                              "Transfer-Encoding\t: chunked",
                              " Transfer-Encoding: chunked",
                              "Transfer-Encoding:\x0b"
                              "chunked",
                              "Transfer-Encoding:\x0c"
                              "chunked",
                              "Transfer-Encoding: chunked, cow",
                              "Transfer-Encoding: cow, chunked",
                              "Transfer-Encoding: chunked, chunked",
                              "Transfer-Encoding: chunked,",
                              "Transfer-Encoding: ,chunked",
                              "Transfer-Encoding: chunked;q=1",
                              "Transfer-Encoding: \"chunked\"",
                              "Transfer-Encoding: 'chunked'",
                              "Transfer-Encoding: xchunked",
                              "Transfer-Encoding: chunkedx",
                              "Transfer-Encoding: chunke",
                              "Transfer-Encoding: identity",
                              "Transfer-Encoding: gzip, chunked",
                              "Transfer-Encoding: gzip",
                              "Transfer-Encoding:",
                              "Transfer-Encoding: \xa0"
                              "chunked",
                              "Transfer-Encoding: chun\xe7"
                              "ked",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                              "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                              "Transfer-Encoding:\r\n chunked",
                              "Transfer-Encoding: chunked\r\n x",
                              "Transfer-Encoding: chunked\rX: y",
                              "Transfer-Encoding\r\n: chunked",
                              "Transfer-Encoding\x01: chunked"}));
  expect_refused({{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\0: chunked\r\n\r\n"s, 400},
                  {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \0chunked\r\n\r\n"s, 400},
                  {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400}});  // HT-08
  for (const std::string line : {"Transfer-Encoding: chunked", "tRANSFER-eNCODING:CHUNKED\t "}) {
    KeptHead head;
    parse_request(with_field(line), head);
    EXPECT_EQ(head.framing, Framing::Chunked) << line;
  }
}

TEST(RequestHead, RefusesEveryLengthButPlainDigits) {  // HT-03
  expect_refused(with_fields({"Content-Length:",
                              "Content-Length: +1",
                              "Content-Length: -1",
                              "Content-Length: 0x10",
                              "Content-Length: 1_0",
                              "Content-Length: 1, 2",
                              "Content-Length: 1,1",
                              "Content-Length: 1 1",
                              "Content-Length: 1.0",
                              "Content-Length: 1e3",
                              "Content-Length: \xb2",
                              "Content-Length: 1234567890123456789",
                              "Content-Length: 18446744073709551617",
                              "Content-Length: 1\r\nContent-Length: 2",
                              "Content-Length: 1\r\ncontent-length: 1",
                              "Content-Length : 5"}));
  KeptHead head;
  parse_request(with_field("Content-Length: 999999999999999999"), head);
  EXPECT_EQ(head.content_length, 999'999'999'999'999'999U);
  parse_request(with_field("Content-Length: 000000000000000000"), head);
  EXPECT_EQ(head.framing, Framing::Length);
  EXPECT_EQ(head.content_length, 0U);
}

TEST(RequestHead, RefusesNamesThatMimicFraming) {  // HT-23
  expect_refused(with_fields({"content_length: 5",
                              "Content_Length: 5",
                              "transfer_encoding: chunked",
                              "TRANSFER_ENCODING: x"}));
  KeptHead head;
  EXPECT_EQ(parse_request(with_field("a_length_of_16: 5\r\ncontent.length: 1"), head).state,
            Parsed::State::Complete);
}

TEST(RequestHead, RefusesBrokenFields) {  // HT-05, HT-06
  expect_refused(with_fields({": x",
                              "X : y",
                              "X\t: y",
                              "X Y: z",
                              "X",
                              "X\r\nY: z",
                              "(X): y",
                              "X\": y",
                              "X\xc3\xa9: y",
                              "X: a\r\n b",
                              "X: a\r\n\tb",
                              "X: a\rb",
                              "X: a\nb",
                              "X: a\x01",
                              "X: a\x7f",
                              "X: a\x1b[2J"}));
  expect_refused({{"GET / HTTP/1.1\r\n\tHost: x\r\n\r\n", 400},
                  {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
                  {"GET / HTTP/1.1\r\nHost: a\r\na\0b: 1\r\n\r\n"s, 400},
                  {"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"s, 400},
                  {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
                  {"GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
                  {"GET / HTTP/1.1\r\nHost: a\r\n\rX", 400}});
}

TEST(RequestHead,
     FindsAForbiddenByteAnywhereInAValue) {  // HT-06: the scan looks at eight at a time
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'\0', '\x01', '\n', '\r', '\x1f', '\x7f'}) {
        std::string value(size, '\t');
        if (size % 2 == 0) value.assign(size, '\xff');
        value[at] = c;
        KeptHead head;
        const auto parsed = parse(with_field("X: " + value + "y"), Limits{}, head);
        EXPECT_EQ(parsed.status, 400) << size << " " << at << " " << int{c};
        EXPECT_FALSE(is_field_value(value));
      }
    }
  }
  std::string all;
  for (int c = 0x20; c < 0x100; ++c) {
    if (c != 0x7f) all += static_cast<char>(c);
  }
  KeptHead head;
  parse_request(with_field("X: a" + all), head);
  EXPECT_EQ(head.get("x"), "a" + all);
}

TEST(RequestHead, NeedsExactlyOneValidHost) {  // HT-07
  std::vector<Refusal> table{{"GET / HTTP/1.1\r\n\r\n", 400},
                             {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
                             {"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400},
                             {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400}};
  for (const std::string host : {"",       "a b",       "a,b",      "a@b",     "a/b",  "a\\b",
                                 "a%20b",  "a:",        "a:b",      "a:65536", "a:-1", "a:1:2",
                                 ":80",    "[::1",      "[]",       "[x]",     "[1]",  "[::1]x",
                                 "[::1]:", "a\xc3\xbc", "http://a", "a?b",     "a#b",  "a;b"}) {
    table.push_back({"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 400});
  }
  expect_refused(table);
  for (const std::string host :
       {"a", "A.Example.com", "a_b.c:0", "127.0.0.1:8080", "[::1]", "[::1]:65535"}) {
    KeptHead head;
    const Parsed parsed = parse_request("GET / HTTP/1.1\r\nHOST:" + host + "\r\n\r\n", head);
    EXPECT_EQ(parsed.state, Parsed::State::Complete) << host;
    EXPECT_EQ(head.host, host);
  }
}

TEST(RequestHead, HonoursOnlyOneContinueExpectation) {  // HT-11
  expect_refused(with_fields({"Expect: 200-ok",
                              "Expect: y 100-continue",
                              "Expect:",
                              "Expect: 100-continue, x",
                              "Expect: 100-continue\r\nExpect: 100-continue"},
                             417));
  KeptHead head;
  parse_request(with_field("Expect: 100-Continue\r\nContent-Length: 1"), head);
  EXPECT_TRUE(head.expect_continue);
  parse_request(with_field("Expect: 100-continue"), head);
  EXPECT_FALSE(head.expect_continue) << "there is no body to go on with";
  parse_request("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", head);
  EXPECT_FALSE(head.expect_continue) << "HTTP/1.0 has no interim answers";
}

TEST(RequestHead, ReadsConnection) {
  const auto keep_alive = [](const std::string& version, const std::string& fields) {
    KeptHead head;
    parse_request("GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n", head);
    return head.keep_alive;
  };
  EXPECT_TRUE(keep_alive("1.1", ""));
  EXPECT_FALSE(keep_alive("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keep_alive("1.1", "Connection: x-a, , CLOSE\r\n"));
  EXPECT_FALSE(keep_alive("1.1", "Connection: x\r\nconnection: Close\r\n"));
  EXPECT_FALSE(keep_alive("1.1", "Connection: keep-alive, close\r\n"));
  EXPECT_TRUE(keep_alive("1.1", "Connection: closed\r\n"));
  EXPECT_FALSE(keep_alive("1.0", ""));
  EXPECT_TRUE(keep_alive("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(RequestHead, KnowsFieldsNamedByConnection) {  // HT-13
  KeptHead head;
  parse_request(with_field("Connection: close, X-Secret\r\nConnection:\tTE"), head);
  EXPECT_TRUE(head.named_by_connection("x-secret"));
  EXPECT_TRUE(head.named_by_connection("te"));
  EXPECT_FALSE(head.named_by_connection("x-secre"));
  EXPECT_FALSE(head.named_by_connection("host"));
  for (const auto* name : {"Connection",
                           "keep-alive",
                           "Proxy-Connection",
                           "Proxy-Authenticate",
                           "Proxy-Authorization",
                           "TE",
                           "Trailer",
                           "Transfer-Encoding",
                           "UPGRADE"}) {
    EXPECT_TRUE(is_hop_by_hop(name)) << name;
  }
  for (const auto* name : {"", "T", "Host", "Connections", "Authorization"}) {
    EXPECT_FALSE(is_hop_by_hop(name)) << name;
  }
}

TEST(RequestHead, BoundsTheRequestLine) {  // DS-04
  const Limits limits{.request_line_bytes = 100};
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto line = [&](std::size_t size) {
    return "GET /" + std::string(size - 5 - 9, 'a') + rest;
  };
  KeptHead head;
  EXPECT_EQ(parse_request(line(100), head, limits).state, Parsed::State::Complete);
  EXPECT_EQ(parse_request(line(101), head, limits).status, 414);
  EXPECT_EQ(parse_request(line(102), head, limits).status, 414);
  EXPECT_EQ(parse_request(line(150), head, limits).status, 414);
  EXPECT_EQ(parse("GET /" + std::string(9000, 'a') + rest, Limits{}, head).status, 414);
}

TEST(RequestHead, BoundsTheHead) {  // DS-04
  const Limits limits{.head_bytes = 200};
  const auto sized = [](std::size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  };
  KeptHead head;
  EXPECT_EQ(parse_request(sized(200) + "GET", head, limits).size, 200U);
  EXPECT_EQ(parse_request(sized(201), head, limits).status, 431);
  EXPECT_EQ(parse_request(sized(203), head, limits).status, 431);
  EXPECT_EQ(parse_request(sized(999), head, limits).status, 431);
  EXPECT_EQ(parse(sized(40'000), Limits{}, head).status, 431);
}

TEST(RequestHead, BoundsTheNumberOfFields) {  // DS-04
  const auto fields = [](int count) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 1; i < count; ++i) bytes += "X: y\r\n";
    return bytes + "\r\n";
  };
  KeptHead head;
  EXPECT_EQ(parse_request(fields(100), head).state, Parsed::State::Complete);
  EXPECT_EQ(head.field_count, 100U);
  EXPECT_EQ(head.count("x"), 99U);
  EXPECT_EQ(parse_request(fields(101), head).status, 431);
  EXPECT_EQ(parse_request(fields(3), head, {.head_fields = 2}).status, 431);
}

}  // namespace
}  // namespace wayleave::net::http1
