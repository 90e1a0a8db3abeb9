#include "net/worker/upstream_pool.hpp"

#include <gtest/gtest.h>

#include <future>

#include "net/resolver.hpp"
#include "net/testing/loopback_server.hpp"

namespace wayleave::net {
namespace {

using testing::LoopbackServer;

class User final : public UpstreamUser {
 public:
  void upstream_ready() override { ready = true; }
  void upstream_lost(const UpstreamFailure& failure) override { lost = failure.detail; }
  bool ready = false;
  std::string lost;
};

/// A pool on a loop that the test turns itself.
class UpstreamPoolTest : public ::testing::TestWithParam<bool> {
 protected:
  void serve(LoopbackServer::Script script) {
    if (GetParam()) {
      testing::TlsOptions options{testing::make_certificate({}, &authority_)};
      server_ = std::make_unique<LoopbackServer>(std::move(options), std::move(script));
    } else {
      server_ = std::make_unique<LoopbackServer>(std::move(script));
    }
    egress_ = std::make_unique<Egress>(std::vector<Egress::Permit>{{"localhost", server_->port()}});
    const UpstreamServices services{egress_.get(), &resolver_, &tls_};
    loop_ = std::make_unique<Loop>(Poller::create().value(), Limits{}, services, log_);
    ASSERT_TRUE(loop_->poller.watch_level(loop_->mailbox->fd(), *loop_->mailbox));
    pool_ =
        std::make_unique<UpstreamPool>(*loop_, Origin{GetParam(), "localhost", server_->port()});
  }
  void turn() {
    loop_->poller.wait(100, [] {});
    loop_->graveyard.clear();
  }
  UpstreamConnection& connect() {
    UpstreamConnection* made = pool_->acquire(user_, true);
    while (!user_.ready && user_.lost.empty()) turn();
    EXPECT_EQ(user_.lost, "");
    return *made;
  }
  static void send(UpstreamConnection& connection, std::string_view text) {
    const iovec whole = piece(text);
    EXPECT_TRUE(connection.outbox.send(connection.io, {&whole, 1}));
  }
  /// Reads exactly so many bytes.
  std::string read(UpstreamConnection& connection, std::size_t size) {
    std::string got;
    while (got.size() < size) {
      std::string room(size - got.size(), '\0');
      const auto outcome = connection.io.read(room);
      if (outcome.state == Transport::State::Again) turn();
      got.append(room, 0, outcome.bytes);
    }
    return got;
  }

  testing::Certificate authority_ =
      testing::make_certificate({.common_name = "Test CA", .alt_names = "", .authority = true});
  testing::TemporaryFile ca_{authority_.pem()};
  TlsContext tls_ = TlsContext::create({.extra_ca_file = ca_.path()}).value();
  SystemClock clock_;
  Log log_{Log::Level::Off};
  Resolver resolver_{clock_, Millis{1000}};
  std::unique_ptr<LoopbackServer> server_;
  std::unique_ptr<Egress> egress_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<UpstreamPool> pool_;
  User user_;
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\n\r\n";

TEST_P(UpstreamPoolTest, KeepsAConnectionThatIsSilent) {
  serve([](testing::Peer& peer) {
    while (!peer.read_request().empty()) peer.write("answer");
  });
  UpstreamConnection& connection = connect();
  send(connection, kGet);
  EXPECT_EQ(read(connection, 6), "answer");
  pool_->release(connection);
  UpstreamConnection* again = pool_->acquire(user_, false);
  ASSERT_EQ(again, &connection);
  EXPECT_TRUE(again->reused());
  send(*again, kGet);
  EXPECT_EQ(read(*again, 6), "answer");
}

// HT-21: bytes beyond the answer have come and no event will tell of them, for its edge is used up;
// under TLS they even lie inside OpenSSL.
TEST_P(UpstreamPoolTest, KeepsNoConnectionThatHoldsMore) {
  std::promise<void> written;
  serve([&](testing::Peer& peer) {
    peer.read_request();
    peer.write("answerHTTP/1.1 200 OK\r\n\r\n");
    written.set_value();
    peer.read_request();
  });
  UpstreamConnection& connection = connect();
  send(connection, kGet);
  written.get_future().wait();
  EXPECT_EQ(read(connection, 6), "answer");
  pool_->release(connection);
  EXPECT_EQ(pool_->find(1), nullptr);
  EXPECT_NE(pool_->acquire(user_, false), nullptr);
  EXPECT_NE(pool_->find(2), nullptr) << "a new one";
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, UpstreamPoolTest, ::testing::Bool());

}  // namespace
}  // namespace wayleave::net
