// The relay between two real sockets: framing both ways, reuse, faults.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>

#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/server.hpp"
#include "net/worker/test_forwarding.hpp"
#include "net/worker/test_peer.hpp"

namespace wayleave::net {
namespace {

using test::Forwarding;
using test::Listener;
using test::Peer;

/// Outcomes from the worker's thread to the test's.
class Outcomes {
 public:
  void put(const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    told_.push_back(outcome);
    changed_.notify_all();
  }
  /// The next one; after ten seconds none came and the status is -1.
  Outcome next() {
    std::unique_lock lock(mutex_);
    Outcome none;
    none.status = -1;
    if (!changed_.wait_for(lock, std::chrono::seconds(10), [&] { return !told_.empty(); })) {
      return none;
    }
    none = told_.front();
    told_.pop_front();
    return none;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Outcome> told_;
};

class RelayTest : public testing::Test {
 protected:
  void serve(std::function<void(Peer&, int)> upstream) {
    upstream_ = std::make_unique<Listener>(std::move(upstream));
    const Origin origin{false, "127.0.0.1", upstream_->port()};
    egress_ =
        std::make_unique<Egress>(std::vector<Egress::Permit>{{origin.host, upstream_->port()}});
    services_ = {egress_.get(), &resolver_, nullptr};
    slow_.start();
    server_ = std::make_unique<Server>(
        ServerOptions{}, slow_, services_, log_, [origin, this](WorkerPort& port) {
          return std::make_unique<Forwarding>(
              port, origin, [this](const Outcome& outcome) { outcomes_.put(outcome); });
        });
    const auto port = server_->start();
    ASSERT_TRUE(port) << port.error().detail;
    client_ = std::make_unique<Peer>(Peer::connect(*port));
  }
  void TearDown() override {
    client_.reset();
    server_->stop(Millis{100});
    slow_.stop(Millis{100});
  }
  std::string ask(std::string_view request) {
    client_->send(request);
    return client_->read_message();
  }

  SystemClock clock_;
  Log log_{Log::Level::Off};
  std::unique_ptr<Egress> egress_;
  Resolver resolver_{clock_, Millis{1000}};
  UpstreamServices services_;
  SlowExecutor slow_{1};
  Outcomes outcomes_;
  std::unique_ptr<Listener> upstream_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Peer> client_;
};

TEST_F(RelayTest, ReusesOneConnectionForManyRequests) {
  std::atomic<int> connections = 0;
  serve([&](Peer& peer, int) {
    ++connections;
    while (!peer.read_to("\r\n\r\n").empty()) {
      peer.send("HTTP/1.1 200 Fine\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  for (int i = 0; i < 5; ++i) {
    const std::string answer = ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 Fine\r\nX-A: 1\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nok")) << answer;
  }
  EXPECT_EQ(connections, 1);
}

TEST_F(RelayTest, CountsConnections) {
  serve([&](Peer& peer, int) {
    while (!peer.read_to("\r\n\r\n").empty()) {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  for (int i = 0; i < 3; ++i) {
    ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    outcomes_.next();
  }
  const TrafficTotals totals = server_->traffic();
  EXPECT_EQ(totals.clients_open, 1U);
  EXPECT_EQ(totals.clients_accepted, 1U);
  EXPECT_EQ(totals.upstreams_open, 1U);
  EXPECT_EQ(totals.upstreams_idle, 1U);
  EXPECT_EQ(totals.upstreams_made, 1U);
  EXPECT_EQ(totals.upstreams_reused, 2U);
  EXPECT_EQ(totals.upstreams_failed, 0U);
  EXPECT_EQ(totals.parked, 0U);
}

TEST_F(RelayTest, SendsBodiesOnInTheirFraming) {
  serve([&](Peer& peer, int) {
    std::string head = peer.read_to("\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 5\r\n"), std::string::npos) << head;
    EXPECT_EQ(peer.read(5), "12345");
    peer.send("HTTP/1.1 204 None\r\n\r\n");
    head = peer.read_to("\r\n\r\n");
    EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos) << head;
    const std::string body = peer.read_to("0\r\n\r\n");
    EXPECT_EQ(body.find("trailer"), std::string::npos);
    peer.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n");
  });
  EXPECT_TRUE(ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345")
                  .starts_with("HTTP/1.1 204 None"));
  client_->send(
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
      "trailer: 1\r\n\r\n");
  const std::string answer = client_->read_to("0\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) << answer;
}

TEST_F(RelayTest, CarriesManyMegabytesBothWays) {
  constexpr std::size_t size = 20 << 20;
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    EXPECT_EQ(peer.read(size).size(), size);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
              std::string(size, 'd'));
  });
  std::thread sender([&] {
    client_->send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) +
                  "\r\n\r\n" + std::string(size, 'u'));
  });
  const std::string answer = client_->read_message();
  sender.join();
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + std::string(size, 'd')));
}

TEST_F(RelayTest, SendsAnIdempotentRequestAgainOnAStaleConnection) {
  std::atomic<int> seen = 0;
  serve([&](Peer& peer, int number) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(number));
    if (number == 0) peer.read_to("\r\n\r\n");  // takes a second request and closes without answer
    ++seen;
  });
  EXPECT_TRUE(ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("0"));
  EXPECT_TRUE(ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("1"));
}

