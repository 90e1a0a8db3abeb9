#include "net/http1/body.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wayleave::net::http1 {
namespace {

using namespace std::string_literals;

Head chunked_head() {
  Head head;
  head.framing = Framing::Chunked;
  return head;
}

Head length_head(std::uint64_t length) {
  Head head;
  head.framing = Framing::Length;
  head.content_length = length;
  return head;
}

struct Outcome {
  std::string content;
  std::size_t consumed = 0;
  bool bad = false;
  bool done = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Feeds `bytes` cut at the given places, as a connection would: stops when done or bad.
Outcome decode(BodyDecoder decoder,
               const std::string& bytes,
               const std::vector<std::size_t>& cuts) {
  Outcome outcome;
  std::size_t at = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : bytes.size();
    std::vector<char> piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                            bytes.begin() + static_cast<std::ptrdiff_t>(end));
    const BodyDecoder::Step step = decoder.feed(piece);
    EXPECT_LE(step.payload, step.consumed);
    EXPECT_LE(step.consumed, piece.size());
    outcome.content.append(piece.data(), step.payload);
    outcome.consumed += step.consumed;
    if (step.bad) {
      outcome.bad = true;
      return outcome;
    }
    if (!decoder.done()) EXPECT_EQ(step.consumed, piece.size());
    if (decoder.done()) break;
    at = end;
  }
  outcome.done = decoder.done();
  return outcome;
}

/// Whole, byte by byte, and cut at every place: all must agree.
Outcome decode_every_way(const Head& head, const std::string& bytes, const Limits& limits = {}) {
  const BodyDecoder decoder(head, limits);
  const Outcome whole = decode(decoder, bytes, {});
  std::vector<std::size_t> each;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(decode(decoder, bytes, {cut}), whole) << "cut at " << cut;
    each.push_back(cut);
  }
  EXPECT_EQ(decode(decoder, bytes, each), whole) << "byte by byte";
  return whole;
}

TEST(BodyDecoder, WithoutABodyTakesNothing) {
  for (const Head& head : {Head{}, length_head(0)}) {
    BodyDecoder decoder(head, Limits{});
    EXPECT_TRUE(decoder.done());
    EXPECT_TRUE(decoder.end_of_stream());
    std::string next = "GET /";
    EXPECT_EQ(decoder.feed(next).consumed, 0U);
  }
  EXPECT_TRUE(BodyDecoder().done());
}

TEST(BodyDecoder, CountsALength) {
  const Outcome outcome = decode_every_way(length_head(5), "helloGET /");
  EXPECT_EQ(outcome, (Outcome{.content = "hello", .consumed = 5, .done = true}));
}

TEST(BodyDecoder, TakesChunkFramingOffInPlace) {
  const std::string wire =
      "5\r\nhello\r\n1;name=value\r\n,\r\n00a;a=\"b c\";d\r\n 0123\r\n678\r\n0\r\n\r\n";
  const Outcome outcome = decode_every_way(chunked_head(), wire + "GET / HTTP/1.1\r\n");
  EXPECT_EQ(outcome.content, "hello, 0123\r\n678");
  EXPECT_EQ(outcome.consumed, wire.size());
  EXPECT_TRUE(outcome.done);
}

TEST(BodyDecoder, DropsTrailers) {  // HT-04: never merged into the fields
  const std::string wire = "1\r\nx\r\n0;last\r\nX-Sum: 1\r\nContent-Length:9\r\nE:\r\n\r\n";
  const Outcome outcome = decode_every_way(chunked_head(), wire + "next");
  EXPECT_EQ(outcome, (Outcome{.content = "x", .consumed = wire.size(), .done = true}));
}

