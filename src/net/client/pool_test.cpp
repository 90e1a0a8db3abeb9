#include "net/client/pool.hpp"

#include <gtest/gtest.h>

namespace wayleave::net {
namespace {

class FakeConnection final : public Connection {
 public:
  FakeConnection(int& open, bool silent) : open_(open), silent_(silent) { ++open_; }
  ~FakeConnection() override { --open_; }
  Task<std::size_t> read(std::span<char>, boost::system::error_code&) override { co_return 0; }
  Task<> write(std::string_view, boost::system::error_code&) override { co_return; }
  bool silent() override { return silent_; }

 private:
  int& open_;
  bool silent_;
};

class IdlePoolTest : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> make(bool silent = true) {
    return std::make_unique<FakeConnection>(open_, silent);
  }
  static Origin origin(int number) { return {true, std::to_string(number) + ".example", 443}; }

  int open_ = 0;
  FakeClock clock_;
  IdlePool pool_{clock_};
};

TEST_F(IdlePoolTest, GivesTheConnectionUsedLast) {
  auto first = make();
  auto second = make();
  const Connection* last = second.get();
  pool_.put(origin(1), std::move(first));
  pool_.put(origin(1), std::move(second));
  EXPECT_EQ(pool_.take(origin(1), IdlePool::kIdleTime).get(), last);
  EXPECT_NE(pool_.take(origin(1), IdlePool::kIdleTime), nullptr);
  EXPECT_EQ(pool_.take(origin(1), IdlePool::kIdleTime), nullptr);
}

TEST_F(IdlePoolTest, KeepsOriginsApart) {
  pool_.put(origin(1), make());
  EXPECT_EQ(pool_.take(origin(2), IdlePool::kIdleTime), nullptr);
  EXPECT_EQ(pool_.take({false, "1.example", 443}, IdlePool::kIdleTime), nullptr);
  EXPECT_EQ(pool_.take({true, "1.example", 444}, IdlePool::kIdleTime), nullptr);
}

TEST_F(IdlePoolTest, ClosesWhatWasIdleTooLong) {
  pool_.put(origin(1), make());
  clock_.advance(IdlePool::kIdleTime - Millis{1});
  pool_.put(origin(2), make());
  EXPECT_EQ(open_, 2);
  clock_.advance(Millis{1});
  EXPECT_EQ(pool_.take(origin(3), IdlePool::kIdleTime), nullptr);
  EXPECT_EQ(open_, 1) << "closed without anybody asking for it";
}

TEST_F(IdlePoolTest, GivesOnlyWhatWasInUseShortlyAgo) {
  pool_.put(origin(1), make());
  clock_.advance(Millis{2});
  EXPECT_EQ(pool_.take(origin(1), Millis{1}), nullptr);
  EXPECT_EQ(open_, 1) << "it stays for those who may wait longer";
  EXPECT_NE(pool_.take(origin(1), Millis{2}), nullptr);
}

TEST_F(IdlePoolTest, DropsConnectionsThatSpokeUnasked) {  // HT-21
  pool_.put(origin(1), make());
  pool_.put(origin(1), make(false));
  EXPECT_NE(pool_.take(origin(1), IdlePool::kIdleTime), nullptr);
  EXPECT_EQ(open_, 0);
}

TEST_F(IdlePoolTest, IsBounded) {
  for (std::size_t i = 0; i < 2 * IdlePool::kPerOriginMax; ++i) pool_.put(origin(0), make());
  EXPECT_EQ(open_, static_cast<int>(IdlePool::kPerOriginMax));
  for (int i = 1; i < 2 * static_cast<int>(IdlePool::kAllMax); ++i) pool_.put(origin(i), make());
  EXPECT_EQ(open_, static_cast<int>(IdlePool::kAllMax));
}

}  // namespace
}  // namespace wayleave::net
