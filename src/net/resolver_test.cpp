#include "net/resolver.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <latch>
#include <semaphore>

#include "net/egress.hpp"

namespace wayleave::net {
namespace {

using boost::asio::ip::make_address;
using Addresses = Resolver::Addresses;

constexpr Millis kTtl{1000};

Result<Addresses> ask(Resolver& resolver, const std::string& host) {
  std::promise<Result<Addresses>> promise;
  auto future = promise.get_future();
  resolver.resolve(host, [&](Result<Addresses> answer) { promise.set_value(std::move(answer)); });
  return future.get();
}

TEST(Resolver, AnswersLiteralsAtOnce) {
  FakeClock clock;
  Resolver resolver(clock, kTtl, [](const std::string&) -> Result<Addresses> {
    ADD_FAILURE() << "a literal needs no look-up";
    return Addresses{};
  });
  bool answered = false;
  resolver.resolve("::1", [&](Result<Addresses> answer) {
    answered = true;
    EXPECT_EQ(answer.value(), Addresses{make_address("::1")});
  });
  EXPECT_TRUE(answered);
  EXPECT_EQ(ask(resolver, "8.8.8.8").value(), Addresses{make_address("8.8.8.8")});
}

TEST(Resolver, KeepsAnswersForTheirTimeOnly) {
  FakeClock clock;
  std::atomic<int> asked = 0;
  Resolver resolver(clock, kTtl, [&](const std::string&) -> Result<Addresses> {
    ++asked;
    return Addresses{make_address("8.8.8.8")};
  });
  EXPECT_TRUE(ask(resolver, "a.example"));
  clock.advance(kTtl - Millis{1});
  EXPECT_TRUE(ask(resolver, "a.example"));
  EXPECT_EQ(asked, 1);
  clock.advance(Millis{1});
  EXPECT_TRUE(ask(resolver, "a.example"));
  EXPECT_EQ(asked, 2);
}

TEST(Resolver, ForgetsFailures) {
  FakeClock clock;
  std::atomic<int> asked = 0;
  Resolver resolver(clock, kTtl, [&](const std::string&) -> Result<Addresses> {
    if (++asked == 1) return fail(ErrorKind::Retry, "host_not_resolved", "x");
    return Addresses{make_address("8.8.8.8")};
  });
  EXPECT_FALSE(ask(resolver, "a.example"));
  EXPECT_TRUE(ask(resolver, "a.example"));
}

TEST(Resolver, TakesANameWithoutAddressesForAFailure) {
  FakeClock clock;
  Resolver resolver(
      clock, kTtl, [](const std::string&) -> Result<Addresses> { return Addresses{}; });
  EXPECT_EQ(ask(resolver, "a.example").error().code, "host_not_resolved");
  EXPECT_FALSE(ask(resolver, std::string("a\0.example", 10)));
  EXPECT_FALSE(ask(resolver, ""));
}

TEST(Resolver, LooksANameUpOnceForAllWhoAsk) {
  FakeClock clock;
  std::atomic<int> asked = 0;
  std::binary_semaphore started(0);
  std::binary_semaphore go(0);
  Resolver resolver(clock, kTtl, [&](const std::string&) -> Result<Addresses> {
    ++asked;
    started.release();
    go.acquire();
    return Addresses{make_address("8.8.8.8")};
  });
  constexpr int kAskers = 10;
  std::latch answered(kAskers);
  const auto done = [&](Result<Addresses> answer) {
    EXPECT_TRUE(answer);
    answered.count_down();
  };
  resolver.resolve("a.example", done);
  started.acquire();
  for (int i = 1; i < kAskers; ++i) resolver.resolve("a.example", done);
  go.release();
  answered.wait();
  EXPECT_EQ(asked, 1);
}

TEST(Resolver, ASlowNameDoesNotHoldUpAnother) {
  FakeClock clock;
  std::binary_semaphore go(0);
  Resolver resolver(clock, kTtl, [&](const std::string& host) -> Result<Addresses> {
    if (host == "slow.example") go.acquire();
    return Addresses{make_address("8.8.8.8")};
  });
  std::promise<void> slow;
  resolver.resolve("slow.example", [&](Result<Addresses>) { slow.set_value(); });
  EXPECT_TRUE(ask(resolver, "quick.example"));
  go.release();
  slow.get_future().wait();
}

TEST(Resolver, BoundsWhatItKeepsAndWhatWaits) {
  FakeClock clock;
  std::atomic<std::size_t> asked = 0;
  Resolver resolver(clock, kTtl, [&](const std::string&) -> Result<Addresses> {
    ++asked;
    return Addresses(100, make_address("8.8.8.8"));
  });
  for (std::size_t i = 0; i <= Resolver::kNamesMax; ++i) {
    ASSERT_LE(ask(resolver, "n" + std::to_string(i) + ".example")->size(), 16U);
  }
  EXPECT_EQ(asked, Resolver::kNamesMax + 1);

  std::counting_semaphore<> go(0);
  std::atomic<int> refused = 0;
  std::atomic<int> answered = 0;
  {
    Resolver stuck(clock, kTtl, [&](const std::string&) -> Result<Addresses> {
      go.acquire();
      return Addresses{make_address("8.8.8.8")};
    });
    for (int i = 0; i < 1100; ++i) {
      stuck.resolve(std::to_string(i) + ".example", [&](Result<Addresses> answer) {
        ++answered;
        if (!answer && answer.error().code == "resolver_busy") ++refused;
      });
    }
    EXPECT_GE(refused, 90);
    go.release(2000);
  }
  EXPECT_EQ(answered, 1100) << "even what was waiting at the end is answered";
}

TEST(Resolver, AnswersCoroutines) {
  FakeClock clock;
  boost::asio::io_context context;
  Resolver resolver(clock, kTtl, [](const std::string&) -> Result<Addresses> {
    return Addresses{make_address("8.8.8.8")};
  });
  for (const auto* host : {"a.example", "a.example", "::1"}) {
    auto answer = boost::asio::co_spawn(
        context, resolver.resolve(std::string(host)), boost::asio::use_future);
    context.restart();
    context.run();
    EXPECT_TRUE(answer.get()) << host;
  }
}

TEST(Resolver, TheSystemKnowsLocalhost) {
  const auto answer = Resolver::system_look_up()("localhost");
  ASSERT_TRUE(answer);
  for (const auto& address : *answer) EXPECT_TRUE(address.is_loopback());
  EXPECT_FALSE(Resolver::system_look_up()("name.invalid"));
}

TEST(Resolver, OldSpellingsOfLoopbackStayRefused) {  // PX-06: were one to get this far
  const Egress egress;
  for (const auto* host : {"0x7f.1", "2130706433", "127.1", "017700000001", "0"}) {
    const auto answer = Resolver::system_look_up()(host);
    if (answer) EXPECT_FALSE(egress.admit({true, host, 443}, *answer)) << host;
  }
}

}  // namespace
}  // namespace wayleave::net
