#include "base/thread.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
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

}  // namespace
}  // namespace wayleave
