// TLS on a socket of our own: what it costs in system calls, when it is readable, how it ends.
#include <random>

#include "net/worker/test_tls.hpp"

namespace wayleave::net {
namespace {

using State = Transport::State;

class TransportTlsTest : public ::testing::Test {
 protected:
  TransportTlsTest() {
    EXPECT_TRUE(pair_.handshake());
    pair_.greet();
  }

  test::TestTls tls_;
  test::ServerContext context_ = test::make_server(tls_.leaf);
  test::TlsPair pair_{tls_.client.new_connection("localhost"), context_.get()};
  test::End& client_ = *pair_.client;
  test::End& server_ = *pair_.server;
};

TEST_F(TransportTlsTest, TakesTwoSystemCallsForARequest) {
  const Socket::Calls before = client_.io.calls();
  const std::string body(1024, 'b');
  constexpr unsigned rounds = 10;
  for (unsigned i = 0; i < rounds; ++i) {
    ASSERT_TRUE(client_.write({"POST / HTTP/1.1\r\n\r\n", body}));
    server_.tell();
    ASSERT_EQ(server_.read_all(), "POST / HTTP/1.1\r\n\r\n" + body);
    ASSERT_TRUE(server_.write({"HTTP/1.1 200 OK\r\n\r\n", body}));
    client_.tell();
    ASSERT_EQ(client_.read_all(), "HTTP/1.1 200 OK\r\n\r\n" + body);
  }
  EXPECT_EQ(client_.io.calls().sends - before.sends, rounds);
  EXPECT_EQ(client_.io.calls().receives - before.receives, rounds);
  EXPECT_EQ(client_.io.calls().failed_receives, before.failed_receives);
}

TEST_F(TransportTlsTest, TakesSeveralRecordsByOneReceive) {
  const std::string body((80 << 10) + 1000, 'b');
  for (std::size_t at = 0; at < body.size(); at += 16 << 10) {
    ASSERT_TRUE(server_.write({std::string_view(body).substr(at, 16 << 10)}));
  }
  const Socket::Calls before = client_.io.calls();
  client_.tell();
  EXPECT_EQ(client_.read_all(), body);
  EXPECT_EQ(client_.io.calls().receives - before.receives, 2U);  // for six records
  EXPECT_EQ(client_.io.calls().failed_receives, before.failed_receives);
}

TEST_F(TransportTlsTest, StaysReadableWhileBytesWaitInside) {
  ASSERT_TRUE(server_.write({std::string(1000, 'a')}));
  ASSERT_TRUE(server_.write({std::string(1000, 'b')}));
  client_.tell();
  std::array<char, 100> few{};
  ASSERT_EQ(client_.io.read(few).bytes, few.size());
  EXPECT_FALSE(client_.socket_has_bytes());
  ASSERT_TRUE(client_.io.readable());  // no event will tell of the rest
  EXPECT_EQ(client_.read_all(), std::string(900, 'a') + std::string(1000, 'b'));
  EXPECT_FALSE(client_.io.readable());
}

TEST_F(TransportTlsTest, AnEndIsMeantOnlyWithCloseNotify) {  // HT-20
  ASSERT_TRUE(server_.write({"last words"}));
  server_.io.shutdown_write();
  client_.tell();
  EXPECT_EQ(client_.read_all(), "last words");
  EXPECT_EQ(client_.end, State::Closed);
}

TEST_F(TransportTlsTest, ACutIsNoEnd) {  // HT-20
  ASSERT_TRUE(server_.write({"last wor"}));
  server_.io.close();
  client_.tell();
  EXPECT_EQ(client_.read_all(), "last wor");
  EXPECT_EQ(client_.end, State::Failed);
  std::array<char, 16> room{};
  EXPECT_EQ(client_.io.read(room).state, State::Failed) << "and remains none";
}

TEST_F(TransportTlsTest, KeepsTheOrderWhenTheSocketIsFull) {
  std::mt19937 random(7);
  const int small = 16 * 1024;
  ::setsockopt(client_.io.fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  std::string body(1 << 20, '\0');
  for (char& byte : body) byte = static_cast<char>(random());
  const iovec pieces[] = {piece("head"), piece(std::string_view(body).substr(0, 100'000))};
  Outbox outbox;
  ASSERT_TRUE(outbox.send(client_.io, pieces));
  EXPECT_FALSE(outbox.empty());
  std::string_view rest = std::string_view(body).substr(100'000);
  std::string got;
  while (got.size() < body.size() + 4) {
    server_.tell();
    got += server_.read_all();
    client_.tell();
    ASSERT_TRUE(outbox.flush(client_.io));
    if (outbox.empty() && !rest.empty()) {
      const iovec next = piece(rest.substr(0, 1 + random() % 70'000));
      rest.remove_prefix(next.iov_len);
      ASSERT_TRUE(outbox.send(client_.io, {&next, 1}));
    }
  }
  EXPECT_TRUE(got == "head" + body);
}

TEST_F(TransportTlsTest, NothingToWriteIsNoRecord) {
  const std::uint32_t before = client_.io.calls().sends;
  EXPECT_TRUE(client_.write({"", ""}));
  EXPECT_EQ(client_.io.calls().sends, before);
}

}  // namespace
}  // namespace wayleave::net
