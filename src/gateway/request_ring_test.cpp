#include "gateway/request_ring.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"

namespace wayleave::gateway {
namespace {

RequestRecord record(std::uint64_t number, std::string_view path) {
  RequestRecord made;
  made.facts.request_bytes = number;
  made.facts.status = 200;
  made[RequestText::Workspace] = "default";
  made[RequestText::Path] = path;
  made[RequestText::TraceId] = path.substr(0, 3);
  return made;
}

std::vector<OwnedRequest> take(RequestRing& ring) {
  std::vector<OwnedRequest> taken;
  ring.take([&](const RequestRecord& each) { taken.emplace_back(each); });
  return taken;
}

TEST(RequestRing, GivesBackWhatWasPutInOrder) {
  RequestRing ring(1);
  ASSERT_TRUE(ring.put(record(1, "/a")));
  ASSERT_TRUE(ring.put(record(2, "")));
  const auto taken = take(ring);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].facts.request_bytes, 1U);
  EXPECT_EQ(taken[0].facts.status, 200);
  EXPECT_EQ(taken[0][RequestText::Workspace], "default");
  EXPECT_EQ(taken[0][RequestText::Path], "/a");
  EXPECT_EQ(taken[0][RequestText::TraceId], "/a");
  EXPECT_EQ(taken[0][RequestText::User], "");
  EXPECT_EQ(taken[1][RequestText::Path], "");
  EXPECT_TRUE(take(ring).empty());
}

TEST(RequestRing, CutsTextsAtTheirBound) {
  RequestRing ring(1);
  ASSERT_TRUE(ring.put(record(1, std::string(5'000, 'x'))));
  EXPECT_EQ(take(ring).at(0)[RequestText::Path], std::string(kRequestTextBytesMax, 'x'));
}

TEST(RequestRing, WrapsForEveryLengthOfRecord) {
  RequestRing ring(1);
  std::uint64_t number = 0;
  for (std::size_t round = 0; round < 2'000; ++round) {
    const std::string path(round % (kRequestTextBytesMax + 1), 'p');
    const std::uint64_t first = number;
    ASSERT_TRUE(ring.put(record(number++, path)));
    ASSERT_TRUE(ring.put(record(number++, "/short")));
    const auto taken = take(ring);
    ASSERT_EQ(taken.size(), 2U);
    ASSERT_EQ(taken[0].facts.request_bytes, first);
    ASSERT_EQ(taken[0][RequestText::Path], path);
    ASSERT_EQ(taken[1][RequestText::Path], "/short");
  }
}

TEST(RequestRing, TakesNoMoreWhenFullAndAgainOnceItIsEmptied) {
  RequestRing ring(1);
  std::uint64_t put = 0;
  while (ring.put(record(put, "/some/path"))) ++put;
  EXPECT_GT(put, 50U);
  EXPECT_FALSE(ring.put(record(put, "/some/path")));
  EXPECT_EQ(take(ring).size(), put);
  EXPECT_TRUE(ring.put(record(put, "/some/path")));
  EXPECT_EQ(take(ring).at(0).facts.request_bytes, put);
}

/// Run under ThreadSanitizer too: nothing but the ring's own order keeps the two threads apart.
TEST(RequestRing, OneThreadPutsWhileAnotherTakes) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  constexpr std::uint64_t count = 50'000;
  RequestRing ring(1);
  std::thread worker([&] {
    SeededRandom random(seed);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string path(random.below(200), static_cast<char>('a' + i % 26));
      while (!ring.put(record(i, path))) std::this_thread::yield();
    }
  });
  std::uint64_t next = 0;
  bool sound = true;
  while (next < count) {
    ring.take([&](const RequestRecord& each) {
      const std::string_view path = each[RequestText::Path];
      sound =
          sound && each.facts.request_bytes == next &&
          path.find_first_not_of(static_cast<char>('a' + next % 26)) == std::string_view::npos &&
          each[RequestText::Workspace] == "default";
      ++next;
    });
    std::this_thread::yield();
  }
  worker.join();
  EXPECT_TRUE(sound);
}

}  // namespace
}  // namespace wayleave::gateway
