#include "base/process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace wayleave {
namespace {

TEST(ProcessTest, ThisProcessLives) {
  const std::string name = process_name();
  ASSERT_FALSE(name.empty());
  EXPECT_EQ(process_name(), name);
  EXPECT_FALSE(process_has_ended(name));
}

TEST(ProcessTest, ChildHasEndedOnceItExitedEvenBeforeItsParentLooks) {
  std::array<int, 2> name_pipe{};
  std::array<int, 2> end_pipe{};
  ASSERT_EQ(::pipe(name_pipe.data()), 0);
  ASSERT_EQ(::pipe(end_pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string name = process_name();
    (void)!::write(name_pipe[1], name.data(), name.size());
    char go = 0;
    (void)!::read(end_pipe[0], &go, 1);
    ::_exit(0);
  }
  std::string name(256, '\0');
  const auto size = ::read(name_pipe[0], name.data(), name.size());
  ASSERT_GT(size, 0);
  name.resize(static_cast<std::size_t>(size));
  EXPECT_NE(name, process_name());
  EXPECT_FALSE(process_has_ended(name));
  ASSERT_EQ(::write(end_pipe[1], "x", 1), 1);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(process_has_ended(name));  // still in the table, as a zombie
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(process_has_ended(name));
}

TEST(ProcessTest, NumberThatWasGivenAnewIsSomebodyElse) {
  std::string name = process_name();
  name.replace(name.rfind('/') + 1, std::string::npos, "1");
  EXPECT_TRUE(process_has_ended(name));
}

TEST(ProcessTest, WhatCannotBeKnownFromHereHasNotSurelyEnded) {
  for (const char* name : {"", "nonsense", "other-boot/pid:[1]/4000000/77"}) {
    EXPECT_FALSE(process_has_ended(name)) << name;
  }
  const std::string own = process_name();
  EXPECT_FALSE(process_has_ended(own.substr(0, own.find('/') + 1) + "pid:[1]/4000000/77"));
}

}  // namespace
}  // namespace wayleave