TEST(BodyDecoder, RefusesBrokenChunks) {  // HT-04
  for (const std::string& wire : {"0_2e\r\n"s,
                                  "+5\r\nhello\r\n"s,
                                  "-5\r\n"s,
                                  "-0x0\r\n"s,
                                  "0x5\r\nhello\r\n"s,
                                  "5\nhello\r\n"s,
                                  "5 \r\nhello\r\n"s,
                                  " 5\r\nhello\r\n"s,
                                  "5\t;a\r\n"s,
                                  "5,5\r\n"s,
                                  "5.\r\n"s,
                                  "g\r\n"s,
                                  "\r\n"s,
                                  ";a\r\n"s,
                                  "\0\r\n"s,
                                  "FFFFFFFFFFFFFFFF1\r\n"s,
                                  "FFFFFFFFFFFFFFFF\r\n"s,
                                  "0000000000000005\r\nhello\r\n"s,
                                  "5\rhello\r\n"s,
                                  "5\r\rhello\r\n"s,
                                  "5;a\nhello\r\n"s,
                                  "5;a\rb\r\nhello\r\n"s,
                                  "5;a\0b\r\nhello\r\n"s,
                                  "5\r\nhello5\r\nhello\r\n"s,
                                  "5\r\nhello\n5\r\n"s,
                                  "5\r\nhello\r5\r\n"s,
                                  "5\r\nhello\r\r\n"s,
                                  "5\r\nhello\r\n\r\n"s,
                                  "0\r\n\n"s,
                                  "0\r\n\rX"s,
                                  "0\r\n: x\r\n\r\n"s,
                                  "0\r\n x\r\n\r\n"s,
                                  "0\r\nX\r\n\r\n"s,
                                  "0\r\nX : y\r\n\r\n"s,
                                  "0\r\nX: y\r\n z\r\n\r\n"s,
                                  "0\r\nX: y\nZ: z\r\n\r\n"s,
                                  "0\r\nX: y\rZ: z\r\n\r\n"s,
                                  "0\r\nX: \x01\r\n\r\n"s,
                                  "0\r\nG\0T: x\r\n\r\n"s}) {
    SCOPED_TRACE(testing::PrintToString(wire));
    EXPECT_TRUE(decode_every_way(chunked_head(), wire).bad);
  }
}

TEST(BodyDecoder, KnowsTheLargestChunk) {
  BodyDecoder decoder(chunked_head(), Limits{});
  std::string wire = "fffffffffffffff\r\n" + std::string(1000, 'x');
  const auto step = decoder.feed(wire);
  EXPECT_FALSE(step.bad);
  EXPECT_EQ(step.payload, 1000U);
}

TEST(BodyDecoder, BoundsExtensionsAndTrailersTogether) {  // HT-04
  const Limits limits{.chunk_extra_bytes = 20};
  const auto wire = [](std::size_t extension, std::size_t trailer) {
    return "1;" + std::string(extension - 1, 'e') + "\r\nx\r\n0\r\n" +
           "T:" + std::string(trailer - 2, 't') + "\r\n\r\n";
  };
  EXPECT_TRUE(decode_every_way(chunked_head(), wire(10, 10), limits).done);
  EXPECT_TRUE(decode_every_way(chunked_head(), wire(11, 10), limits).bad);
  EXPECT_TRUE(decode_every_way(chunked_head(), wire(10, 11), limits).bad);
  BodyDecoder decoder(chunked_head(), Limits{});
  std::string flood = "1;" + std::string(1 << 20, 'e');
  const auto step = decoder.feed(flood);
  EXPECT_TRUE(step.bad);
  EXPECT_LE(step.consumed, 5000U);
}

TEST(BodyDecoder, EndsWithTheStreamOnlyWhereThatIsLawful) {  // HT-20
  Head head;
  head.framing = Framing::UntilClose;
  BodyDecoder until_close(head, Limits{});
  std::string bytes = "5\r\nab";
  EXPECT_EQ(until_close.feed(bytes).payload, bytes.size());
  EXPECT_FALSE(until_close.done());
  EXPECT_TRUE(until_close.end_of_stream());
  EXPECT_TRUE(until_close.done());

  BodyDecoder length(length_head(3), Limits{});
  std::string two = "ab";
  EXPECT_EQ(length.feed(two).payload, 2U);
  EXPECT_FALSE(length.end_of_stream());

  const std::string wire = "2\r\nab\r\n0\r\n\r\n";
  for (std::size_t size = 0; size <= wire.size(); ++size) {
    BodyDecoder chunked(chunked_head(), Limits{});
    std::string front = wire.substr(0, size);
    EXPECT_FALSE(chunked.feed(front).bad);
    EXPECT_EQ(chunked.end_of_stream(), size == wire.size()) << size;
  }
}

}  // namespace
}  // namespace wayleave::net::http1
