#include "net/worker/request_ids.hpp"

#include <gtest/gtest.h>

#include <array>
#include <charconv>

namespace wayleave::net {
namespace {

TEST(RequestIds, CountInBase36) {
  RequestIds ids("req_w0z_");
  for (unsigned number = 1; number < 36 * 36 * 36 + 2; ++number) {
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 36).ptr;
    ASSERT_EQ(ids.next(), "req_w0z_" + std::string(digits.data(), end));
  }
}

}  // namespace
}  // namespace wayleave::net
