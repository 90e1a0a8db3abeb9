#include "base/thread.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <thread>

namespace wayleave {
namespace {

int niceness() { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); }

TEST(BackgroundThread, GivesWayToTheOthersOfItsProcess) {
  const int mine = niceness();
  int its = 0;
  std::array<char, 16> name{};
  std::thread([&] {
    name_background_thread("a-name");
    its = niceness();
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  }).join();
  EXPECT_GT(its, mine);
  EXPECT_EQ(niceness(), mine);
  EXPECT_EQ(std::string(name.data()), "a-name");
}

std::uint64_t slice_ns() {
  std::array<std::uint64_t, 7> attributes{};  // sched_attr of sched_getattr(2)
  constexpr std::size_t kRuntime = 3;
  ::syscall(SYS_sched_getattr, 0, attributes.data(), sizeof attributes, 0);
  return attributes[kRuntime];
}

TEST(BackgroundThread, RunsInSmallPieces) {
  const std::uint64_t mine = slice_ns();
  if (mine == 0) GTEST_SKIP() << "this kernel has no slices of their own for threads";
  std::uint64_t its = 0;
  std::thread([&] {
    name_background_thread("a-name");
    its = slice_ns();
  }).join();
  EXPECT_LT(its, mine);
  EXPECT_EQ(slice_ns(), mine);
}

TEST(Stretch, EndsAfterItsLongestTime) {
  constexpr auto kShort = Stretch::kLongest / 2;
  const Tick start{};
  Stretch stretch(start);
  EXPECT_FALSE(stretch.over(start + kShort));
  EXPECT_TRUE(stretch.over(start + Stretch::kLongest));
  EXPECT_FALSE(stretch.over(start + Stretch::kLongest + kShort)) << "the next one has begun";
  EXPECT_TRUE(stretch.over(start + 2 * Stretch::kLongest));
}

TEST(Stretch, CountsFromTheEndOfIdleTime) {
  const Tick start{};
  Stretch stretch(start);
  stretch.begin(start + 10 * Stretch::kLongest);
  EXPECT_FALSE(stretch.over(start + 10 * Stretch::kLongest));
}

}  // namespace
}  // namespace wayleave
