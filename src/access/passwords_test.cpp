#include "access/passwords.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <vector>

namespace wayleave::access {
namespace {

class PasswordsTest : public testing::Test {
 protected:
  ~PasswordsTest() override { pool_.join(); }
  template <class T>
  std::future<T> begin(Task<T> task) {
    return boost::asio::co_spawn(pool_, std::move(task), boost::asio::use_future);
  }
  boost::asio::thread_pool pool_{2};
};

// AD-02
TEST_F(PasswordsTest, OnlyTheRightPasswordFits) {
  Passwords passwords;
  const std::string stored = begin(passwords.hash(SecretString("correct horse"))).get().value();
  EXPECT_TRUE(begin(passwords.verify(SecretString("correct horse"), stored)).get().value());
  EXPECT_FALSE(begin(passwords.verify(SecretString("correct mouse"), stored)).get().value());
}

TEST_F(PasswordsTest, NobodyHasNoPassword) {
  Passwords passwords;
  EXPECT_FALSE(begin(passwords.verify(SecretString(""), "")).get().value());
  EXPECT_FALSE(begin(passwords.verify(SecretString("correct horse"), "")).get().value());
}

// DS-09: what is beyond the queue is refused at once instead of taking memory.
TEST_F(PasswordsTest, ABoundedNumberIsHashedAtATime) {
  Passwords passwords({.threads = 1, .queued_max = 2});
  std::vector<std::future<Result<bool>>> asked;
  for (int i = 0; i < 50; ++i) {
    asked.push_back(begin(passwords.verify(SecretString("correct horse"), "")));
  }
  int refused = 0;
  for (auto& each : asked) {
    const auto answer = each.get();
    if (answer) continue;
    EXPECT_EQ(answer.error().code, "rate_limited");
    ++refused;
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 50);
  EXPECT_TRUE(begin(passwords.verify(SecretString("x"), "")).get());
}

TEST(NewPassword, IsLongAndNotTheAddress) {
  const auto fits = [](std::string_view text) {
    return check_new_password(SecretString(text), "ann@acme.example").has_value();
  };
  EXPECT_TRUE(fits("correct horse"));
  EXPECT_FALSE(fits("short"));
  EXPECT_FALSE(fits("aaaaaaaaaaaaaaaa"));
  EXPECT_FALSE(fits("Ann@Acme.example"));
  EXPECT_FALSE(fits(std::string(1025, 'x') + "y"));
}

}  // namespace
}  // namespace wayleave::access
