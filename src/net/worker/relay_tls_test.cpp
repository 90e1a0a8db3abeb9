// The relay to a provider over TLS: records, verification, reuse.
#include <gtest/gtest.h>

#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/server.hpp"
#include "net/testing/certificate.hpp"
#include "net/testing/loopback_server.hpp"
#include "net/tls.hpp"
#include "net/worker/test_forwarding.hpp"
#include "net/worker/test_peer.hpp"

namespace wayleave::net {
namespace {

using testing::Certificate;
using testing::LoopbackServer;
using testing::make_certificate;
using testing::TemporaryFile;

class RelayTlsTest : public ::testing::Test {
 protected:
  /// A provider on localhost whose certificate `authority_` signed.
  void serve(const std::string& alt_names, LoopbackServer::Script script) {
    testing::TlsOptions options{make_certificate({.alt_names = alt_names}, &authority_)};
    upstream_ = std::make_unique<LoopbackServer>(std::move(options), std::move(script));
    const Origin origin{true, "localhost", upstream_->port()};
    egress_ =
        std::make_unique<Egress>(std::vector<Egress::Permit>{{origin.host, upstream_->port()}});
    tls_ = std::make_unique<TlsContext>(TlsContext::create({ca_.path()}).value());
    slow_.start();
    server_ = std::make_unique<Server>(
        ServerOptions{},
        slow_,
        UpstreamServices{egress_.get(), &resolver_, tls_.get()},
        log_,
        [origin](WorkerPort& port) { return std::make_unique<test::Forwarding>(port, origin); });
    client_ = std::make_unique<test::Peer>(test::Peer::connect(server_->start().value()));
  }
  void TearDown() override {
    client_.reset();
    server_->stop(Millis{100});
    slow_.stop(Millis{100});
    upstream_.reset();
  }
  std::string ask(std::string_view request) {
    client_->send(request);
    return client_->read_message();
  }

  Certificate authority_ =
      make_certificate({.common_name = "Test CA", .alt_names = "", .authority = true});
  TemporaryFile ca_{authority_.pem()};
  SystemClock clock_;
  Log log_{Log::Level::Off};
  Resolver resolver_{clock_, Millis{1000}};
  std::unique_ptr<Egress> egress_;
  std::unique_ptr<TlsContext> tls_;
  SlowExecutor slow_{1};
  std::unique_ptr<LoopbackServer> upstream_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<test::Peer> client_;
};

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(RelayTlsTest, ReusesOneVerifiedConnection) {
  serve("DNS:localhost", [](testing::Peer& peer) {
    while (!peer.read_request().empty()) {
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(kGet).ends_with("\r\n\r\nok"));
  EXPECT_EQ(upstream_->connections(), 1);
}

TEST_F(RelayTlsTest, CarriesMegabytesBothWays) {
  static constexpr std::size_t size = 5 << 20;
  serve("DNS:localhost", [](testing::Peer& peer) {
    const std::string request = peer.read_request();
    EXPECT_EQ(request.size() - request.find("\r\n\r\n") - 4, size);
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    peer.write(std::string(size, 'd'));
  });
  std::thread sender([&] {
    client_->send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) +
                  "\r\n\r\n" + std::string(size, 'u'));
  });
  const std::string answer = client_->read_message();
  sender.join();
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + std::string(size, 'd')));
}

TEST_F(RelayTlsTest, SendsNothingToAnUnverifiedPeer) {  // OA-15
  serve("DNS:elsewhere.example", [](testing::Peer& peer) { peer.read_request(); });
  EXPECT_TRUE(ask(kGet).starts_with("HTTP/1.1 502 "));
  EXPECT_EQ(upstream_->bytes(), 0U);
}

TEST_F(RelayTlsTest, ACutWithoutCloseNotifyLooksCut) {  // HT-20
  serve("DNS:localhost", [](testing::Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    peer.drop();
  });
  client_->send(kGet);
  EXPECT_TRUE(client_->read_to_end().ends_with("half"));
}

TEST_F(RelayTlsTest, AnAnswerThatEndsWithTheConnectionNeedsCloseNotify) {  // HT-20
  const auto script = [](bool cut) {
    return [cut](testing::Peer& peer) {
      peer.read_request();
      peer.write("HTTP/1.1 200 OK\r\n\r\nhalf");
      cut ? peer.drop() : peer.close();
    };
  };
  serve("DNS:localhost", script(false));
  client_->send(kGet);
  EXPECT_TRUE(client_->read_to("\r\n0\r\n\r\n").ends_with("half\r\n0\r\n\r\n"));
  TearDown();
  serve("DNS:localhost", script(true));
  client_->send(kGet);
  EXPECT_TRUE(client_->read_to_end().ends_with("half\r\n"));
}

TEST_F(RelayTlsTest, ResumesAtTheNextConnection) {
  std::atomic<int> resumed = 0;
  serve("DNS:localhost", [&](testing::Peer& peer) {
    peer.read_request();
    resumed += peer.resumed() ? 1 : 0;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(kGet).ends_with("\r\n\r\nok"));
  EXPECT_EQ(upstream_->connections(), 3);
  EXPECT_EQ(resumed, 2);
}

TEST_F(RelayTlsTest, AnotherHandshakeFollowsASessionThatIsChokedOn) {
  std::atomic<int> served = 0;
  serve("DNS:localhost", [&](testing::Peer& peer) {
    peer.read_request();
    ++served;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  EXPECT_TRUE(ask(kGet).ends_with("\r\n\r\nok"));
  upstream_->refuse_resumption();
  EXPECT_TRUE(ask(kGet).ends_with("\r\n\r\nok"));
  EXPECT_EQ(served, 2);
  EXPECT_EQ(upstream_->connections(), 3);
}

}  // namespace
}  // namespace wayleave::net
