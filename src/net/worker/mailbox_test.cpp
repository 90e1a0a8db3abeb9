#include "net/worker/mailbox.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <memory>
#include <thread>
#include <vector>

namespace wayleave::net {
namespace {

constexpr std::uint32_t kNoEvents = 0;

bool is_signalled(const Mailbox& mailbox) {
  pollfd wanted{.fd = mailbox.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, 0) == 1;
}

TEST(Mailbox, DeliversInTheOrderOfPosting) {
  Mailbox mailbox;
  std::vector<int> heard;
  for (int i = 0; i < 3; ++i) mailbox.post([&heard, i] { heard.push_back(i); });
  EXPECT_EQ(mailbox.size(), 3U);
  mailbox.deliver();
  EXPECT_EQ(heard, (std::vector{0, 1, 2}));
  EXPECT_EQ(mailbox.size(), 0U);
}

TEST(Mailbox, WakesItsWorkerOnce) {
  Mailbox mailbox;
  EXPECT_FALSE(is_signalled(mailbox));
  mailbox.post([] {});
  mailbox.post([] {});
  EXPECT_TRUE(is_signalled(mailbox));
  mailbox.on_events(kNoEvents);
  EXPECT_FALSE(is_signalled(mailbox));
}

TEST(Mailbox, WakesForWhatComesAfterATurnBegan) {
  Mailbox mailbox;
  int heard = 0;
  mailbox.post([&] {
    ++heard;
    mailbox.post([&] { ++heard; });
  });
  mailbox.deliver();
  EXPECT_EQ(heard, 1) << "what is posted meanwhile waits, so that a turn ends";
  EXPECT_TRUE(is_signalled(mailbox));
  mailbox.on_events(kNoEvents);
  EXPECT_EQ(heard, 2);
}

TEST(Mailbox, DropsEverythingOnceClosed) {
  Mailbox mailbox;
  const auto held = std::make_shared<int>(0);
  mailbox.post([held] { ++*held; });
  mailbox.close();
  mailbox.post([held] { ++*held; });
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(mailbox.size(), 0U);
  mailbox.deliver();
  mailbox.post([held] { ++*held; });
  mailbox.deliver();
  EXPECT_EQ(*held, 0);
}

TEST(Mailbox, LosesNothingAmongManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 20'000;
  Mailbox mailbox;
  std::array<int, kThreads> heard{};
  int out_of_order = 0;
  std::vector<std::thread> threads;
  for (int who = 0; who < kThreads; ++who) {
    threads.emplace_back([&, who] {
      for (int i = 0; i < kEach; ++i) {
        mailbox.post([&, who, i] {
          int& its = heard[static_cast<std::size_t>(who)];
          if (its != i) ++out_of_order;
          ++its;
        });
      }
    });
  }
  int turns_without_a_signal = 0;
  const auto all = [&] {
    return std::ranges::all_of(heard, [](int count) { return count == kEach; });
  };
  while (!all()) {
    pollfd wanted{.fd = mailbox.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&wanted, 1, 10'000) != 1) ++turns_without_a_signal;
    if (turns_without_a_signal > 0) break;
    mailbox.on_events(kNoEvents);
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(turns_without_a_signal, 0) << "a letter lies there and nobody was told";
  EXPECT_EQ(out_of_order, 0);
  EXPECT_TRUE(all());
}

}  // namespace
}  // namespace wayleave::net
