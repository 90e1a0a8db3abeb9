#include "gateway/heads.hpp"

#include <gtest/gtest.h>

#include "net/limits.hpp"

namespace wayleave::gateway {
namespace {

/// The head that a caller gets when the provider answers with those fields.
std::string envelope_answer_head(const std::string& fields) {
  const std::string bytes = "HTTP/1.1 429 Slow down\r\n" + fields + "\r\n";
  net::http1::ResponseHead head;
  const auto parsed = net::http1::parse(bytes, net::Limits{}, "GET", head);
  EXPECT_EQ(parsed.state, net::http1::Parsed::State::Complete) << parsed.detail;
  provider::Limits limits;
  limits.headers = {"X-RateLimit-Remaining", "Date", "Content-Type", "Set-Cookie", "ETag"};
  std::string out;
  write_envelope_answer_head(out, head, limits);
  return out;
}

constexpr std::string_view kStart =
    "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n";

TEST(EnvelopeAnswerHead, CarriesRateLimitsAndWhatACallerNeeds) {
  const std::string fields =
      "x-ratelimit-remaining: 0\r\nRetry-After: 7\r\nETag: \"1\"\r\nlink: </2>; rel=next\r\n"
      "Link: </9>; rel=last\r\nLocation: /new\r\n";
  EXPECT_EQ(envelope_answer_head(fields), std::string(kStart) + fields);
}

TEST(EnvelopeAnswerHead, CarriesNothingElse) {
  EXPECT_EQ(envelope_answer_head("Content-Type: text/html\r\nDate: now\r\nServer: s\r\n"
                                 "Content-Length: 0\r\nX-RateLimit-Remainin: 1\r\n"),
            kStart);
  // Not even when the provider's file asks for it.
  EXPECT_EQ(envelope_answer_head("Set-Cookie: a=b\r\n"), kStart);                           // HT-19
  EXPECT_EQ(envelope_answer_head("Connection: etag\r\nETag: \"hop-by-hop\"\r\n"), kStart);  // HT-13
}

}  // namespace
}  // namespace wayleave::gateway
