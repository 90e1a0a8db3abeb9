// Clients of the data plane over TLS, with slow routes behind it.
#include <gtest/gtest.h>

#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/server.hpp"
#include "net/testing/certificate.hpp"
#include "net/tls_acceptor.hpp"
#include "net/worker/test_filler.hpp"
#include "net/worker/test_peer.hpp"

namespace wayleave::net {
namespace {

using testing::Certificate;
using testing::TemporaryFile;

/// A blocking client that verifies nothing and reads as OpenSSL gives it.
class TlsPeer {
 public:
  explicit TlsPeer(std::uint16_t port) : raw_(test::Peer::connect(port)) {
    SSL_set_fd(ssl_.get(), raw_.fd());
    EXPECT_EQ(SSL_connect(ssl_.get()), 1);
  }
  void send(std::string_view bytes) {
    std::size_t put = 0;
    EXPECT_EQ(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &put), 1);
  }
  std::string read_to(std::string_view mark) {
    while (held_.find(mark) == std::string::npos && fill()) {
    }
    const auto at = std::min(held_.find(mark), held_.size());
    std::string out = held_.substr(0, at + mark.size());
    held_.erase(0, out.size());
    return out;
  }
  /// Everything up to the end; `meant` tells whether the peer said that it is one.
  std::string read_to_end(bool& meant) {
    while (fill()) {
    }
    meant = SSL_get_shutdown(ssl_.get()) == SSL_RECEIVED_SHUTDOWN;
    return std::exchange(held_, {});
  }

 private:
  bool fill() {
    std::array<char, 16 * 1024> room;
    std::size_t got = 0;
    if (SSL_read_ex(ssl_.get(), room.data(), room.size(), &got) != 1) return false;
    held_.append(room.data(), got);
    return true;
  }

  test::Peer raw_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()),
                                                             &SSL_CTX_free};
  TlsContext::Ssl ssl_{SSL_new(context_.get())};
  std::string held_;
};

Task<Response> echo(Request request) { co_return text_response(200, request.query + request.body); }

Task<Response> shorter_than_said(Request) {
  Response response;
  response.stream = std::make_unique<test::Filler>(10);
  response.stream_bytes = 20;
  co_return response;
}

class ClientTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto router = std::make_shared<Router>();
    router->add({"GET", "/echo", echo});
    router->add({"POST", "/echo", echo, 4 << 20});
    router->add({"GET", "/short", shorter_than_said});
    ServerOptions options;
    options.limits.head_time = Millis{300};
    options.tls = acceptor_.get();
    slow_.start();
    const UpstreamServices services{&egress_, &resolver_, nullptr};
    server_ = std::make_unique<Server>(options, slow_, services, log_, slow_routes(router));
    port_ = server_->start().value();
  }
  void TearDown() override {
    server_->stop(Millis{1000});
    slow_.stop(Millis{1000});
  }
  static TlsIdentity make_identity() {
    const Certificate made = testing::make_certificate({});
    const TemporaryFile chain(made.pem());
    const TemporaryFile key(made.key_pem());
    return TlsIdentity::load({chain.path(), key.path()}).value();
  }

  SystemClock clock_;
  Log log_{Log::Level::Off};
  Egress egress_;
  Resolver resolver_{clock_, Millis{1000}};
  SlowExecutor slow_{1};
  std::unique_ptr<TlsAcceptor> acceptor_ =
      TlsAcceptor::create(make_identity(), clock_.tick()).value();
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

TEST_F(ClientTlsTest, AnswersRequestsOneByOneAndPipelined) {
  TlsPeer peer(port_);
  peer.send("GET /echo?one HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.read_to("\r\n\r\none").starts_with("HTTP/1.1 200 "));
  peer.send("GET /echo?two HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?three HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.read_to("\r\n\r\ntwo").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(peer.read_to("\r\n\r\nthree").starts_with("HTTP/1.1 200 "));
}

TEST_F(ClientTlsTest, CarriesAMegabyteBothWays) {
  std::string body(1 << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i % 251);
  TlsPeer peer(port_);
  peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\nConnection: close\r\n\r\n" + body);
  bool meant = false;
  EXPECT_TRUE(peer.read_to_end(meant).ends_with("\r\n\r\n" + body));
  EXPECT_TRUE(meant);
}

TEST_F(ClientTlsTest, ACutAnswerLooksCut) {  // HT-20
  TlsPeer peer(port_);
  peer.send("GET /short HTTP/1.1\r\nHost: x\r\n\r\n");
  bool meant = true;
  EXPECT_TRUE(peer.read_to_end(meant).ends_with("\r\n\r\nxxxxxxxxxx"));
  EXPECT_FALSE(meant);
}

TEST_F(ClientTlsTest, TellsAPlainClientWhatToDo) {
  for (const char* method : {"GET", "POST", "DELETE", "OPTIONS"}) {
    auto peer = test::Peer::connect(port_);
    peer.send(std::string(method) + " /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = peer.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << method << answer;
    const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
    EXPECT_NE(body.find("https://"), std::string::npos);
    EXPECT_NE(answer.find("Content-Length: " + std::to_string(body.size())), std::string::npos);
  }
}

TEST_F(ClientTlsTest, AHandshakeHasTheTimeOfAHead) {  // DS-01
  auto silent = test::Peer::connect(port_);
  auto halting = test::Peer::connect(port_);
  halting.send("\x16\x03\x01");
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(halting.read_to_end(), "");
  TlsPeer then_silent(port_);
  bool meant = false;
  EXPECT_EQ(then_silent.read_to_end(meant), "");
  EXPECT_TRUE(meant);
  TlsPeer slow(port_);
  slow.send("GET /echo HT");
  EXPECT_TRUE(slow.read_to_end(meant).starts_with("HTTP/1.1 408 "));
}

TEST_F(ClientTlsTest, SaysGoodbyeToIdleConnectionsWhenItStops) {
  TlsPeer peer(port_);
  peer.send("GET /echo?a HTTP/1.1\r\nHost: x\r\n\r\n");
  peer.read_to("\r\n\r\na");
  server_->stop(Millis{1000});
  bool meant = false;
  EXPECT_EQ(peer.read_to_end(meant), "");
  EXPECT_TRUE(meant);
}

}  // namespace
}  // namespace wayleave::net
