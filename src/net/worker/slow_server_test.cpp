// The data plane with slow routes, over real sockets.
#include <gtest/gtest.h>

#include <atomic>

#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/server.hpp"
#include "net/worker/test_filler.hpp"
#include "net/worker/test_peer.hpp"

namespace wayleave::net {
namespace {

using test::Peer;

Task<Response> say_hello(Request request) {
  co_return text_response(200, "hello " + request.body + request.query);
}

Task<Response> throw_up(Request) {
  throw std::runtime_error("handler fault");
  co_return Response{};
}

Task<Response> stream_chunked(Request) {
  Response response;
  response.stream = std::make_unique<test::Filler>(200'000);
  co_return response;
}

Task<Response> stream_known(Request) {
  Response response;
  response.stream = std::make_unique<test::Filler>(200'000);
  response.stream_bytes = 200'000;
  co_return response;
}

Task<Response> stream_short(Request) {
  Response response;
  response.stream = std::make_unique<test::Filler>(10);
  response.stream_bytes = 20;
  co_return response;
}

Task<Response> cut_half(Request) {
  Response response = text_response(200, std::string(100, 'y'));
  response.cut_after = 50;
  co_return response;
}

class Tally final : public BodySink {
 public:
  void write(std::string_view bytes) override { total += bytes.size(); }
  std::size_t total = 0;
};

Task<Response> tally(Request request) {
  const auto& sink = static_cast<Tally&>(*request.body_sink);
  co_return text_response(200, std::to_string(sink.total));
}

class SlowServer : public testing::Test {
 protected:
  void SetUp() override {
    auto router = std::make_shared<Router>();
    router->add({"GET", "/hello", say_hello});
    router->add({"POST", "/hello", say_hello, 1000});
    router->add({"GET", "/throw", throw_up});
    router->add({"GET", "/chunked", stream_chunked});
    router->add({"GET", "/known", stream_known});
    router->add({"GET", "/short", stream_short});
    router->add({"GET", "/cut", cut_half});
    router->add({"POST", "/tally", tally, 0, [] { return std::make_unique<Tally>(); }});
    services_ = {&egress_, &resolver_, nullptr};
    ServerOptions options;
    options.limits.head_time = Millis{300};
    slow_.start();
    server_ = std::make_unique<Server>(options, slow_, services_, log_, slow_routes(router));
    const auto port = server_->start();
    ASSERT_TRUE(port) << port.error().detail;
    port_ = *port;
  }
  void TearDown() override {
    server_->stop(Millis{1000});
    slow_.stop(Millis{1000});
  }
  Peer connect() const { return Peer::connect(port_); }

  SystemClock clock_;
  Log log_{Log::Level::Off};
  Egress egress_;
  Resolver resolver_{clock_, Millis{1000}};
  UpstreamServices services_;
  SlowExecutor slow_{2};
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

TEST_F(SlowServer, AnswersSeveralRequestsOnOneConnection) {
  Peer peer = connect();
  for (int i = 0; i < 3; ++i) {
    peer.send("GET /hello?a HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = peer.read_message();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("hello a")) << answer;
    EXPECT_NE(answer.find("Wayleave-Request-Id: req_"), std::string::npos);
  }
}

TEST_F(SlowServer, AnswersPipelinedRequestsInOrder) {
  Peer peer = connect();
  peer.send(
      "GET /hello?1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /hello HTTP/1.1\r\nHost: x\r\n"
      "Content-Length: 3\r\n\r\ntwoGET /hello?3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.read_message().ends_with("hello 1"));
  EXPECT_TRUE(peer.read_message().ends_with("hello two"));
  EXPECT_TRUE(peer.read_message().ends_with("hello 3"));
}

TEST_F(SlowServer, TakesARequestCutIntoSingleBytes) {
  Peer peer = connect();
  for (const char c : std::string_view("POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                       "chunked\r\n\r\n2;ext\r\nab\r\n1\r\nc\r\n0\r\n\r\n")) {
    peer.send({&c, 1});
  }
  EXPECT_TRUE(peer.read_message().ends_with("hello abc"));
}

TEST_F(SlowServer, KnowsARequestAgainAfterServingOthers) {
  Peer waiting = connect();
  Peer other = connect();
  waiting.send(
      "POST /hello?mine HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(waiting.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  other.send("GET /hello?theirs HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(other.read_to_end().ends_with("hello theirs"));
  waiting.send("and ");
  const std::string answer = waiting.read_message();
  EXPECT_TRUE(answer.ends_with("hello and mine")) << answer;
  EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
}

TEST_F(SlowServer, StreamsChunkedAndKnownLengths) {
  Peer peer = connect();
  peer.send("GET /known HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(peer.read_message().substr(0, 15), "HTTP/1.1 200 OK");
  peer.send("GET /chunked HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = peer.read_to_end();
  EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
  const auto body = answer.substr(answer.find("\r\n\r\n"));
  EXPECT_EQ(std::count(body.begin(), body.end(), 'x'), 200'000);
  EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(SlowServer, AnswersHeadWithoutABody) {
  Peer peer = connect();
  peer.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(peer.read_to("\r\n\r\n").find("405"), std::string::npos);
  peer.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.read_message().starts_with("HTTP/1.1 200"));
}

TEST_F(SlowServer, ClosesAfterABadHeadAndReadsNothingMore) {  // HT-09
  Peer peer = connect();
  peer.send("GET /hello HTTP/1.1\r\nHost : x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = peer.read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST_F(SlowServer, NeverTakesAnUnreadBodyForARequest) {  // HT-10
  Peer peer = connect();
  peer.send(
      "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 37\r\n\r\n"
      "GET /hello HTTP/1.1\r\nHost: x\r\n\r\nrest!");
  EXPECT_TRUE(peer.read_message().starts_with("HTTP/1.1 404 "));
  peer.send("GET /hello?after HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.read_message().ends_with("hello after"));
}

TEST_F(SlowServer, RefusesBodiesOverTheRoutesLimit) {  // DS-04
  for (const char* framing :
       {"Content-Length: 1001\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"}) {
    Peer peer = connect();
    peer.send(std::string("POST /hello HTTP/1.1\r\nHost: x\r\n") + framing);
    peer.send("3e9\r\n" + std::string(1001, 'a') + "\r\n0\r\n\r\n");
    EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 413 ")) << framing;
  }
}

TEST_F(SlowServer, AnswersABare500WhenAHandlerThrows) {  // OP-10
  Peer peer = connect();
  peer.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = peer.read_message();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(answer.find("handler fault"), std::string::npos);
  peer.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.read_message().starts_with("HTTP/1.1 200"));
}

TEST_F(SlowServer, ClosesAHeadThatDoesNotComeInTime) {  // DS-01
  Peer peer = connect();
  peer.send("GET /hello HT");
  EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 408 "));
  Peer silent = connect();
  EXPECT_EQ(silent.read_to_end(), "");
}

TEST_F(SlowServer, SendsContinueBeforeItWaitsForABody) {  // HT-11
  Peer peer = connect();
  peer.send("POST /hello HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(peer.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("ok");
  EXPECT_TRUE(peer.read_message().ends_with("hello ok"));
}

TEST_F(SlowServer, GivesBodiesToASinkWithoutKeepingThem) {
  Peer peer = connect();
  const std::string part(50'000, 'z');
  peer.send("POST /tally HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  for (int i = 0; i < 20; ++i) peer.send(part);
  EXPECT_TRUE(peer.read_message().ends_with("\r\n\r\n1000000"));
}

TEST_F(SlowServer, CutsAnAnswerWhenASimulatorAsks) {
  Peer peer = connect();
  peer.send("GET /cut HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(peer.read_to_end().size(), 50U);
}

TEST_F(SlowServer, CutsTheConnectionWhenASourceEndsEarly) {  // HT-20
  Peer peer = connect();
  peer.send("GET /short HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.read_to_end().ends_with("\r\n\r\nxxxxxxxxxx"));
}

TEST_F(SlowServer, EndsConnectionsWithAnAnswerWhenItRetires) {
  Peer kept = connect();
  kept.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(kept.read_message().find("Connection: close"), std::string::npos);
  server_->retire();
  kept.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string last = kept.read_to_end();
  EXPECT_TRUE(last.starts_with("HTTP/1.1 200"));
  EXPECT_NE(last.find("Connection: close"), std::string::npos);
  Peer late = connect();  // who comes nevertheless is served
  late.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(late.read_to_end().starts_with("HTTP/1.1 200"));
}

TEST_F(SlowServer, FinishesWhatIsInFlightWhenItStops) {
  Peer idle = connect();
  idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(idle.read_message().starts_with("HTTP/1.1 200"));
  server_->stop(Millis{2000});
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_THROW(connect(), std::runtime_error);
}

}  // namespace
}  // namespace wayleave::net
