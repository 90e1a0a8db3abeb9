#include "net/client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <semaphore>
#include <thread>

#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/testing/loopback_server.hpp"
#include "net/tls.hpp"

namespace wayleave::net {
namespace {

using testing::LoopbackServer;
using testing::Peer;
using Outcome = std::expected<Incoming, CallError>;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A client that may call the given loopback ports by the name localhost, and a thread for it.
class Caller {
 public:
  explicit Caller(const std::vector<std::uint16_t>& ports, Resolver::LookUp look_up = loopback())
      : egress_(permits(ports)), resolver_(clock_, Millis{0}, std::move(look_up)) {}
  ~Caller() { context_.stop(); }

  std::future<Outcome> start(Outgoing outgoing) {
    return boost::asio::co_spawn(
        context_, client_->call(std::move(outgoing)), boost::asio::use_future);
  }
  Outcome call(Outgoing outgoing) { return start(std::move(outgoing)).get(); }
  Outcome get(const std::string& url) { return call({.url = url}); }
  Outcome post(const std::string& url, std::string body = "x") {
    return call({.method = "POST", .url = url, .body = std::move(body)});
  }
  Resolver& resolver() { return resolver_; }
  FakeClock& clock() { return clock_; }

  static Resolver::LookUp loopback() {
    return [](const std::string&) {
      return Resolver::Addresses{boost::asio::ip::make_address("127.0.0.1")};
    };
  }

 private:
  static std::vector<Egress::Permit> permits(const std::vector<std::uint16_t>& ports) {
    std::vector<Egress::Permit> permits;
    for (const auto port : ports) permits.push_back({"localhost", port});
    return permits;
  }

  boost::asio::io_context context_{1};  // outlives the resolver
  FakeClock clock_;
  Egress egress_;
  Resolver resolver_;
  TlsContext tls_ = TlsContext::create({}).value();
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      context_.get_executor()};
  std::unique_ptr<Client> client_ =
      make_client({.egress = &egress_, .resolver = &resolver_, .tls = &tls_}, clock_);
  std::jthread thread_{[this] { context_.run(); }};
};

/// Answers every request on a connection with the same bytes.
LoopbackServer::Script always(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    while (!peer.read_request().empty() && peer.write(answer)) {
    }
  };
}

/// Answers one request and ends the connection.
LoopbackServer::Script once(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    peer.read_request();
    peer.write(answer);
    peer.close();
  };
}

void expect_failure(const Outcome& outcome, const std::string& code, Reached reached) {
  ASSERT_FALSE(outcome) << outcome->status;
  EXPECT_EQ(outcome.error().error.code, code) << outcome.error().error.detail;
  EXPECT_EQ(outcome.error().reached, reached);
}

TEST(Client, SendsTheWholeRequest) {
  std::promise<std::string> seen;
  LoopbackServer server([&](Peer& peer) {
    seen.set_value(peer.read_request());
    peer.write("HTTP/1.1 201 Created\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello");
    peer.read_request();
  });
  Caller caller({server.port()});
  const auto outcome = caller.call({.method = "POST",
                                    .url = server.url("http", "/a/b?c=%20d#e"),
                                    .fields = {{"Content-Type", "text/plain"}},
                                    .body = "body"});
  ASSERT_TRUE(outcome) << outcome.error().error.detail;
  EXPECT_EQ(outcome->status, 201);
  EXPECT_EQ(outcome->fields.count("X-A"), 2U);
  EXPECT_EQ(outcome->body, "hello");
  EXPECT_EQ(seen.get_future().get(),
            "POST /a/b?c=%20d HTTP/1.1\r\nHost: localhost:" + std::to_string(server.port()) +
                "\r\nUser-Agent: wayleave\r\nContent-Type: text/plain\r\nContent-Length: "
                "4\r\n\r\nbody");
}

