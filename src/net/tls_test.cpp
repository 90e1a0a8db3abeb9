#include "net/tls.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "net/client.hpp"
#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/testing/loopback_server.hpp"

namespace wayleave::net {
namespace {

using testing::Certificate;
using testing::LoopbackServer;
using testing::make_certificate;
using testing::Peer;
using testing::TemporaryFile;
using Outcome = std::expected<Incoming, CallError>;

const Certificate& authority() {
  static const Certificate made =
      make_certificate({.common_name = "Test CA", .alt_names = "", .authority = true});
  return made;
}

LoopbackServer::Script answer_ok() {
  return [](Peer& peer) {
    while (!peer.read_request().empty()) {
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  };
}

/// POSTs to the server one after the other; it is permitted by `host`, and the authority above is
/// trusted. The last outcome.
Outcome post(const LoopbackServer& server, const std::string& host = "localhost", int times = 1) {
  const TemporaryFile trusted(authority().pem());
  const auto tls = TlsContext::create({.extra_ca_file = trusted.path()}).value();
  const Egress egress({{host, server.port()}});
  const FakeClock clock;
  boost::asio::io_context context;  // outlives the resolver
  Resolver resolver(clock, Millis{0}, [](const std::string&) {
    return Resolver::Addresses{boost::asio::ip::make_address("127.0.0.1")};
  });
  const auto client = make_client({.egress = &egress, .resolver = &resolver, .tls = &tls}, clock);
  const Outgoing outgoing{.method = "POST",
                          .url = "https://" + host + ":" + std::to_string(server.port()),
                          .fields = {{"Authorization", "Basic c2VjcmV0"}},
                          .body = "secret"};
  Outcome last;
  for (int i = 0; i < times; ++i) {
    auto call = boost::asio::co_spawn(context, client->call(outgoing), boost::asio::use_future);
    context.restart();
    context.run();
    last = call.get();
  }
  return last;
}

TEST(Tls, ReachesAServerWhoseCertificateIsGood) {
  LoopbackServer by_name({.certificate = make_certificate({}, &authority())}, answer_ok());
  const auto outcome = post(by_name);
  ASSERT_TRUE(outcome) << outcome.error().error.detail << outcome.error().error.operator_detail;
  EXPECT_EQ(outcome->body, "ok");
  LoopbackServer by_address(
      {.certificate = make_certificate({.alt_names = "IP:127.0.0.1"}, &authority())}, answer_ok());
  EXPECT_TRUE(post(by_address, "127.0.0.1"));
  LoopbackServer by_wildcard(
      {.certificate = make_certificate({.alt_names = "DNS:*.example.com"}, &authority())},
      answer_ok());
  EXPECT_TRUE(post(by_wildcard, "api.example.com"));
}

TEST(Tls, KeepsConnections) {
  LoopbackServer server({.certificate = make_certificate({}, &authority())}, answer_ok());
  ASSERT_TRUE(post(server, "localhost", 3));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests(), 3);
}

TEST(Tls, SpeaksTls12) {
  LoopbackServer server(
      {.certificate = make_certificate({}, &authority()), .version_max = TLS1_2_VERSION},
      answer_ok());
  EXPECT_TRUE(post(server));
}

struct BadServer {
  const char* what;
  testing::CertificateOptions certificate = {};
  const char* code;
  bool self_signed = false;
  int version_max = TLS1_3_VERSION;
  const char* host = "localhost";
};

TEST(Tls, GivesNoSecretToAServerItCannotVerify) {  // OA-15
  const std::vector<BadServer> table{
      {"self-signed", {}, "tls_certificate_untrusted", true},
      {"expired", {.begins_s = -7200, .ends_s = -60}, "tls_certificate_expired"},
      {"not yet valid", {.begins_s = 600}, "tls_certificate_expired"},
      {"other name", {.alt_names = "DNS:other.example"}, "tls_host_mismatch"},
      {"longer name", {.alt_names = "DNS:localhost.example"}, "tls_host_mismatch"},
      {"name in the subject only", {.alt_names = ""}, "tls_host_mismatch"},
      {"address as a name",
       {.alt_names = "DNS:127.0.0.1"},
       "tls_host_mismatch",
       false,
       TLS1_3_VERSION,
       "127.0.0.1"},
      {"wildcard over two labels",
       {.alt_names = "DNS:*.example.com"},
       "tls_host_mismatch",
       false,
       TLS1_3_VERSION,
       "a.b.example.com"},
      {"partial wildcard",
       {.alt_names = "DNS:a*.example.com"},
       "tls_host_mismatch",
       false,
       TLS1_3_VERSION,
       "api.example.com"},
      {"TLS 1.1", {}, "tls_version", false, TLS1_1_VERSION},
      {"expired, TLS 1.2",
       {.begins_s = -7200, .ends_s = -60},
       "tls_certificate_expired",
       false,
       TLS1_2_VERSION}};
  for (const auto& bad : table) {
    const Certificate* issuer = bad.self_signed ? nullptr : &authority();
    LoopbackServer server(
        {.certificate = make_certificate(bad.certificate, issuer), .version_max = bad.version_max},
        answer_ok());
    const auto outcome = post(server, bad.host);
    ASSERT_FALSE(outcome) << bad.what;
    EXPECT_EQ(outcome.error().error.code, bad.code)
        << bad.what << ": " << outcome.error().error.detail;
    EXPECT_EQ(outcome.error().error.kind, ErrorKind::Retry) << bad.what;
    EXPECT_EQ(outcome.error().reached, Reached::Nothing) << bad.what;
    EXPECT_EQ(server.bytes(), 0U) << bad.what;
  }
}

TEST(Tls, RefusesAnIntermediateThatIsNoAuthority) {
  const Certificate leaf = make_certificate({}, &authority());
  LoopbackServer server({.certificate = make_certificate({}, &leaf)}, answer_ok());
  const auto outcome = post(server);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error.code, "tls_certificate_untrusted");
}

TEST(Tls, RefusesAServerThatSpeaksPlainHttp) {
  LoopbackServer server([](Peer& peer) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const auto outcome = post(server);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error.code, "tls_version");
  EXPECT_EQ(outcome.error().reached, Reached::Nothing);
}

TEST(Tls, TakesACutForNoEnd) {  // a body that only ends with the connection needs close_notify
  LoopbackServer server({.certificate = make_certificate({}, &authority())}, [](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n\r\nhalf");
    peer.drop();
  });
  const auto outcome = post(server);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error.code, "connection_lost");
}

TEST(Tls, NeedsAReadableFileOfAuthorities) {
  EXPECT_EQ(TlsContext::create({.extra_ca_file = "/nonexistent"}).error().field, "extra_ca_file");
  const TemporaryFile empty("no certificate");
  EXPECT_FALSE(TlsContext::create({.extra_ca_file = empty.path()}));
}

TEST(Tls, NeedsAHostToVerify) {
  const auto tls = TlsContext::create({}).value();
  EXPECT_THROW((void)tls.new_connection(""), std::invalid_argument);
  EXPECT_THROW((void)tls.new_connection(std::string(300, 'a')), std::invalid_argument);
}

}  // namespace
}  // namespace wayleave::net