TEST_F(RelayTest, NeverSendsAPostTwice) {  // HT-22
  std::atomic<int> posts = 0;
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    if (!peer.read_to("\r\n\r\n").empty()) ++posts;
  });
  ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(
      ask("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").starts_with("HTTP/1.1 502"));
  EXPECT_EQ(posts, 1);
}

TEST_F(RelayTest, TurnsUnlawfulAnswersInto502) {  // HT-18
  static const std::vector<std::string> answers = {
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
      "nonsense\r\n\r\n",
      "HTTP/1.1 101 Switch\r\n\r\n",
  };
  serve([&](Peer& peer, int number) {
    peer.read_to("\r\n\r\n");
    peer.send(answers[static_cast<std::size_t>(number) % answers.size()]);
    peer.read_to("\r\n\r\n");
  });
  for (const auto& answer : answers) {
    EXPECT_TRUE(ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 502 ")) << answer;
  }
}

TEST_F(RelayTest, CutAnswersLookCut) {  // HT-20
  serve([&](Peer& peer, int number) {
    peer.read_to("\r\n\r\n");
    peer.send(number == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
                          : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
  });
  client_->send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(client_->read_to_end().ends_with("half"));
}

TEST_F(RelayTest, UnasksForExtraAnswers) {  // HT-21
  serve([&](Peer& peer, int number) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(number) +
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    peer.read_to_end();
  });
  EXPECT_TRUE(ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("0"));
  EXPECT_TRUE(ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("1"));
}

TEST_F(RelayTest, GivesUpOnASilentProvider) {  // DS-08
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.read_to_end();
  });
  EXPECT_TRUE(
      ask("GET /a HTTP/1.1\r\nHost: x\r\nX-Impatient: 1\r\n\r\n").starts_with("HTTP/1.1 504 "));
}

TEST_F(RelayTest, RelaysAnAnswerThatComesBeforeTheBodyIsSent) {
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno");
    peer.read_to_end();
  });
  client_->send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nstart");
  const std::string answer = client_->read_to_end();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 Too Much")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST_F(RelayTest, CutsInsteadOfAnsweringTwiceWhenTheBodyBreaksDuringTheAnswer) {  // HT-09, HT-20
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    peer.read_to_end();
  });
  client_->send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  EXPECT_TRUE(client_->read_to("half").starts_with("HTTP/1.1 200 OK"));
  client_->send("no size\r\n");
  EXPECT_EQ(client_->read_to_end(), "");
}

TEST_F(RelayTest, SkipsInterimAnswersAndKeepsHeadLengths) {
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send(
        "HTTP/1.1 103 Early Hints\r\nX-B: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 304 Same\r\nX-C: 1\r\nContent-Length: 9\r\n\r\n");
    peer.read_to_end();
  });
  client_->send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string first = client_->read_to("\r\n\r\n");
  EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK")) << first;
  EXPECT_NE(first.find("Content-Length: 9"), std::string::npos);
  EXPECT_TRUE(client_->read_to("\r\n\r\n").starts_with("HTTP/1.1 304 Same\r\nX-C"));
}