TEST(Client, ReadsEveryKindOfBody) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nT: "
       "x\r\n\r\n",
       "abc"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil close", "until close"},
      {"HTTP/1.0 200 OK\r\n\r\n", ""},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\n" + kOk, "ok"}};
  for (const auto& [answer, body] : table) {
    LoopbackServer server(once(answer));
    Caller caller({server.port()});
    const auto outcome = caller.get(server.url("http"));
    ASSERT_TRUE(outcome) << answer << outcome.error().error.detail;
    EXPECT_EQ(outcome->body, body) << answer;
  }
  LoopbackServer server(once("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  Caller caller({server.port()});
  EXPECT_TRUE(caller.call({.method = "HEAD", .url = server.url("http")}));
}

TEST(Client, KeepsConnections) {
  LoopbackServer server(always(kOk));
  Caller caller({server.port()});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(caller.get(server.url("http")));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests(), 5);
}

TEST(Client, KeepsNoConnectionThatMayBeOutOfStep) {  // HT-21
  for (const std::string& answer :
       {kOk + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen",
        std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")}) {
    LoopbackServer server(always(answer));
    Caller caller({server.port()});
    for (int i = 0; i < 2; ++i) {
      const auto outcome = caller.get(server.url("http"));
      ASSERT_TRUE(outcome);
      EXPECT_EQ(outcome->body, "ok");
    }
    EXPECT_EQ(server.connections(), 2) << answer;
  }
}

TEST(Client, RefusesWhatIsNotPermitted) {  // PX-06, OA-15
  LoopbackServer server(always(kOk));
  Caller caller({});
  const std::string port = ":" + std::to_string(server.port());
  for (const auto* url : {"http://localhost",
                          "https://localhost",
                          "https://127.0.0.1",
                          "https://[::1]",
                          "https://[::ffff:127.0.0.1]",
                          "http://api.example.com"}) {
    expect_failure(caller.get(url + port), "host_not_allowed", Reached::Nothing);
  }
  for (const auto* url : {"https://0x7f.1",
                          "https://2130706433",
                          "https://127.1",
                          "localhost",
                          "https://u@localhost",
                          "ftp://localhost"}) {
    expect_failure(caller.get(url + port), "invalid_request", Reached::Nothing);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(Client, DialsOnlyTheAddressThatWasJudged) {  // PX-05: a name that changes its mind
  LoopbackServer server(always(kOk));
  std::atomic<int> asked = 0;
  Caller caller({}, [&](const std::string&) {
    const char* address = ++asked == 1 ? "8.8.8.8" : "127.0.0.1";
    return Resolver::Addresses{boost::asio::ip::make_address(address)};
  });
  std::promise<Result<Resolver::Addresses>> first;
  caller.resolver().resolve("api.example.com", [&](auto answer) { first.set_value(answer); });
  ASSERT_TRUE(is_public(first.get_future().get().value().at(0))) << "a check made earlier";
  const std::string url = "https://api.example.com:" + std::to_string(server.port()) + "/";
  expect_failure(caller.get(url), "host_not_allowed", Reached::Nothing);
  EXPECT_EQ(asked, 2) << "looked up once per call";
  EXPECT_EQ(server.connections(), 0);
}

TEST(Client, TriesTheNextAddress) {
  LoopbackServer server(always(kOk));
  Caller caller({server.port()}, [](const std::string&) {
    return Resolver::Addresses{boost::asio::ip::make_address("::1"),
                               boost::asio::ip::make_address("127.0.0.1")};
  });
  EXPECT_TRUE(caller.get(server.url("http")));
}

TEST(Client, FollowsNoRedirect) {  // OA-16, PX-07
  LoopbackServer other(always(kOk));
  LoopbackServer server(always("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + other.url("http") +
                               "\r\nContent-Length: 0\r\n\r\n"));
  Caller caller({server.port(), other.port()});
  const auto outcome = caller.post(server.url("http"), "secret");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, 307);
  EXPECT_EQ(other.connections(), 0);
}

TEST(Client, AbortsAnAnswerAtTheLimit) {  // OA-18
  constexpr std::size_t kAll = 64 << 20;
  const std::string piece(1 << 16, 'x');
  for (const std::string head :
       {"HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4000000\r\n"}) {
    std::promise<std::size_t> written;
    LoopbackServer server([&](Peer& peer) {
      peer.read_request();
      std::size_t size = 0;
      if (peer.write(head)) {
        while (size < kAll && peer.write(piece)) size += piece.size();
      }
      written.set_value(size);
    });
    Caller caller({server.port()});
    const auto outcome = caller.get(server.url("http"));
    expect_failure(outcome, "answer_too_large", Reached::Maybe);
    EXPECT_EQ(outcome.error().error.kind, ErrorKind::Limit);
    EXPECT_LT(written.get_future().get(), kAll / 2) << "the rest was not taken";
  }
  LoopbackServer server(once("HTTP/1.1 200 OK\r\n\r\n" + piece));
  Caller caller({server.port()});
  const auto exact = caller.call({.url = server.url("http"), .answer_bytes_max = piece.size()});
  ASSERT_TRUE(exact);
  EXPECT_EQ(exact->body.size(), piece.size());
}

TEST(Client, SaysThatACutAnswerIsCut) {  // HT-20
  for (const std::string answer :
       {"",
        "HTTP/1.1 2",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n"}) {
    LoopbackServer server(once(answer));
    Caller caller({server.port()});
    const auto outcome = caller.get(server.url("http"));
    expect_failure(outcome, "connection_lost", Reached::Maybe);
    EXPECT_EQ(outcome.error().error.kind, ErrorKind::Retry);
    EXPECT_EQ(server.connections(), 1) << "a fresh connection is not tried twice";
  }
}

TEST(Client, RefusesUnlawfulAnswers) {  // HT-18
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 102 Processing\r\n\r\n";
  for (const std::string& answer :
       {std::string("SSH-2.0-x\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"),
        "HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x'),
        interim + kOk}) {
    LoopbackServer server(always(answer));
    Caller caller({server.port()});
    expect_failure(caller.get(server.url("http")), "invalid_answer", Reached::Maybe);
  }
}

TEST(Client, WritesNothingThatCouldStartAnotherLine) {  // HT-17
  LoopbackServer server(always(kOk));
  Caller caller({server.port()});
  const std::string url = server.url("http");
  const std::vector<Outgoing> attacks{{.method = "GET / HTTP/1.1\r\nX: y", .url = url},
                                      {.method = "", .url = url},
                                      {.method = "CONNECT", .url = url},
                                      {.method = std::string(33, 'A'), .url = url},
                                      {.url = url + "\r\nX: y"},
                                      {.url = url, .fields = {{"X", "a\r\nY: b"}}},
                                      {.url = url, .fields = {{"X\r\nY", "b"}}},
                                      {.url = url, .fields = {{"Host", "evil"}}},
                                      {.url = url, .fields = {{"content-length", "5"}}},
                                      {.url = url, .fields = {{"Transfer-Encoding", "chunked"}}},
                                      {.url = url, .fields = {{"Connection", "close"}}}};
  for (const Outgoing& attack : attacks) {
    expect_failure(caller.call(attack), "invalid_request", Reached::Nothing);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(Client, HasADeadlineForTheWholeCall) {
  std::binary_semaphore never(0);
  LoopbackServer silent([](Peer& peer) {
    peer.read_request();
    peer.read_request();
  });
  LoopbackServer trickling([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1");
    peer.read_request();
  });
  Caller caller({silent.port(), trickling.port()}, [&](const std::string& host) {
    if (host != "localhost") never.acquire();
    return Caller::loopback()(host);
  });
  const Millis timeout{50};
  for (const auto* server : {&silent, &trickling}) {
    expect_failure(
        caller.call({.url = server->url("http"), .timeout = timeout}), "timeout", Reached::Maybe);
  }
  expect_failure(
      caller.call({.url = silent.url("https"), .timeout = timeout}), "timeout", Reached::Nothing);
  expect_failure(caller.call({.url = "https://slow.example", .timeout = timeout}),
                 "timeout",
                 Reached::Nothing);
  never.release();
}

TEST(Client, SendsNothingThatIsNoLongerWantedOnceItIsConnected) {  // TK-02
  LoopbackServer server(always(kOk));
  Caller caller({server.port()});
  Outgoing outgoing{.method = "POST", .url = server.url("http"), .body = "spent once"};
  outgoing.still_wanted = [] { return false; };
  expect_failure(caller.call(outgoing), "no_longer_wanted", Reached::Nothing);
  outgoing.still_wanted = [] { return true; };
  EXPECT_TRUE(caller.call(outgoing));
  EXPECT_EQ(server.requests(), 1);
}

TEST(Client, SaysWhenNothingWasReached) {
  std::uint16_t closed_port = 0;
  {
    closed_port = LoopbackServer(always(kOk)).port();
  }
  Caller caller({closed_port}, [](const std::string& host) -> Result<Resolver::Addresses> {
    if (host != "localhost") return fail(ErrorKind::Retry, "host_not_resolved", "no such name");
    return Caller::loopback()(host);
  });
  expect_failure(caller.get("http://localhost:" + std::to_string(closed_port)),
                 "connect_failed",
                 Reached::Nothing);
  expect_failure(caller.get("https://nowhere.example"), "host_not_resolved", Reached::Nothing);
}

TEST(Client, SendsAgainOnlyWhatMayBeSentTwice) {  // HT-22: a pooled connection that was stale
  LoopbackServer server([&](Peer& peer) {
    peer.read_request();
    peer.write(kOk);
    peer.read_request();  // and ends without a word
  });
  Caller caller({server.port()});
  ASSERT_TRUE(caller.get(server.url("http")));
  EXPECT_TRUE(caller.get(server.url("http"))) << "once more on a new connection";
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.requests(), 3);
  expect_failure(caller.post(server.url("http")), "connection_lost", Reached::Maybe);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.requests(), 4) << "the POST was sent once";
}

TEST(Client, RisksNoUnknownFateOnAnOldConnection) {
  LoopbackServer server(always(kOk));
  Caller caller({server.port()});
  ASSERT_TRUE(caller.post(server.url("http")));
  ASSERT_TRUE(caller.post(server.url("http")));
  EXPECT_EQ(server.connections(), 1);
  caller.clock().advance(Millis{1'001});
  ASSERT_TRUE(caller.post(server.url("http")));
  EXPECT_EQ(server.connections(), 2) << "a POST wants a connection that was in use just now";
  ASSERT_TRUE(caller.get(server.url("http")));
  EXPECT_EQ(server.connections(), 2);
}

TEST(Client, NoticesThatAPooledConnectionWasClosed) {
  std::counting_semaphore<> closed(0);
  LoopbackServer server([&](Peer& peer) {
    peer.read_request();
    peer.write(kOk);
    peer.close();
    closed.release();
  });
  Caller caller({server.port()});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(caller.post(server.url("http")));
    closed.acquire();
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(Client, ServesManyCallsOnManyThreads) {
  LoopbackServer server(always(kOk));
  SystemClock clock;
  const Egress egress({{"localhost", server.port()}});
  boost::asio::io_context context;
  Resolver resolver(clock, Millis{1000}, Caller::loopback());
  const auto tls = TlsContext::create({}).value();
  const auto client = make_client({.egress = &egress, .resolver = &resolver, .tls = &tls});
  std::vector<std::future<Outcome>> calls;
  for (int i = 0; i < 200; ++i) {
    auto call = client->call({.method = i % 2 == 0 ? "GET" : "POST", .url = server.url("http")});
    calls.push_back(boost::asio::co_spawn(context, std::move(call), boost::asio::use_future));
  }
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { context.run(); });
  }
  for (auto& call : calls) {
    const auto outcome = call.get();
    EXPECT_TRUE(outcome && outcome->body == "ok");
  }
}

}  // namespace
}  // namespace wayleave::net
