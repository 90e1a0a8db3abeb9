#include "gateway/fields.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wayleave::gateway {
namespace {

net::http1::RequestHead parse_request(std::string_view text) {
  net::http1::RequestHead head;
  EXPECT_EQ(net::http1::parse(text, {}, head).state, net::http1::Parsed::State::Complete);
  return head;
}

TEST(GoesUpstream, DropsTheCallersOwnAndTheHopByHop) {  // HT-13, HT-15, HT-16
  const auto head = parse_request(
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: close, X-Secret, authorization\r\n\r\n");
  for (const auto* name : {"Authorization",
                           "cookie",
                           "Host",
                           "Content-Length",
                           "Transfer-Encoding",
                           "TE",
                           "Trailer",
                           "Upgrade",
                           "Keep-Alive",
                           "Proxy-Authorization",
                           "Proxy-Connection",
                           "Expect",
                           "X-Forwarded-For",
                           "X-Forwarded-Host",
                           "Forwarded",
                           "Wayleave-User",
                           "Wayleave-Timeout",
                           "X-Secret",
                           "Connection"}) {
    EXPECT_FALSE(goes_upstream(head, name)) << name;
  }
  for (const auto* name : {"Accept",
                           "Content-Type",
                           "If-None-Match",
                           "X-Custom",
                           "traceparent",
                           "Idempotency-Key",
                           "Range",
                           "Accept-Encoding"}) {
    EXPECT_TRUE(goes_upstream(head, name)) << name;
  }
}

TEST(GoesUpstream, SeesThroughUnderscores) {  // HT-23
  const auto head = parse_request("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  for (const auto* name : {"wayleave_user", "X_Forwarded_For", "Content_Length", "x_real-ip"}) {
    EXPECT_FALSE(goes_upstream(head, name)) << name;
  }
}

TEST(GoesToCaller, DropsWhatWouldSpeakForOurHost) {  // HT-19
  const net::http1::ResponseHead head;
  for (const auto* name : {"Set-Cookie",
                           "Access-Control-Allow-Origin",
                           "Wayleave-Error",
                           "Wayleave-Request-Id",
                           "Strict-Transport-Security",
                           "Alt-Svc",
                           "Clear-Site-Data",
                           "Connection",
                           "Transfer-Encoding",
                           "Content-Length"}) {
    EXPECT_FALSE(goes_to_caller(head, name)) << name;
  }
  for (const auto* name : {"ETag",
                           "Link",
                           "Retry-After",
                           "X-HubSpot-RateLimit-Remaining",
                           "Content-Type",
                           "Location",
                           "WWW-Authenticate",
                           "Date"}) {
    EXPECT_TRUE(goes_to_caller(head, name)) << name;
  }
}

}  // namespace
}  // namespace wayleave::gateway