TEST_F(RelayTest, CollectsAnAnswerThatLastsUntilTheEnd) {
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 201 Made\r\nX-Collect: 1\r\n\r\nuntil the end");
  });
  const std::string answer = ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 Made\r\nX-Collect: 1\r\n")) << answer;
  EXPECT_NE(answer.find("\r\nWayleave-Request-Id: req_"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\nContent-Length: 15\r\n\r\n[until the end]")) << answer;
  const Outcome outcome = outcomes_.next();
  EXPECT_EQ(outcome.status, 201);
  EXPECT_EQ(outcome.answer_bytes, 15U);
}

TEST_F(RelayTest, CollectsAnswersOfAnySizeUpToTheLimit) {  // 20,000 bytes
  std::atomic<std::size_t> bytes = 0;
  serve([&](Peer& peer, int) {
    while (!peer.read_to("\r\n\r\n").empty()) {
      const std::string body(bytes, 'x');
      peer.send("HTTP/1.1 200 OK\r\nX-Collect: 1\r\nContent-Length: " + std::to_string(bytes) +
                "\r\n\r\n" + body);
    }
  });
  for (const std::size_t size : {0UL, 1UL, 4'094UL, 4'095UL, 19'999UL, 20'000UL}) {
    bytes = size;
    const std::string answer = ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("\r\n\r\n[" + std::string(size, 'x') + "]")) << size;
  }
  bytes = 20'001;
  const std::string refused = ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 502 Bad Gateway\r\nContent-Type:")) << refused;
}

TEST_F(RelayTest, AddsNoBodyToACollectedAnswerThatHasNone) {
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 204 None\r\nX-Collect: 1\r\n\r\n");
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
  });
  const std::string empty = ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(empty.starts_with("HTTP/1.1 204 None\r\n")) << empty;
  EXPECT_EQ(empty.find("Content-Length"), std::string::npos) << empty;
  EXPECT_TRUE(ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("\r\n\r\nnext"));
}

TEST_F(RelayTest, ReadsTheAnswerAfterTheClientHalfClosed) {
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  client_->send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  client_->shutdown_write();
  EXPECT_TRUE(client_->read_message().ends_with("ok"));
}

TEST_F(RelayTest, RefusesAnAddressTheOperatorDidNotPermit) {  // PX-05
  serve([&](Peer& peer, int) { peer.read_to("\r\n\r\n"); });
  *egress_ = Egress{};
  EXPECT_TRUE(ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 502 "));
}

TEST_F(RelayTest, TellsWhatAnExchangeWas) {
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.read(5);
    peer.send("HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  });
  client_->send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345");
  client_->read_to("0\r\n\r\n");
  const Outcome outcome = outcomes_.next();
  EXPECT_EQ(outcome.status, 201);
  EXPECT_FALSE(outcome.cut);
  EXPECT_EQ(outcome.request_bytes, 5U);
  EXPECT_EQ(outcome.answer_bytes, 3U);
  EXPECT_LE(outcome.provider_wait, outcome.ended - outcome.started);
}

TEST_F(RelayTest, TellsHowLongTheProviderTook) {
  serve([&](Peer& peer, int) { peer.read_to("no such bytes"); });  // silent: 1 s, then 504
  EXPECT_TRUE(
      ask("GET /a HTTP/1.1\r\nHost: x\r\nX-Impatient: 1\r\n\r\n").starts_with("HTTP/1.1 504"));
  const Outcome outcome = outcomes_.next();
  EXPECT_EQ(outcome.status, 504);
  EXPECT_GE(outcome.provider_wait, Millis{900});
  EXPECT_GE(outcome.ended - outcome.started, outcome.provider_wait);
}

TEST_F(RelayTest, TellsOfAnAnswerThatWasCut) {
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  });
  EXPECT_TRUE(ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").ends_with("abc"));
  const Outcome outcome = outcomes_.next();
  EXPECT_EQ(outcome.status, 200);
  EXPECT_TRUE(outcome.cut);
  EXPECT_EQ(outcome.answer_bytes, 3U);
}

TEST_F(RelayTest, TellsOfAClientThatLeftBeforeTheAnswer) {
  std::promise<void> asked;
  serve([&](Peer& peer, int) {
    peer.read_to("\r\n\r\n");
    asked.set_value();
    peer.read_to("no such bytes");
  });
  client_->send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_EQ(asked.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  client_->reset();
  const Outcome outcome = outcomes_.next();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.cut);
}

}  // namespace
}  // namespace wayleave::net
